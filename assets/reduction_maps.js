// Maps as boxes: as high as the map's side, as long as it has channels; between two of them the kernel that reads one.

const PICTURE = { width: 460, height: 118, tall: 58, slant: 9, longest: 104, shortest: 2.5 }

// `maps`: [height, width, channels] each; `kernels`: what stands between them, {text, about, paint}.
function drawMaps(svg, maps, kernels, most) {
  const { width, height, tall, slant, longest, shortest } = PICTURE
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
  svg.replaceChildren()
  const side = maps[0][0]
  const lengths = maps.map(([, , channels]) => Math.max((longest * channels) / most, shortest))
  const used = lengths.reduce((sum, length) => sum + length + slant, 0)
  const gap = Math.min((width - used - 20) / kernels.length, 150)
  let x = (width - used - gap * kernels.length) / 2
  const middle = 12 + tall / 2
  maps.forEach((map, i) => {
    const high = Math.max(tall * Math.sqrt(map[0] / side), 10)
    box(svg, x, middle - high / 2, lengths[i], high, (slant * high) / tall, i === 1 && maps.length === 3 ? "small" : "")
    const centre = Math.min(Math.max(x + (lengths[i] + slant) / 2, 30), width - 30)
    drawn("text", { x: centre, y: height - 17, class: "shape" }, svg, `${map[0]}×${map[1]}`)
    drawn("text", { x: centre, y: height - 4, class: "shape strong" }, svg, `×${exact(map[2])}`)
    x += lengths[i] + slant
    if (i === kernels.length) return
    const { text, about, paint } = kernels[i]
    const group = drawn("g", { class: `kernel f-${paint}` }, svg)
    drawn("line", { x1: x + 5, x2: x + gap - 9, y1: middle, y2: middle }, group)
    drawn("path", { d: `M ${x + gap - 10} ${middle - 4} l 6 4 l -6 4 z` }, group)
    drawn("text", { x: x + gap / 2 - 2, y: middle - 7, class: "name" }, group, text)
    drawn("text", { x: x + gap / 2 - 2, y: middle + 15, class: "about" }, group, about)
    x += gap
  })
}

function box(svg, x, y, length, high, slant, kind) {
  const group = drawn("g", { class: `map ${kind}` }, svg)
  drawn("path", { d: `M ${x} ${y} l ${slant} ${-slant} h ${length} l ${-slant} ${slant} z`, class: "top" }, group)
  drawn("path", { d: `M ${x + length} ${y} l ${slant} ${-slant} v ${high} l ${-slant} ${slant} z`, class: "end" }, group)
  drawn("rect", { x, y, width: length, height: high, class: "front" }, group)
}
