// One cost against the width r of the reduction: the 1×1's share below, the large kernel's on it, the direct cost as a
// level line, the width that is set as a handle to drag. Costs come as sums of products; r stands where null is.

const EDGE = { left: 58, right: 14, top: 34, bottom: 38 }

const product = (term, r) => term.reduce((value, factor) => value * (factor ?? r), 1)
const valueAt = (terms, r) => terms.reduce((sum, term) => sum + product(term, r), 0)

function formulaAt(terms, r) {
  const products = terms.map((term) => term.map((factor) => factor ?? r).join("·")).join(" + ")
  const total = exact(valueAt(terms, r))
  return products === total.replaceAll(",", "") ? total : `${products} = ${total}`
}

class WidthChart {
  constructor(parent, key, { onMove, onEnd }) {
    this.key = key
    this.onMove = onMove
    this.onEnd = onEnd
    this.box = made("div", "chart", parent)
    this.svg = drawn("svg", { role: "slider", tabindex: 0 }, this.box)
    this.tip = made("div", "tip", this.box)
    this.tip.hidden = true
    this.listen()
    new ResizeObserver(() => this.draw()).observe(this.box)
  }

  // `data`: {name, unit, parts: [small, large], direct, limit, largest, limitText, reach}
  update(data, r) {
    this.data = data
    this.r = r
    this.draw()
  }

  width(event) {
    const { left, right } = this.svg.getBoundingClientRect()
    const share = (event.clientX - left - EDGE.left) / (right - left - EDGE.left - EDGE.right)
    return Math.min(Math.max(Math.round(share * this.data.reach), 1), this.data.reach)
  }

  listen() {
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button || event.pointerType === "touch" && !event.target.closest(".handle")) return
      this.dragging = true
      this.svg.setPointerCapture(event.pointerId)
      this.onMove(this.width(event))
    })
    this.svg.addEventListener("pointermove", (event) => {
      if (this.dragging) this.onMove(this.width(event))
      this.point(this.width(event), event)
    })
    const end = () => {
      if (this.dragging) this.onEnd()
      this.dragging = false
    }
    this.svg.addEventListener("pointerup", end)
    this.svg.addEventListener("pointercancel", end)
    this.svg.addEventListener("pointerleave", () => (this.tip.hidden = true))
    this.svg.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key]
      if (!by) return
      event.preventDefault()
      this.onMove(Math.min(Math.max(this.r + by, 1), this.data.reach))
      clearTimeout(this.timer)
      this.timer = setTimeout(this.onEnd, 400)
    })
  }

  across(r) {
    return EDGE.left + (r / this.data.reach) * (this.wide - EDGE.left - EDGE.right)
  }

  up(value) {
    return this.high - EDGE.bottom - (value / this.most) * (this.high - EDGE.top - EDGE.bottom)
  }

  draw() {
    this.wide = this.box.clientWidth
    this.high = this.box.clientHeight
    if (!this.wide || !this.high || !this.data) return
    const { data, r } = this
    const [small, large] = data.parts
    const all = (at) => valueAt(small, at) + valueAt(large, at)
    this.most = 1.12 * Math.max(data.direct, all(data.reach))
    this.svg.setAttribute("viewBox", `0 0 ${this.wide} ${this.high}`)
    this.svg.replaceChildren()
    this.axes()
    const area = (low, high, kind) => {
      const corners = [[0, low(0)], [data.reach, low(data.reach)], [data.reach, high(data.reach)], [0, high(0)]]
      const points = corners.map(([at, value]) => `${this.across(at)},${this.up(value)}`).join(" ")
      drawn("polygon", { points, class: `area ${kind}` }, this.svg)
    }
    area(() => 0, (at) => valueAt(small, at), "f-residual")
    area((at) => valueAt(small, at), all, "f-convolution")
    const [left, right] = [this.across(0), this.across(data.reach)]
    drawn("line", { x1: left, x2: right, y1: this.up(all(0)), y2: this.up(all(data.reach)), class: "sum" }, this.svg)
    const level = this.up(data.direct)
    drawn("line", { x1: left, x2: right, y1: level, y2: level, class: "direct" }, this.svg)
    drawn("text", { x: right - 2, y: level - 5, class: "level" }, this.svg, `directly ${short(data.direct)}`)
    this.breakEven()
    this.handle(all(r))
    const said = `${exact(all(r))} ${data.unit} at width ${r}, directly ${exact(data.direct)}`
    for (const [name, value] of Object.entries({
      "aria-label": `${data.name} against the width of the 1×1`, "aria-valuemin": 1, "aria-valuemax": data.reach,
      "aria-valuenow": r, "aria-valuetext": said,
    })) this.svg.setAttribute(name, value)
  }

  axes() {
    const { data } = this
    const [left, right, top, bottom] = [this.across(0), this.across(data.reach), EDGE.top, this.high - EDGE.bottom]
    for (const value of steps(this.most, 4)) {
      const y = this.up(value)
      drawn("line", { x1: left, x2: right, y1: y, y2: y, class: "grid" }, this.svg)
      drawn("text", { x: left - 6, y: y + 4, class: "tick up" }, this.svg, short(value))
    }
    for (const at of steps(data.reach, this.wide < 420 ? 4 : 7)) {
      const x = this.across(at)
      drawn("line", { x1: x, x2: x, y1: bottom, y2: bottom + 4, class: "grid" }, this.svg)
      drawn("text", { x, y: bottom + 16, class: "tick across" }, this.svg, exact(at))
    }
    drawn("text", { x: (left + right) / 2, y: this.high - 4, class: "axis" }, this.svg, "width r of the 1×1 (channels)")
    const middle = (top + bottom) / 2
    drawn("text", { x: 12, y: middle, class: "axis", transform: `rotate(-90 12 ${middle})` }, this.svg, data.name)
  }

  // The width at which both ways cost the same; to its right the reduction costs more.
  breakEven() {
    const { data } = this
    const [top, bottom] = [EDGE.top, this.high - EDGE.bottom]
    const x = this.across(Math.max(data.limit, 0))
    const right = this.across(data.reach)
    drawn("rect", { x, y: top, width: Math.max(right - x, 0), height: bottom - top, class: "more" }, this.svg)
    drawn("line", { x1: x, x2: x, y1: top - 8, y2: bottom, class: "even" }, this.svg)
    const text = `breaks even at ${data.limitText}`
    const end = x + text.length * 6.2 > this.wide - 4
    drawn("text", { x, y: top - 12, class: `even-name ${end ? "end" : "start"}` }, this.svg, text)
  }

  handle(value) {
    const [x, y] = [this.across(this.r), this.up(value)]
    const group = drawn("g", { class: "handle" }, this.svg)
    drawn("line", { x1: x, x2: x, y1: EDGE.top, y2: this.high - EDGE.bottom }, group)
    drawn("rect", { x: x - 14, y: EDGE.top, width: 28, height: this.high - EDGE.top - EDGE.bottom, class: "grip" }, group)
    drawn("circle", { cx: x, cy: y, r: 6 }, group)
    const end = x > this.wide - 130
    drawn("text", { x: x + (end ? -10 : 10), y: Math.max(y - 9, EDGE.top + 12), class: end ? "end" : "start" }, group,
      `r = ${exact(this.r)}: ${short(value)}`)
  }

  point(r, event) {
    const { data } = this
    const [small, large] = data.parts.map((terms) => valueAt(terms, r))
    const share = (100 * (small + large)) / data.direct
    this.tip.replaceChildren()
    made("div", "name", this.tip, `r = ${exact(r)}`)
    made("div", "figure", this.tip, `${exact(small + large)} ${data.unit}, ${Number(share.toPrecision(3))} % of directly`)
    made("div", "about", this.tip, `1×1 ${exact(small)}, ${data.large} ${exact(large)}`)
    this.tip.hidden = false
    const frame = this.box.getBoundingClientRect()
    const x = event.clientX - frame.left
    this.tip.style.left = `${Math.max(4, Math.min(x + 14, this.wide - this.tip.offsetWidth - 4))}px`
    this.tip.style.top = `${this.high - EDGE.bottom - this.tip.offsetHeight - 6}px`
  }
}
