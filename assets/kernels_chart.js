// Cost along one axis: a curve for each candidate, rings where it meets the target's, all values of a place on hover.

const charts = new WeakMap()
const EDGE = { left: 62, right: 18, top: 14, bottom: 42 }
const HEIGHT = 300
const MOST_MARKS = 45
const ROUND = [1, 1.5, 2, 3, 4, 5, 7]

export default function ({ data: text, parentElement }) {
  if (!text) return
  let chart = charts.get(parentElement)
  if (!chart) {
    parentElement.querySelector?.(".kernels_chart")?.remove()
    charts.set(parentElement, (chart = new Chart(parentElement)))
  }
  if (chart.text !== text) chart.show(text)
}

// Round numbers between two ends: about `count` of them, or on a logarithmic axis the decades or their parts.
function ticks(low, high, count, log) {
  if (log) {
    const decades = Array.from({ length: 20 }, (_, power) => 10 ** power).filter((at) => at >= low && at <= high)
    if (decades.length > 2) return decades
    return decades.concat(...[0, 1, 2, 3, 4].map((power) => ROUND.map((part) => part * 10 ** power)))
      .filter((at, i, all) => Number.isInteger(at) && at >= low && at <= high && all.indexOf(at) === i)
  }
  const rough = Math.max((high - low) / count, 1e-9)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max([1, 2, 5, 10].find((factor) => factor * power >= rough) * power, 1)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step)
}

const SHAPES = {
  circle: "M-3,0a3,3 0 1,0 6,0a3,3 0 1,0 -6,0",
  square: "M-2.8,-2.8h5.6v5.6h-5.6z",
  diamond: "M0,-4L4,0L0,4L-4,0z",
  up: "M0,-4L3.8,3H-3.8z",
  down: "M0,4L3.8,-3H-3.8z",
  cross: "M-1.2,-4h2.4v2.8h2.8v2.4h-2.8v2.8h-2.4v-2.8h-2.8v-2.4h2.8z",
  bar: "M-1.3,-4.4h2.6v8.8h-2.6z",
}

class Chart {
  constructor(parent) {
    this.box = made("div", "kernels_chart", parent)
    this.legend = made("div", "legend", this.box)
    this.frame = made("div", "frame", this.box)
    this.svg = drawn("svg", { role: "img", tabindex: 0, height: HEIGHT }, this.frame)
    this.tip = made("div", "tip", this.frame)
    this.tip.hidden = true
    this.tip.setAttribute("aria-live", "polite") // arrow keys on the chart go from place to place
    this.svg.addEventListener("pointermove", (event) => this.point(this.nearest(event)))
    this.svg.addEventListener("pointerleave", () => this.point(null))
    this.svg.addEventListener("blur", () => this.point(null))
    this.svg.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (!by || !this.places.length) return
      event.preventDefault()
      const at = this.places.indexOf(this.pointed)
      this.point(this.places[Math.min(Math.max(at + by, 0), this.places.length - 1)])
    })
    new ResizeObserver(() => this.text && this.draw()).observe(this.frame)
  }

  show(text) {
    this.text = text
    this.data = JSON.parse(text)
    this.values = this.data.series.map((one) => new Map(one.points))
    this.places = [...new Set(this.data.series.flatMap((one) => one.points.map(([at]) => at)))].sort((a, b) => a - b)
    this.legend.replaceChildren()
    for (const one of this.data.series) {
      const entry = made("span", `entry f-${one.paint}`, this.legend)
      const sample = drawn("svg", { width: 30, height: 10, viewBox: "-15 -5 30 10" }, entry)
      drawn("path", { d: "M-15,0H15", class: "curve", "stroke-dasharray": one.dash }, sample)
      drawn("path", { d: SHAPES[one.mark], class: "mark" }, sample)
      entry.append(one.title)
    }
    this.draw()
  }

  draw() {
    const { data, svg } = this
    const width = this.frame.clientWidth
    if (!width) return
    svg.replaceChildren()
    svg.setAttribute("width", width)
    svg.setAttribute("aria-label", `${data.measure} against ${data.axis}. ${data.said}`)
    this.tip.hidden = true
    if (!this.places.length) {
      drawn("text", { x: width / 2, y: HEIGHT / 2, class: "empty" }, svg, "Nothing fits in this range.")
      return
    }
    this.scales(width)
    this.axes(width)
    this.hair = drawn("path", { class: "hair", d: "" }, svg)
    for (const one of data.series) this.curve(one)
    this.meetings(width)
  }

  scales(width) {
    const { log } = this.data
    const numbers = this.data.series.flatMap((one) => one.points.map(([, value]) => value))
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
    const across = [this.places[0], this.places.at(-1)]
    const up = log ? [10 ** Math.floor(Math.log10(least)), most * 1.15] : [0, most * 1.04]
    const of = log ? Math.log10 : (value) => value
    const scale = ([low, high], from, to) => {
      const span = of(high) - of(low) || 1
      return (value) => from + ((of(value) - of(low)) / span) * (to - from)
    }
    this.across = across
    this.up = up
    this.x = scale(across, EDGE.left + 6, width - EDGE.right)
    this.y = scale(up, HEIGHT - EDGE.bottom, EDGE.top)
  }

  axes(width) {
    const { data, svg } = this
    const bottom = HEIGHT - EDGE.bottom
    for (const at of ticks(...this.up, 5, data.log)) {
      drawn("path", { d: `M${EDGE.left},${this.y(at)}H${width - EDGE.right}`, class: "grid" }, svg)
      drawn("text", { x: EDGE.left - 8, y: this.y(at) + 4, class: "tick left" }, svg, data.bytes ? bytes(at) : short(at))
    }
    let taken = -Infinity
    for (const at of this.places.length <= 12 ? this.places : ticks(...this.across, 8, data.log)) {
      const label = exact(at)
      if (this.x(at) - taken < 7 * label.length + 5) continue
      taken = this.x(at)
      drawn("text", { x: taken, y: bottom + 17, class: "tick" }, svg, label)
    }
    drawn("path", { d: `M${EDGE.left},${bottom}H${width - EDGE.right}`, class: "ground" }, svg)
    drawn("text", { x: (EDGE.left + width - EDGE.right) / 2, y: HEIGHT - 6, class: "name" }, svg, data.axis)
    const middle = (EDGE.top + bottom) / 2
    drawn("text", { x: 0, y: 0, class: "name", transform: `translate(12 ${middle}) rotate(-90)` }, svg, data.measure)
    if (data.here >= this.across[0] && data.here <= this.across[1]) {
      const line = drawn("path", { d: `M${this.x(data.here)},${EDGE.top}V${bottom}`, class: "here" }, svg)
      drawn("title", {}, line, `${data.letter} = ${exact(data.here)}, as in the table`)
    }
  }

  curve(one) {
    const group = drawn("g", { class: `f-${one.paint}` }, this.svg)
    const places = one.points.map(([at, value]) => `${this.x(at).toFixed(1)},${this.y(value).toFixed(1)}`)
    if (places.length > 1) drawn("path", { d: `M${places.join("L")}`, class: "curve", "stroke-dasharray": one.dash }, group)
    const every = Math.ceil(one.points.length / MOST_MARKS)
    places.forEach((place, i) => {
      if (i % every === 0) drawn("path", { d: SHAPES[one.mark], class: "mark", transform: `translate(${place})` }, group)
    })
  }

  // A ring at each meeting, its place above it; labels that would meet are lifted over each other.
  meetings(width) {
    const labels = []
    for (const met of this.data.met) {
      const [x, y] = [this.x(met.at), this.y(met.value)]
      const ring = drawn("circle", { cx: x, cy: y, r: 7.5, class: "ring" }, this.svg)
      drawn("title", {}, ring, met.text)
      const half = met.label.length * 3.6
      const at = Math.min(Math.max(x, EDGE.left + half + 2), width - EDGE.right - half)
      let above = y - 15
      while (labels.some((other) => Math.abs(other.at - at) < other.half + half && Math.abs(other.above - above) < 15)) above -= 15
      if (above < EDGE.top) above = y + 24
      labels.push({ at, above, half })
      drawn("text", { x: at, y: above, class: "met" }, this.svg, met.label)
    }
  }

  nearest(event) {
    const x = event.clientX - this.svg.getBoundingClientRect().left
    return this.places.reduce((best, at) => (Math.abs(this.x(at) - x) < Math.abs(this.x(best) - x) ? at : best), this.places[0])
  }

  point(at) {
    this.pointed = at
    this.tip.hidden = at === null || at === undefined
    this.hair?.setAttribute("d", this.tip.hidden ? "" : `M${this.x(at)},${EDGE.top}V${HEIGHT - EDGE.bottom}`)
    if (this.tip.hidden) return
    const { series, letter, unit } = this.data
    this.tip.replaceChildren()
    made("b", "", this.tip, `${letter} = ${exact(at)}`)
    const whole = this.values[0].get(at)
    series.forEach((one, i) => {
      const value = this.values[i].get(at)
      if (value === undefined) return
      const line = made("span", `value f-${one.paint}`, this.tip)
      made("i", "swatch", line)
      made("span", "", line, one.title)
      made("span", "number", line, `${exact(value)} ${unit}`)
      made("span", "share", line, whole ? `${Number(((100 * value) / whole).toPrecision(3))} %` : "")
    })
    const [x, width] = [this.x(at), this.frame.clientWidth]
    const left = x < width / 2 ? x + 12 : x - 12 - this.tip.offsetWidth
    this.tip.style.left = `${Math.min(Math.max(left, 0), Math.max(width - this.tip.offsetWidth, 0))}px`
  }
}

function bytes(value) {
  let step = 0
  while (value >= 1024 && step < 4) [value, step] = [value / 1024, step + 1]
  return `${Number(value.toPrecision(3))} ${["B", "KiB", "MiB", "GiB", "TiB"][step]}`
}
