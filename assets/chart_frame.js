// The frame of a chart: an SVG that fits its place, a note at the pointer, and picture files.
// What is drawn in it is in DRAW, by kind, in the file that ends the script.

const MARGIN = 14 // around the drawing in a file
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "font-family", "text-anchor", "opacity"]

// As much of a text as fits into so many pixels.
function fitting(text, width, letter = 6.1) {
  return shortened(text, Math.max(3, Math.floor(width / letter)))
}

class Chart {
  constructor(parent) {
    this.box = made("div", "chart", parent)
    this.svg = drawn("svg", { role: "group" }, this.box)
    this.tip = made("div", "tip", this.box)
    this.tip.hidden = true
    const bar = made("div", "files", this.box)
    for (const [name, save] of [["PNG", () => this.png()], ["SVG", () => saveDrawing(this.standalone(), this.data.name)]]) {
      const button = made("button", "", bar, name)
      button.type = "button"
      button.title = `Save this figure as ${name}`
      button.addEventListener("click", save)
    }
    this.watching = new ResizeObserver(() => this.draw())
    this.watching.observe(this.box)
  }

  show(data) {
    this.data = data
    this.width = 0
    this.draw()
  }

  // Draw anew when the width has changed; the height follows from what is drawn.
  draw() {
    const width = Math.floor(this.box.clientWidth)
    if (!width || !this.data || width === this.width) return
    this.width = width
    this.tip.hidden = true
    const focused = this.svg.getRootNode().activeElement?.closest("[data-id]")?.dataset.id
    this.svg.replaceChildren()
    this.svg.setAttribute("aria-label", this.data.title)
    drawn("text", { x: 0, y: 15, class: "title" }, this.svg, fitting(this.data.title, width - 96, 8))
    this.height = Math.ceil(DRAW[this.data.kind](this))
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`)
    this.svg.setAttribute("width", width)
    this.svg.setAttribute("height", this.height)
    if (focused) this.svg.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true })
  }

  // What is said of an element when it is pointed at or focused: the first line is its name.
  tell(element, lines) {
    element.setAttribute("tabindex", "0")
    element.setAttribute("role", "img")
    element.setAttribute("aria-label", lines.join("; "))
    const show = () => {
      this.tip.replaceChildren(...lines.filter(Boolean).map((line, i) => made("div", i ? "" : "name", null, line)))
      this.tip.hidden = false
      const own = this.svg.getBoundingClientRect(), at = element.getBoundingClientRect()
      const { offsetWidth: width, offsetHeight: height } = this.tip
      const x = at.left - own.left + at.width / 2 - width / 2, below = at.bottom - own.top + 6
      this.tip.style.left = `${Math.max(0, Math.min(x, this.width - width))}px`
      this.tip.style.top = `${below + height > this.height && at.top - own.top > height + 6 ? at.top - own.top - height - 6 : below}px`
    }
    const hide = () => { this.tip.hidden = true }
    element.addEventListener("pointerenter", show)
    element.addEventListener("pointerleave", hide)
    element.addEventListener("focus", show)
    element.addEventListener("blur", hide)
  }

  // --- picture files --------------------------------------------------------------------------------------------------

  // The drawing as a file of its own: the colours and fonts that the page gives it are written into it.
  standalone() {
    const copy = this.svg.cloneNode(true)
    const originals = this.svg.querySelectorAll("*")
    copy.querySelectorAll("*").forEach((twin, i) => {
      const style = getComputedStyle(originals[i])
      if (twin.tagName !== "g") for (const name of KEPT) twin.setAttribute(name, style.getPropertyValue(name))
      for (const name of ["class", "tabindex", "role", "aria-label"]) twin.removeAttribute(name)
    })
    copy.setAttribute("xmlns", SVG)
    copy.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${this.width + 2 * MARGIN} ${this.height + 2 * MARGIN}`)
    copy.setAttribute("width", this.width + 2 * MARGIN)
    copy.setAttribute("height", this.height + 2 * MARGIN)
    const ground = drawn("rect", { x: -MARGIN, y: -MARGIN, width: "100%", height: "100%", fill: getComputedStyle(this.box).getPropertyValue("--ground") })
    copy.prepend(ground)
    return new XMLSerializer().serializeToString(copy)
  }

  async png() {
    const blob = await painted(this.standalone(), 2 * (this.width + 2 * MARGIN), 2 * (this.height + 2 * MARGIN))
    if (blob) save(blob, `${this.data.name}.png`)
  }
}

const charts = new WeakMap()

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  let held = charts.get(parentElement)
  if (!held?.chart.box.isConnected) {
    held = { chart: new Chart(parentElement) }
    charts.set(parentElement, held)
  }
  held.chart.send = setTriggerValue
  if (held.text !== text) held.chart.show(JSON.parse(text))
  held.text = text
  return () => {
    held.chart.watching.disconnect()
    held.chart.box.remove()
    charts.delete(parentElement)
  }
}
