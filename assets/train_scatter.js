// Runs by what their nets cost and how well they do: accuracy upwards, MACs or parameters across on a logarithmic scale.

const SHAPES = ["M0-5.5A5.5 5.5 0 1 1-.01-5.5Z", "M-5-5H5V5H-5Z", "M0-6.5 6.2 4.6H-6.2Z", "M0-6.5 6.5 0 0 6.5-6.5 0Z", "M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z"]

class Scatter {
  constructor(parent, opened) {
    this.opened = opened
    this.box = made("figure", "curves scatter", parent)
    this.svg = drawn("svg", { role: "group" }, this.box)
    this.tip = made("div", "tip", this.box)
    this.tip.hidden = true
    this.height = 268
    this.watching = new ResizeObserver(() => this.box.clientWidth !== this.width && this.draw())
    this.watching.observe(this.box)
  }

  // rows: of the table; paint: the class of a run's colour, "" where it is not chosen; sets: the names of the data.
  show(rows, { by, paint, sets }) {
    Object.assign(this, { rows: rows.filter((row) => isNumber(row.best) && row[by] > 0), by, paint, sets })
    this.draw()
  }

  draw() {
    if (!this.rows || !begun(this)) return
    this.tip.hidden = true
    const name = this.by === "macs" ? "MACs for one picture" : "parameters"
    const title = `Best validation accuracy against ${this.by === "macs" ? "MACs" : "parameters"}`
    drawn("text", { x: 0, y: 14, class: "title" }, this.svg, title)
    this.svg.setAttribute("aria-label", `${title}: ${this.rows.length} ${this.rows.length === 1 ? "run" : "runs"}`)
    if (!this.rows.length) {
      drawn("text", { x: this.width / 2, y: this.height / 2, class: "none" }, this.svg, "no run has been measured yet")
      return
    }
    const costs = this.rows.map((row) => row[this.by]), best = this.rows.map((row) => row.best)
    const low = Math.min(...costs) / 1.6, high = Math.max(...costs) * 1.6
    const up = scale(best, "share")
    const right = this.width - 10, bottom = this.height - 34, top = this.sets.length > 1 ? 46 : 30
    this.x = (value) => EDGE.left + (Math.log(value / low) / Math.log(high / low)) * (right - EDGE.left)
    this.y = (value) => bottom - ((value - up.low) / (up.high - up.low)) * (bottom - top)
    for (const value of marks(up.low, up.high, (bottom - top) / 38)) {
      drawn("line", { x1: EDGE.left, x2: right, y1: this.y(value), y2: this.y(value), class: "grid" }, this.svg)
      drawn("text", { x: EDGE.left - 7, y: this.y(value) + 4, class: "tick up" }, this.svg, tick(value, "share", up.high - up.low))
    }
    for (const value of powers(low, high, (right - EDGE.left) / 56)) {
      drawn("line", { x1: this.x(value), x2: this.x(value), y1: top, y2: bottom, class: "grid" }, this.svg)
      drawn("text", { x: this.x(value), y: bottom + 16, class: "tick" }, this.svg, show(value, "si"))
    }
    drawn("line", { x1: EDGE.left, x2: right, y1: bottom, y2: bottom, class: "base" }, this.svg)
    drawn("text", { x: right, y: this.height - 3, class: "axis end" }, this.svg, `${name}, logarithmic`)
    this.legend()
    this.taken = []
    for (const row of [...this.rows].sort((a, b) => Boolean(this.paint(a)) - Boolean(this.paint(b)))) this.dot(row)
    for (const row of [...this.rows].sort((a, b) => b.best - a.best)) this.label(row, right)
  }

  legend() {
    if (this.sets.length < 2) return
    let x = EDGE.left
    for (const set of this.sets) {
      if (x + 20 + set.length * 6.5 > this.width) break
      drawn("path", { d: this.shape(set), class: "mark", transform: `translate(${x + 6} 32) scale(.8)` }, this.svg)
      drawn("text", { x: x + 16, y: 36, class: "axis start" }, this.svg, set)
      x += 30 + set.length * 6.5
    }
  }

  shape(set) {
    return SHAPES[Math.max(this.sets.indexOf(set), 0) % SHAPES.length]
  }

  dot(row) {
    const [x, y] = [this.x(row[this.by]), this.y(row.best)]
    const mark = drawn("path", { d: this.shape(row.data), transform: `translate(${x} ${y})`, class: `mark ${this.paint(row)}`, tabindex: 0, role: "link" }, this.svg)
    mark.setAttribute("aria-label", `${row.title}: ${show(row.best, "share")}`)
    this.taken.push([x - 7, y - 7, x + 7, y + 7])
    const tell = () => {
      this.tip.replaceChildren(
        made("div", "name", null, row.title),
        made("div", "", null, `${show(row.best, "share")} in epoch ${SHOW.count(row.best_epoch)} of ${SHOW.count(row.epoch)}`),
        made("div", "", null, `${SHOW.count(row.macs)} MACs, ${SHOW.count(row.parameters)} parameters`),
        made("div", "", null, row.settings),
      )
      this.tip.hidden = false
      const { offsetWidth: width, offsetHeight: height } = this.tip
      this.tip.style.left = `${Math.max(0, Math.min(x + 12, this.width - width))}px`
      this.tip.style.top = `${y + 14 + height > this.height ? y - height - 12 : y + 14}px`
    }
    const hide = () => { this.tip.hidden = true }
    mark.addEventListener("pointerenter", tell)
    mark.addEventListener("focus", tell)
    mark.addEventListener("pointerleave", hide)
    mark.addEventListener("blur", hide)
    mark.addEventListener("click", () => this.opened(row.id))
    mark.addEventListener("keydown", (event) => event.key === "Enter" && this.opened(row.id))
  }

  // The name goes where it meets no other name and no point, else it is told at the point alone.
  label(row, right) {
    const text = shortened(row.title, 26)
    const [x, y] = [this.x(row[this.by]), this.y(row.best)], width = text.length * 6 + 2
    for (const [left, base] of [[x + 10, y + 4], [x - 10 - width, y + 4], [x - width / 2, y - 11], [x - width / 2, y + 19]]) {
      const box = [left, base - 10, left + width, base + 3]
      if (left < EDGE.left || box[2] > right + 8 || base > this.height - 36) continue
      if (this.taken.some(([x1, y1, x2, y2]) => box[0] < x2 && box[2] > x1 && box[1] < y2 && box[3] > y1)) continue
      this.taken.push(box)
      drawn("text", { x: left, y: base, class: "label" }, this.svg, text)
      return
    }
  }
}
