// Curves over epochs: train and validation, runs laid over one another, gradient norms. An SVG that fits its place.
// The pointer, or the arrow keys, point at an epoch in all charts of a group at once.

const EDGE = { left: 50, right: 56, top: 30, bottom: 34 }

// Charts that are pointed at together.
class Group {
  constructor() {
    this.charts = []
    this.listeners = []
    this.at = this.from = null
  }

  point(at, from = null) {
    this.at = at
    this.from = from
    for (const chart of this.charts) chart.point(at, chart === from)
    for (const listener of this.listeners) listener(at)
  }
}

class Curves {
  // kind: share, plain, si or log, how values are written and scaled. many: a line each for very many things.
  constructor(parent, { title, kind, axis, group, many = false, height = 224 }) {
    Object.assign(this, { title, kind, axis, group, many, height, width: 0, series: [], span: [0, 1] })
    this.box = made("figure", "curves", parent)
    this.svg = drawn("svg", { role: "img", tabindex: 0 }, this.box)
    this.tip = made("div", "tip", this.box)
    this.tip.hidden = true
    this.group.charts.push(this)
    this.watching = new ResizeObserver(() => this.box.clientWidth !== this.width && this.draw())
    this.watching.observe(this.box)
    this.listens()
  }

  // series: [{name, paint, points: [[x, y or null]], faint: [[x, y]] behind it}]
  show(series, { span, smoothing = 0, over = "epoch", note = "" }) {
    this.series = series.map((one) => ({ ...one, line: smoothing ? smoothed(one.points, smoothing) : one.points }))
    Object.assign(this, { span, smoothing, over, note })
    this.xs = [...new Set(this.series.flatMap((one) => one.points.map(([x]) => x)))].sort((a, b) => a - b)
    this.draw()
  }

  draw() {
    if (!begun(this)) return
    drawn("text", { x: 0, y: 14, class: "title" }, this.svg, this.title)
    const values = this.series.flatMap((one) => one.points.map(([, y]) => y)).filter((y) => isNumber(y) && (this.kind !== "log" || y > 0))
    const within = this.series.flatMap((one) => (one.faint ?? []).map(([, y]) => y)).filter(isNumber)
    this.svg.setAttribute("aria-label", `${this.title}: ${this.said()}`)
    this.empty = !values.length && !within.length
    this.scale = scale(values.length ? values : within, this.kind)
    this.axes()
    if (this.empty) {
      drawn("text", { x: (EDGE.left + this.width - EDGE.right) / 2, y: this.height / 2, class: "none" }, this.svg, this.note || "after the first epoch")
    } else {
      this.lines()
      if (!this.many) this.ends()
    }
    this.cross = drawn("g", { class: "cross" }, this.svg)
    if (this.group.at !== null) this.point(this.group.at, this.group.from === this)
  }

  said() {
    if (this.many) return `${this.series.length} lines`
    return this.series.map((one) => `${one.name} ${show(last(one.points)?.[1], this.kind)}`).join(", ") || "nothing yet"
  }

  x(value) {
    const [low, high] = this.span
    return EDGE.left + ((value - low) / (high - low || 1)) * (this.width - EDGE.left - EDGE.right)
  }

  y(value) {
    const { low, high, log } = this.scale
    const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
    return this.height - EDGE.bottom - share * (this.height - EDGE.top - EDGE.bottom)
  }

  axes() {
    const right = this.width - EDGE.right, bottom = this.height - EDGE.bottom
    const { low, high, log } = this.scale
    const wanted = (bottom - EDGE.top) / 38
    for (const value of log ? powers(low, high, wanted) : marks(low, high, wanted)) {
      drawn("line", { x1: EDGE.left, x2: right, y1: this.y(value), y2: this.y(value), class: "grid" }, this.svg)
      drawn("text", { x: EDGE.left - 7, y: this.y(value) + 4, class: "tick up" }, this.svg, tick(value, this.kind, high - low))
    }
    const isTime = this.over !== "epoch"
    for (const value of marks(...this.span, (right - EDGE.left) / 60, !isTime)) {
      drawn("line", { x1: this.x(value), x2: this.x(value), y1: bottom, y2: bottom + 4, class: "grid" }, this.svg)
      drawn("text", { x: this.x(value), y: bottom + 16, class: "tick" }, this.svg, isTime ? String(value) : SHOW.count(value))
    }
    drawn("line", { x1: EDGE.left, x2: right, y1: bottom, y2: bottom, class: "base" }, this.svg)
    drawn("text", { x: right, y: this.height - 3, class: "axis end" }, this.svg, isTime ? "minutes of training" : "epoch")
    drawn("text", { x: this.width, y: 14, class: "axis end" }, this.svg, this.axis + (log ? ", logarithmic" : ""))
  }

  lines() {
    const clip = `clip-${Math.random().toString(36).slice(2)}`
    const shape = drawn("clipPath", { id: clip }, drawn("defs", {}, this.svg))
    drawn("rect", { x: EDGE.left - 6, y: EDGE.top - 6, width: this.width - EDGE.left - EDGE.right + 12, height: this.height - EDGE.top - EDGE.bottom + 6 }, shape)
    const all = drawn("g", { "clip-path": `url(#${clip})` }, this.svg)
    this.drawnLines = this.series.map((one) => {
      const dense = one.points.length > (this.width - EDGE.left - EDGE.right) / 4 ? "dense" : ""
      const group = drawn("g", { class: `line ${one.paint ?? ""} ${dense}` }, all)
      if (one.colour) group.style.setProperty("--colour", one.colour)
      if (one.faint?.length) this.path(one.faint, group, "faint")
      if (this.smoothing) this.path(one.points, group, "faint")
      this.path(one.line, group, "main")
      return group
    })
  }

  // A line through the points; where a value is missing it is broken, and a lone point is a dot.
  path(points, parent, kind) {
    let way = "", run = []
    const close = () => {
      if (run.length === 1) drawn("circle", { cx: run[0][0], cy: run[0][1], r: kind === "main" ? 3.5 : 1.2, class: `${kind} dot` }, parent)
      else if (run.length) way += `M${run.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`
      run = []
    }
    for (const [x, y] of points) {
      if (isNumber(y) && (this.kind !== "log" || y > 0)) run.push([this.x(x), this.y(y)])
      else close()
    }
    close()
    if (way) drawn("path", { d: way, class: kind }, parent)
  }

  // The last value of each line, beside its end; those that would meet are moved apart.
  ends() {
    const top = EDGE.top + 4, bottom = this.height - EDGE.bottom
    const found = this.series.map((one) => ({ one, point: last(one.line) })).filter(({ point }) => point)
    const places = found.map(({ one, point }) => ({ one, point, y: Math.min(Math.max(this.y(point[1]) + 4, top), bottom) })).sort((a, b) => a.y - b.y)
    for (let i = 1; i < places.length; i++) places[i].y = Math.max(places[i].y, places[i - 1].y + 13)
    const over = places.length ? places.at(-1).y - bottom : 0
    if (over > 0) for (const place of places) place.y -= over
    for (const { one, point, y } of places) {
      const text = drawn("text", { x: this.x(point[0]) + 7, y, class: `value ${one.paint ?? ""}` }, this.svg, show(point[1], this.kind))
      if (one.colour) text.style.setProperty("--colour", one.colour)
    }
  }

  // --- pointing -------------------------------------------------------------------------------------------------------

  listens() {
    const at = (event) => {
      const box = this.svg.getBoundingClientRect()
      const [low, high] = this.span
      const x = low + ((event.clientX - box.left - EDGE.left) / (this.width - EDGE.left - EDGE.right)) * (high - low)
      this.pointer = event.clientY - box.top
      const near = nearest(this.xs ?? [], x)
      if (near !== undefined) this.group.point(near, this)
    }
    this.svg.addEventListener("pointermove", at)
    this.svg.addEventListener("pointerdown", at)
    this.svg.addEventListener("pointerleave", () => this.group.point(null))
    this.svg.addEventListener("blur", () => this.group.point(null))
    this.svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (!step || !this.xs?.length) return
      event.preventDefault()
      const now = this.group.at === null ? (step < 0 ? this.xs.length : -1) : this.xs.indexOf(nearest(this.xs, this.group.at))
      this.pointer = undefined
      this.group.point(this.xs[Math.min(Math.max(now + step, 0), this.xs.length - 1)], this)
    })
  }

  point(at, own) {
    this.cross?.replaceChildren()
    this.tip.hidden = true
    for (const group of this.drawnLines ?? []) group.classList.remove("pointed")
    if (at === null || this.empty || !this.width) return
    const x = this.x(at)
    drawn("line", { x1: x, x2: x, y1: EDGE.top, y2: this.height - EDGE.bottom, class: "hair" }, this.cross)
    const found = this.series
      .map((one, i) => ({ one, i, y: one.points.find((point) => point[0] === at)?.[1], drawn: one.line.find((point) => point[0] === at)?.[1] }))
      .filter(({ y }) => y !== undefined)
    const told = this.many ? this.near(found, own) : found
    for (const { one, i, drawn: y } of told) {
      if (!isNumber(y) || (this.kind === "log" && y <= 0)) continue
      const mark = drawn("circle", { cx: x, cy: this.y(y), r: 4, class: `at ${one.paint ?? ""}` }, this.cross)
      if (one.colour) mark.style.setProperty("--colour", one.colour)
      if (this.many) this.drawnLines?.[i].classList.add("pointed")
    }
    if (own) this.tell(at, told, x)
  }

  // Of many lines, the one next to the pointer.
  near(found, own) {
    if (!own || this.pointer === undefined) return []
    const away = ({ y }) => (isNumber(y) && y > 0 ? Math.abs(this.y(y) - this.pointer) : Infinity)
    return [...found].sort((a, b) => away(a) - away(b)).slice(0, 1)
  }

  tell(at, told, x) {
    const lines = told.map(({ one, y }) => {
      const line = made("div", `entry ${one.paint ?? ""}`)
      if (one.colour) line.style.setProperty("--colour", one.colour)
      made("i", "", line)
      made("span", "", line, shortened(one.name, 44))
      made("b", "", line, y === null ? "no number" : y === 0 ? "0" : show(y, this.kind))
      return line
    })
    const when = this.over === "epoch" ? (Number.isInteger(at) ? `Epoch ${SHOW.count(at)}` : `In epoch ${Math.floor(at) + 1}`) : `After ${at.toFixed(1)} minutes`
    this.tip.replaceChildren(made("div", "name", null, when), ...lines)
    this.tip.hidden = false
    const { offsetWidth: width } = this.tip
    this.tip.style.left = `${Math.max(0, x + 12 + width > this.width ? x - width - 12 : x + 12)}px`
    this.tip.style.top = `${EDGE.top}px`
  }
}

// --- numbers ----------------------------------------------------------------------------------------------------------

// From where to where values are drawn. A few that lie far above all others are cut off.
function scale(values, kind) {
  if (!values.length) return { low: kind === "log" ? 0.1 : 0, high: 1, log: kind === "log" }
  let low = Math.min(...values), high = Math.max(...values)
  if (kind === "log") return { low: low / 1.4, high: high * 1.4, log: true }
  if (kind === "share") {
    const room = Math.max(0.02, (high - low) * 0.08)
    return { low: Math.max(0, low - room), high: Math.min(1, high + room), log: false }
  }
  const sorted = [...values].sort((a, b) => a - b)
  const most = sorted[Math.floor(sorted.length * 0.9)]
  if (sorted.length > 9 && high > 10 * most && most > 0) high = 2 * most
  low = Math.min(0, low)
  return { low, high: high > low ? high * 1.06 : low + 1, log: false }
}

function tick(value, kind, span) {
  if (kind === "share") return `${Number((100 * value).toFixed(span < 0.05 ? 1 : 0))} %`
  return SHOW[kind](value)
}

// The running mean that weighs what is long ago ever less, as of each point; missing values are passed over.
function smoothed(points, weight) {
  let sum = 0, whole = 0
  return points.map(([x, y]) => {
    if (!isNumber(y)) return [x, null]
    sum = weight * sum + (1 - weight) * y
    whole = weight * whole + 1 - weight
    return [x, sum / whole]
  })
}

function last(points) {
  return points.findLast(([, y]) => isNumber(y))
}

function nearest(sorted, value) {
  return sorted.reduce((best, one) => (best === undefined || Math.abs(one - value) < Math.abs(best - value) ? one : best), undefined)
}
