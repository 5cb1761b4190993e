// Groups of bars for one measure at a time, and the table with all of their figures below.

const views = new WeakMap()
const EDGE = { left: 58, right: 8, top: 24, bottom: 40 }

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  let view = views.get(parentElement)
  if (!view) {
    parentElement.querySelector?.(".bars")?.remove()
    view = new Bars(parentElement)
    views.set(parentElement, view)
  }
  view.send = (chosen) => setTriggerValue("chosen", chosen)
  view.update(text)
}

class Bars {
  constructor(parent) {
    this.root = made("div", "bars", parent)
    this.head = made("div", "head", this.root)
    this.box = made("div", "plot", this.root)
    this.svg = drawn("svg", { role: "img" }, this.box)
    this.tip = made("div", "tip", this.box)
    this.tip.hidden = true
    this.scroll = made("div", "scroll", this.root)
    for (const [name, value] of Object.entries({ tabindex: 0, role: "group", "aria-label": "Table" })) this.scroll.setAttribute(name, value)
    new ResizeObserver(() => this.draw()).observe(this.box)
  }

  update(text) {
    if (text === this.text) return
    this.text = text
    this.data = JSON.parse(text)
    this.measure = this.data.measures.find((one) => one.key === this.measure?.key) ?? this.data.measures[0]
    this.choices()
    this.draw()
    this.table()
  }

  choices() {
    this.head.replaceChildren()
    const group = made("div", "choice", this.head)
    group.setAttribute("role", "group")
    group.setAttribute("aria-label", "Measure")
    for (const measure of this.data.measures) {
      const button = made("button", "", group, measure.name)
      button.type = "button"
      button.setAttribute("aria-pressed", measure === this.measure)
      button.addEventListener("click", () => {
        this.measure = measure
        this.choices()
        this.draw()
      })
    }
    const legend = made("span", "legend", this.head)
    for (const { name, paint } of this.data.legend) {
      made("span", `key f-${paint}`, legend)
      legend.append(name)
    }
  }

  draw() {
    this.wide = this.box.clientWidth
    this.high = this.box.clientHeight
    if (!this.wide || !this.high || !this.data) return
    const { groups } = this.data
    const value = (bar) => bar.values[this.measure.key]
    this.most = 1.05 * Math.max(...groups.flatMap((group) => group.bars.map(value)))
    this.svg.setAttribute("viewBox", `0 0 ${this.wide} ${this.high}`)
    this.svg.setAttribute("aria-label", `${this.measure.axis} of each ${this.data.axis}`)
    this.svg.replaceChildren()
    const [left, right, top, bottom] = [EDGE.left, this.wide - EDGE.right, EDGE.top, this.high - EDGE.bottom]
    const up = (amount) => bottom - (amount / this.most) * (bottom - top)
    for (const at of steps(this.most, 4)) {
      drawn("line", { x1: left, x2: right, y1: up(at), y2: up(at), class: "grid" }, this.svg)
      drawn("text", { x: left - 6, y: up(at) + 4, class: "tick" }, this.svg, short(at))
    }
    const each = (right - left) / groups.length
    groups.forEach((group, i) => {
      const broad = Math.min((0.7 * each) / group.bars.length, 64)
      const start = left + (i + 0.5) * each - (broad * group.bars.length) / 2
      group.bars.forEach((bar, j) => {
        const y = up(value(bar))
        const rect = drawn("rect", {
          x: start + j * broad + 1, y, width: Math.max(broad - 2, 1), height: Math.max(bottom - y, 1), rx: 2, class: `bar f-${bar.paint}`,
        }, this.svg)
        rect.addEventListener("pointerenter", () => this.point(group, bar, start + (j + 0.5) * broad, y))
        rect.addEventListener("pointerleave", () => (this.tip.hidden = true))
      })
      const peak = up(Math.max(...group.bars.map(value)))
      const label = group.labels[this.measure.key]
      const x = left + (i + 0.5) * each
      const fits = (text) => text.length * 7 < each
      drawn("text", { x, y: peak - 6, class: fits(label) ? "ratio" : "ratio narrow" }, this.svg, label)
      drawn("text", { x, y: bottom + 16, class: "group" }, this.svg, fits(group.name) ? group.name : group.short)
    })
    drawn("text", { x: (left + right) / 2, y: this.high - 6, class: "axis" }, this.svg, this.data.axis)
    const middle = (top + bottom) / 2
    drawn("text", { x: 12, y: middle, class: "axis", transform: `rotate(-90 12 ${middle})` }, this.svg, this.measure.axis)
  }

  point(group, bar, x, y) {
    this.tip.replaceChildren()
    made("div", "name", this.tip, `${group.name}, ${bar.name}`)
    made("div", "", this.tip, `${exact(bar.values[this.measure.key])} ${this.measure.unit}`)
    for (const line of bar.about) made("div", "about", this.tip, line)
    this.tip.hidden = false
    this.tip.style.left = `${Math.max(4, Math.min(x + 16, this.wide - this.tip.offsetWidth - 4))}px`
    this.tip.style.top = `${Math.max(4, Math.min(y, this.high - this.tip.offsetHeight - 4))}px`
  }

  table() {
    this.scroll.replaceChildren()
    const table = made("table", "", this.scroll)
    const head = made("tr", "", made("thead", "", table))
    for (const { text, kind } of this.data.table.heading) made("th", kind, head, text).scope = "col"
    const body = made("tbody", "", table)
    this.data.table.rows.forEach((row) => {
      const line = made("tr", row.kind, body)
      row.cells.forEach((cell, i) => {
        const { kind } = this.data.table.heading[i]
        const element = made(i ? "td" : "th", kind, line)
        if (!i) element.scope = "row"
        for (const [at, text] of [cell.text].flat().entries()) made(cell.code ? "code" : "span", at ? "below" : "", element, text)
        if (cell.title) element.title = cell.title
        for (const action of cell.actions ?? []) this.action(element, action)
      })
    })
  }

  action(parent, { text, title, send }) {
    const button = made("button", "try", parent, text)
    button.type = "button"
    button.title = title
    button.addEventListener("click", () => {
      this.send(send)
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
      document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: calm ? "auto" : "smooth" })
    })
  }
}
