// Lines over the steps: axes with their names, a mark at the step on screen, values under the pointer.

const WIDE = 460, HIGH = 180, LEFT = 54, RIGHT = 12, TOP = 12, BOTTOM = 38

class Lines {
  constructor(parent, onStep) {
    this.onStep = onStep
    this.box = made("figure", "chart", parent)
    this.caption = made("figcaption", "", this.box)
    this.svg = drawn("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" }, this.box)
    this.legend = made("div", "legend", this.box)
    this.svg.addEventListener("pointermove", (event) => this.hover(event))
    this.svg.addEventListener("pointerleave", () => this.mark(this.at))
    this.svg.addEventListener("click", (event) => this.onStep(this.nearest(event) - (this.offset ?? 0)))
  }

  // `offset`: by how many values the chart is ahead of the steps (a running statistic has one before the first).
  show(chart, offset) {
    Object.assign(this, { chart, offset })
    this.caption.textContent = chart.title
    this.svg.setAttribute("aria-label", chart.title)
    this.svg.replaceChildren()
    const all = chart.lines.flatMap((line) => line.values)
    const low = chart.log ? Math.min(...all) : Math.min(0, ...all)
    const high = Math.max(...all, low + 1e-9)
    this.count = chart.lines[0].values.length
    this.scale = chart.log ? Math.log10 : (value) => value
    this.low = this.scale(low)
    this.span = Math.max(this.scale(high) - this.low, 1e-9)
    this.axes(low, high)
    for (const line of chart.lines) {
      const points = line.values.map((value, i) => `${this.x(i)},${this.y(value)}`).join(" ")
      drawn("polyline", { points, class: `line c${line.colour} ${line.level ? "level" : ""}` }, this.svg)
    }
    this.rule = drawn("line", { y1: TOP, y2: HIGH - BOTTOM, class: "rule" }, this.svg)
    this.dots = chart.lines.map((line) => drawn("circle", { r: 4, class: `dot c${line.colour}` }, this.svg))
    this.legend.replaceChildren()
    this.named = chart.lines.map((line) => {
      const item = made("span", `c${line.colour} ${line.level ? "level" : ""}`, this.legend)
      made("i", "", item)
      made("span", "", item, line.title)
      return made("b", "", item)
    })
    this.where = made("span", "where", this.legend)
    this.mark(this.at)
  }

  axes(low, high) {
    for (const value of ticks(low, high, this.chart.log)) {
      drawn("line", { x1: LEFT, x2: WIDE - RIGHT, y1: this.y(value), y2: this.y(value), class: "grid" }, this.svg)
      drawn("text", { x: LEFT - 6, y: this.y(value) + 4, class: "tick up" }, this.svg, shown(short(value)))
    }
    const every = Math.max(Math.ceil(this.count / 8), 1)
    for (let i = 0; i < this.count; i += every) {
      drawn("text", { x: this.x(i), y: HIGH - BOTTOM + 15, class: "tick" }, this.svg, String(i + this.chart.first))
    }
    drawn("text", { x: (LEFT + WIDE - RIGHT) / 2, y: HIGH - 6, class: "axis" }, this.svg, this.chart.across)
    const middle = (TOP + HIGH - BOTTOM) / 2
    const turned = { x: 13, y: middle, class: "axis", transform: `rotate(-90 13 ${middle})` }
    drawn("text", turned, this.svg, this.chart.log ? `${this.chart.up}, log scale` : this.chart.up)
  }

  x(i) {
    return LEFT + (this.count > 1 ? (i / (this.count - 1)) * (WIDE - LEFT - RIGHT) : 0)
  }

  y(value) {
    return HIGH - BOTTOM - ((this.scale(value) - this.low) / this.span) * (HIGH - TOP - BOTTOM)
  }

  nearest(event) {
    const { left, width } = this.svg.getBoundingClientRect()
    const at = ((event.clientX - left) / width) * WIDE
    const i = Math.round(((at - LEFT) / (WIDE - LEFT - RIGHT)) * (this.count - 1))
    return Math.min(Math.max(i, 0), this.count - 1)
  }

  hover(event) {
    this.point(this.nearest(event))
  }

  mark(i) {
    this.at = i
    this.point(i)
  }

  point(i) {
    const inside = i !== undefined && i >= 0 && i < this.count
    this.rule.classList.toggle("none", !inside)
    if (!inside) return
    this.rule.setAttribute("x1", this.x(i))
    this.rule.setAttribute("x2", this.x(i))
    this.chart.lines.forEach((line, k) => {
      this.dots[k].setAttribute("cx", this.x(i))
      this.dots[k].setAttribute("cy", this.y(line.values[i]))
      this.named[k].textContent = precise(line.values[i])
    })
    this.where.textContent = `at ${this.chart.across} = ${i + this.chart.first}`
  }
}

function ticks(low, high, log) {
  if (log) {
    const from = Math.ceil(Math.log10(low) - 1e-9), to = Math.floor(Math.log10(high) + 1e-9)
    return Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => 10 ** (from + i))
  }
  const rough = (high - low) / 4
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = unit * [1, 2, 5, 10].find((times) => times * unit >= rough)
  const found = []
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) found.push(value)
  return found
}

function precise(value) {
  const text = Number.isInteger(value) ? value.toLocaleString("en") : (Math.round(value * 1000) / 1000).toLocaleString("en", { maximumFractionDigits: 3 })
  return text.replace("-", "−")
}
