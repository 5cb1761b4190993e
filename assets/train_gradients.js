// Gradient norms, block by block from the input to the output, on a logarithmic scale: of one epoch and of the first.

class Profile {
  constructor(parent, group) {
    this.group = group
    this.lines = []
    this.box = made("figure", "curves", parent)
    this.svg = drawn("svg", { role: "img" }, this.box)
    this.tip = made("div", "tip", this.box)
    this.tip.hidden = true
    this.height = 224
    group.listeners.push((at) => this.at !== at && ((this.at = at), this.draw()))
    this.at = null
    this.watching = new ResizeObserver(() => this.box.clientWidth !== this.width && this.draw())
    this.watching.observe(this.box)
    this.svg.addEventListener("pointermove", (event) => this.tell(event))
    this.svg.addEventListener("pointerleave", () => { this.tip.hidden = true })
  }

  // metrics: the finished epochs.
  show(metrics) {
    this.lines = metrics.filter((line) => line.gradient_norms && Object.values(line.gradient_norms).some(isNumber))
    this.draw()
  }

  draw() {
    if (!begun(this)) return
    this.now = (this.at !== null && this.lines.find((line) => line.epoch === this.at)) || this.lines.at(-1)
    const title = this.now ? `Gradient norm by block, epoch ${SHOW.count(this.now.epoch)}` : "Gradient norm by block"
    drawn("text", { x: 0, y: 14, class: "title" }, this.svg, title)
    const right = this.width - 12, bottom = this.height - EDGE.bottom - 14
    if (!this.now) {
      drawn("text", { x: this.width / 2, y: this.height / 2, class: "none" }, this.svg, "after the first epoch")
      return
    }
    this.blocks = Object.keys(this.now.gradient_norms)
    const all = this.lines.flatMap((line) => Object.values(line.gradient_norms)).filter((value) => isNumber(value) && value > 0)
    const { low, high } = scale(all, "log")
    this.x = (at) => EDGE.left + ((at + 0.5) / this.blocks.length) * (right - EDGE.left)
    this.y = (value) => bottom - (Math.log(value / low) / Math.log(high / low)) * (bottom - EDGE.top)
    for (const value of powers(low, high, (bottom - EDGE.top) / 38)) {
      drawn("line", { x1: EDGE.left, x2: right, y1: this.y(value), y2: this.y(value), class: "grid" }, this.svg)
      drawn("text", { x: EDGE.left - 7, y: this.y(value) + 4, class: "tick up" }, this.svg, tick(value, "log"))
    }
    drawn("line", { x1: EDGE.left, x2: right, y1: bottom, y2: bottom, class: "base" }, this.svg)
    this.names(right, bottom)
    const first = this.lines[0]
    if (first !== this.now) this.line(first, "first", bottom)
    this.line(this.now, "present", bottom)
    drawn("text", { x: this.width, y: 14, class: "axis end" }, this.svg, this.width > 480 ? "norm, logarithmic; dashed: epoch 1" : "dashed: epoch 1")
    drawn("text", { x: EDGE.left, y: this.height - 3, class: "axis start" }, this.svg, "input")
    drawn("text", { x: right, y: this.height - 3, class: "axis end" }, this.svg, "output")
    this.svg.setAttribute("aria-label", `${title}: ${this.blocks.map((block) => `${block} ${show(this.now.gradient_norms[block], "log")}`).join(", ")}`)
  }

  // As many names as there is room for.
  names(right, bottom) {
    const room = (right - EDGE.left) / this.blocks.length
    const letters = Math.min(Math.max(...this.blocks.map((block) => block.length)), 11)
    const every = Math.ceil((letters * 6.4 + 8) / room)
    this.blocks.forEach((block, at) => {
      if (at % every) return
      drawn("text", { x: this.x(at), y: bottom + 15, class: "tick" }, this.svg, shortened(block, Math.max(letters, Math.floor((room * every - 8) / 6.4))))
    })
  }

  line(line, kind, bottom) {
    let way = "", joined = false
    const group = drawn("g", { class: `profile ${kind}` }, this.svg)
    this.blocks.forEach((block, at) => {
      const value = line.gradient_norms[block]
      if (isNumber(value) && value > 0) {
        way += `${joined ? "L" : "M"}${this.x(at).toFixed(1)} ${this.y(value).toFixed(1)}`
        if (kind === "present") {
          const dot = drawn("circle", { cx: this.x(at), cy: this.y(value), r: this.blocks.length > 40 ? 2.5 : 4 }, group)
          dot.style.setProperty("--colour", depth(at, this.blocks.length))
        }
        joined = true
      } else {
        if (value === 0) drawn("text", { x: this.x(at), y: bottom - 3, class: "zero" }, group, "0")
        joined = false
      }
    })
    group.prepend(drawn("path", { d: way }))
  }

  tell(event) {
    if (!this.now) return
    const box = this.svg.getBoundingClientRect()
    const share = (event.clientX - box.left - EDGE.left) / (this.width - 12 - EDGE.left)
    const at = Math.min(Math.max(Math.floor(share * this.blocks.length), 0), this.blocks.length - 1)
    const block = this.blocks[at]
    const entry = (name, line) => {
      const row = made("div", "entry")
      made("span", "", row, name)
      const value = line.gradient_norms[block]
      made("b", "", row, value === null ? "no number" : show(value, "log"))
      return row
    }
    const rows = [this.lines[0], this.now].filter((line, i, both) => !i || line !== both[0])
    this.tip.replaceChildren(made("div", "name", null, block), ...rows.map((line) => entry(`Epoch ${SHOW.count(line.epoch)}`, line)))
    this.tip.hidden = false
    const { offsetWidth: width } = this.tip
    this.tip.style.left = `${Math.max(0, Math.min(this.x(at) + 12, this.width - width))}px`
    this.tip.style.top = `${EDGE.top}px`
  }
}

// The colour of a block: from blue at the input to orange at the output.
function depth(at, count) {
  return `color-mix(in oklab, var(--late) ${Math.round((100 * at) / Math.max(count - 1, 1))}%, var(--early))`
}
