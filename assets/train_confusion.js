// The confusion matrix: a square for each pair of classes, the true one down, the predicted one across.

class Confusion {
  constructor(parent, data) {
    Object.assign(this, { data, width: 0, shares: false })
    this.box = made("figure", "confusion", parent)
    this.svg = drawn("svg", { role: "img" }, this.box)
    this.tip = made("div", "tip", this.box)
    this.tip.hidden = true
    this.rows = data.confusion.map((row) => row.reduce((sum, count) => sum + count, 0))
    this.columns = data.classes.map((_, at) => data.confusion.reduce((sum, row) => sum + row[at], 0))
    this.watching = new ResizeObserver(() => this.box.clientWidth !== this.width && this.draw())
    this.watching.observe(this.box)
    this.svg.addEventListener("pointermove", (event) => this.pointed(event))
    this.svg.addEventListener("pointerdown", (event) => this.pointed(event))
    this.svg.addEventListener("pointerleave", () => this.point(null))
  }

  draw() {
    this.width = Math.floor(this.box.clientWidth)
    if (!this.width) return
    const { classes, confusion } = this.data
    const count = classes.length
    const longest = Math.max(...classes.map((name) => name.length))
    const label = Math.min(longest * 6.6 + 10, this.width < 480 ? 84 : 150)
    this.left = label + 20
    this.cell = Math.min((Math.min(this.width, 620) - this.left - 8) / count, count <= 3 ? 96 : 46)
    this.top = Math.min(longest * 6.6 * 0.75 + 24, 92) + 14
    if (this.cell > longest * 6.6 + 6) this.top = 40
    const side = this.cell * count, height = this.top + side + 12
    this.svg.replaceChildren()
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`)
    this.svg.setAttribute("height", height)
    this.svg.setAttribute("aria-label", `Confusion matrix of ${count} classes: ${this.data.right} of ${this.data.pictures} pictures right`)
    drawn("text", { x: this.left + side / 2, y: 12, class: "axis" }, this.svg, "predicted")
    drawn("text", { x: 11, y: this.top + side / 2, class: "axis", transform: `rotate(-90 11 ${this.top + side / 2})` }, this.svg, "true")
    this.names(label)
    drawn("rect", { x: this.left, y: this.top, width: side, height: side, class: "ground" }, this.svg)
    const room = this.cell > 2 ? 0.6 : 0
    confusion.forEach((row, down) => row.forEach((number, across) => {
      if (!number) return
      const share = this.rows[down] ? number / this.rows[down] : 0
      const x = this.left + across * this.cell, y = this.top + down * this.cell
      const square = drawn("rect", { x: x + room, y: y + room, width: this.cell - 2 * room, height: this.cell - 2 * room, class: down === across ? "right" : "wrong" }, this.svg)
      square.style.setProperty("--share", `${Math.round(12 + 88 * share ** (down === across ? 1 : 0.5))}%`)
      const text = this.shares ? `${Math.round(100 * share)}` : String(number)
      if (this.cell > 17 && text.length * 6.4 < this.cell - 2) {
        const strong = (down === across ? share : share ** 0.5) > 0.52
        drawn("text", { x: x + this.cell / 2, y: y + this.cell / 2 + 4, class: strong ? "number on" : "number" }, this.svg, text)
      }
    }))
    this.frame = drawn("rect", { class: "pointer", width: this.cell, height: this.cell, visibility: "hidden" }, this.svg)
  }

  // Names of the classes, as many as there is room for.
  names(label) {
    const every = Math.max(1, Math.ceil(13 / this.cell)), across = Math.max(1, Math.ceil(18 / this.cell))
    this.data.classes.forEach((name, at) => {
      const middle = (at + 0.5) * this.cell
      if (at % across === 0) this.above(name, middle)
      if (at % every) return
      drawn("text", { x: this.left - 6, y: this.top + middle + 4, class: "name" }, this.svg, shortened(name, Math.floor(label / 6.4)))
    })
  }

  above(name, middle) {
    const [x, y] = [this.left + middle, this.top - 7]
    if (this.top === 40) drawn("text", { x, y, class: "name middle" }, this.svg, name)
    else drawn("text", { x: x + 3, y, class: "name start", transform: `rotate(-48 ${x + 3} ${y})` }, this.svg, shortened(name, 16))
  }

  pointed(event) {
    const box = this.svg.getBoundingClientRect()
    const across = Math.floor((event.clientX - box.left - this.left) / this.cell)
    const down = Math.floor((event.clientY - box.top - this.top) / this.cell)
    const count = this.data.classes.length
    this.point(across >= 0 && down >= 0 && across < count && down < count ? [down, across] : null)
  }

  point(at) {
    this.tip.hidden = !at
    this.frame?.setAttribute("visibility", at ? "visible" : "hidden")
    if (!at) return
    const [down, across] = at
    const { classes, confusion } = this.data
    const x = this.left + across * this.cell, y = this.top + down * this.cell
    this.frame.setAttribute("x", x)
    this.frame.setAttribute("y", y)
    const number = confusion[down][across]
    const of = (whole) => (whole ? show(number / whole, "share") : "–")
    this.tip.replaceChildren(
      made("div", "name", null, down === across ? `${classes[down]}, recognised` : `${classes[down]} taken for ${classes[across]}`),
      made("div", "", null, `${number.toLocaleString("en-US")} ${number === 1 ? "picture" : "pictures"}`),
      made("div", "", null, `${of(this.rows[down])} of all that are ${classes[down]}`),
      made("div", "", null, `${of(this.columns[across])} of all that were called ${classes[across]}`),
    )
    const { offsetWidth: width } = this.tip
    this.tip.style.left = `${Math.max(0, Math.min(x + this.cell + 8, this.width - width))}px`
    this.tip.style.top = `${y + this.cell + 8}px`
  }
}
