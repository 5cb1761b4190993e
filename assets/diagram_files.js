// The diagram as a picture file.

const MOST_SIDE = 16384 // pixels of a canvas that every browser can make
const MOST_AREA = 1.2e8
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "font-size", "font-weight", "font-family", "text-anchor"]

// The drawing as a file of its own: every colour and font that the page's style gives is written into it.
function standalone(diagram) {
  const { width, height } = diagram.scene
  const copy = diagram.world.cloneNode(true)
  const originals = diagram.world.querySelectorAll("*"), copies = copy.querySelectorAll("*")
  originals.forEach((original, i) => {
    const twin = copies[i], style = getComputedStyle(original)
    if (twin.tagName !== "g") for (const name of KEPT) twin.setAttribute(name, style.getPropertyValue(name))
    const at = original.place
    if (at) twin.setAttribute("transform", `translate(${at[0]} ${at[1]})`)
    for (const name of ["style", "class", "tabindex", "role", "aria-label", "aria-expanded", "aria-current"]) twin.removeAttribute(name)
  })
  copies.forEach((twin, i) => {
    if (originals[i].matches(".halo, .hit")) twin.remove()
  })
  copy.removeAttribute("transform")
  const background = getComputedStyle(diagram.element).getPropertyValue("--surface")
  const whole = svgElement("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    svgElement("rect", { width: "100%", height: "100%", fill: background }), copy)
  return new XMLSerializer().serializeToString(whole)
}

function saveSvg(diagram) {
  saveDrawing(standalone(diagram), diagram.name)
}

async function savePng(diagram) {
  const { width, height } = diagram.scene
  const scale = Math.min(2, MOST_SIDE / width, MOST_SIDE / height, Math.sqrt(MOST_AREA / (width * height)))
  diagram.say("Drawing the picture …")
  try {
    const blob = await painted(standalone(diagram), width * scale, height * scale)
    if (!blob) throw new Error("the browser made no picture")
    save(blob, `${diagram.name}.png`)
    diagram.say(scale < 1 ? "Saved smaller than shown: no picture may have over 16,384 pixels a side. SVG has no such limit." : "", 8000)
  } catch {
    diagram.say("This browser could not draw a picture of this size. Save it as SVG, or fold some groups.", 8000)
  }
}
