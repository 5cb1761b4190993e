// The chart of the zoo: MACs across, parameters up, both logarithmic; a dot's area is the top-5 error.

const EDGE = { left: 64, right: 26, top: 30, bottom: 40 }
const NARROW = 560 // below this the tools go under the legend
const LABEL = "Chart of the networks in the list: MACs across, parameters up. Arrow keys move it, plus and minus zoom, 0 shows all."
const CLOSEST = 0.6 // decades: nearer one cannot go

function radius(row) {
  return row.top5 === null ? 5 : 2.3 * Math.sqrt(row.top5)
}

function log(value) {
  return Math.log10(Math.max(value, 1))
}

// The range of the logarithms, with room around them.
function range(logs) {
  const low = Math.min(...logs), high = Math.max(...logs)
  const room = Math.max(0.08 * (high - low), (CLOSEST - (high - low)) / 2, 0.15)
  return [low - room, high + room]
}

// Marks at powers of ten, and between them where these are few.
function ticks([low, high]) {
  const steps = high - low > 2.5 ? [1] : high - low > 1.2 ? [1, 3] : [1, 2, 3, 5, 7]
  const found = []
  for (let exponent = Math.floor(low); exponent <= high; exponent++) {
    for (const step of steps) {
      const at = exponent + Math.log10(step)
      if (at >= low && at <= high && exponent >= 0) found.push([at, short(step * 10 ** exponent)])
    }
  }
  return found
}

class ZooChart {
  constructor(parent, rows, families, { onOpen, onHover }) {
    this.rows = rows
    this.families = families
    this.onOpen = onOpen
    this.onHover = onHover
    this.box = made("div", "chart", parent)
    this.svg = drawn("svg", { role: "img", tabindex: 0, "aria-label": LABEL }, this.box)
    this.tip = made("div", "tip", this.box)
    this.tip.hidden = true
    this.dots = new Map()
    this.tools()
    this.moves()
    this.shown = rows
    this.watching = new ResizeObserver(() => this.draw())
    this.watching.observe(this.box)
  }

  // Show these rows, all in view; of many, the few smallest by far stay outside until they are asked for.
  show(rows) {
    this.shown = rows
    this.fit(rows.length > 30)
  }

  fit(without = false) {
    const sizes = this.shown.map((row) => row.parameters).sort((a, b) => a - b)
    const least = without ? sizes[Math.floor(sizes.length / 20)] : 0
    const rows = this.shown.filter((row) => row.parameters >= least)
    this.x = range((rows.length ? rows : this.rows).map((row) => log(row.macs)))
    this.y = range((rows.length ? rows : this.rows).map((row) => log(row.parameters)))
    this.draw()
  }

  zoom(factor, across = 0.5, up = 0.5) {
    const scaled = ([low, high], share) => {
      const span = Math.min(Math.max((high - low) * factor, CLOSEST), 14)
      const fixed = low + share * (high - low)
      return [fixed - share * span, fixed + (1 - share) * span]
    }
    this.x = scaled(this.x, across)
    this.y = scaled(this.y, up)
    this.draw()
  }

  tools() {
    const bar = made("div", "tools", this.box)
    this.outside = made("span", "", bar)
    for (const [text, label, act] of [
      ["−", "Zoom out", () => this.zoom(1.5)], ["+", "Zoom in", () => this.zoom(1 / 1.5)], ["Fit all", "", () => this.fit()],
    ]) {
      const button = made("button", "", bar, text)
      button.type = "button"
      if (label) button.setAttribute("aria-label", label)
      button.addEventListener("click", act)
    }
  }

  // The wheel zooms about the pointer, a drag moves; the keys do both.
  moves() {
    this.svg.addEventListener("keydown", (event) => {
      const moved = ([low, high], by) => [low + by * (high - low), high + by * (high - low)]
      const act = {
        ArrowLeft: () => (this.x = moved(this.x, -0.15)), ArrowRight: () => (this.x = moved(this.x, 0.15)),
        ArrowUp: () => (this.y = moved(this.y, 0.15)), ArrowDown: () => (this.y = moved(this.y, -0.15)),
        "+": () => this.zoom(1 / 1.5), "=": () => this.zoom(1 / 1.5), "-": () => this.zoom(1.5), 0: () => this.fit(),
      }[event.key]
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      act()
      this.draw()
    })
    this.svg.addEventListener("wheel", (event) => {
      event.preventDefault()
      const box = this.svg.getBoundingClientRect()
      const across = (event.clientX - box.left - EDGE.left) / (this.width - EDGE.left - EDGE.right)
      const up = (box.bottom - EDGE.bottom - event.clientY) / (this.height - EDGE.top - EDGE.bottom)
      this.zoom(Math.exp(event.deltaY / 500), across, up)
    }, { passive: false })
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button || event.pointerType === "touch" || event.target.closest(".dot")) return
      const [x, y] = [[...this.x], [...this.y]]
      const start = [event.clientX, event.clientY]
      this.svg.setPointerCapture(event.pointerId)
      const move = (now) => {
        const right = ((now.clientX - start[0]) / (this.width - EDGE.left - EDGE.right)) * (x[1] - x[0])
        const down = ((now.clientY - start[1]) / (this.height - EDGE.top - EDGE.bottom)) * (y[1] - y[0])
        this.x = x.map((value) => value - right)
        this.y = y.map((value) => value + down)
        this.draw()
      }
      this.svg.addEventListener("pointermove", move)
      this.svg.addEventListener("pointerup", () => this.svg.removeEventListener("pointermove", move), { once: true })
      this.svg.addEventListener("pointercancel", () => this.svg.removeEventListener("pointermove", move), { once: true })
    })
  }

  place(row) {
    const across = (log(row.macs) - this.x[0]) / (this.x[1] - this.x[0])
    const up = (log(row.parameters) - this.y[0]) / (this.y[1] - this.y[0])
    return [
      EDGE.left + across * (this.width - EDGE.left - EDGE.right),
      this.height - EDGE.bottom - up * (this.height - EDGE.top - EDGE.bottom),
    ]
  }

  inside(row) {
    const [x, y] = this.place(row)
    return x >= EDGE.left && x <= this.width - 4 && y >= EDGE.top - 4 && y <= this.height - EDGE.bottom
  }

  draw() {
    this.width = this.box.clientWidth
    this.height = this.box.clientHeight
    if (!this.width || !this.height) return
    EDGE.top = this.width < NARROW ? 56 : 30
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`)
    this.svg.replaceChildren()
    this.dots.clear()
    this.axes()
    // Large dots first, so that small ones lie on top.
    this.seen = this.shown.filter((row) => this.inside(row))
    for (const row of [...this.seen].sort((a, b) => radius(b) - radius(a))) this.dot(row)
    const hidden = this.shown.length - this.seen.length
    this.outside.textContent = hidden ? `${hidden} outside` : ""
    this.labels()
    this.legend()
    if (!this.shown.length) {
      drawn("text", { x: this.width / 2, y: this.height / 2, class: "none" }, this.svg, "No network passes the filters")
    }
  }

  axes() {
    const [left, right] = [EDGE.left, this.width - EDGE.right]
    const [top, bottom] = [EDGE.top, this.height - EDGE.bottom]
    for (const [at, text] of ticks(this.x)) {
      const x = left + ((at - this.x[0]) / (this.x[1] - this.x[0])) * (right - left)
      drawn("line", { x1: x, x2: x, y1: top, y2: bottom, class: "grid" }, this.svg)
      drawn("text", { x, y: bottom + 15, class: "tick across" }, this.svg, text)
    }
    for (const [at, text] of ticks(this.y)) {
      const y = bottom - ((at - this.y[0]) / (this.y[1] - this.y[0])) * (bottom - top)
      drawn("line", { x1: left, x2: right, y1: y, y2: y, class: "grid" }, this.svg)
      drawn("text", { x: left - 7, y: y + 4, class: "tick up" }, this.svg, text)
    }
    drawn("text", { x: (left + right) / 2, y: this.height - 6, class: "axis" }, this.svg, "MACs for one picture")
    const middle = (top + bottom) / 2
    drawn("text", { x: 13, y: middle, class: "axis", transform: `rotate(-90 13 ${middle})` }, this.svg, "parameters")
  }

  dot(row) {
    const [x, y] = this.place(row)
    const family = this.families[row.family]
    const group = drawn("g", { class: `dot f-${family.paint} ${row.top5 === null ? "hollow" : ""}` }, this.svg)
    drawn("circle", { cx: x, cy: y, r: radius(row) }, group)
    drawn("text", { x, y: y + 3, class: "mark" }, group, family.mark)
    group.addEventListener("pointerenter", () => this.point(row, true))
    group.addEventListener("pointerleave", () => this.point(null, true))
    group.addEventListener("click", () => this.onOpen(row.name))
    this.dots.set(row.name, group)
  }

  // A name goes where it meets no dot and no other name; what finds no room is named when it is pointed at.
  labels() {
    const edges = { left: EDGE.left, right: this.width - 2, top: EDGE.top - 10, bottom: this.height - EDGE.bottom }
    const labels = new ZooLabels(edges, this.seen.map((row) => [...this.place(row), radius(row)]))
    const under = this.svg.querySelector(".dot")
    for (const row of [...this.seen].sort((a, b) => a.rank - b.rank || a.year - b.year)) {
      const found = labels.find(row.title, ...this.place(row), radius(row), row.rank === 0)
      if (!found) continue
      if (found.line) {
        const [x1, y1, x2, y2] = found.line
        this.svg.insertBefore(drawn("line", { x1, y1, x2, y2, class: "leader" }), under)
      }
      drawn("text", { x: found.x, y: found.y, class: `label ${found.anchor}` }, this.svg, row.title)
    }
  }

  legend() {
    const group = drawn("g", { class: "legend" }, this.svg)
    const narrow = this.width < NARROW
    let x = narrow ? 10 : EDGE.left + 4
    drawn("text", { x, y: 14 }, group, "Area: top-5 error")
    x += narrow ? 95 : 104
    for (const error of [5, 10, 20]) {
      const r = radius({ top5: error })
      drawn("circle", { cx: x + r, cy: 10, r: Math.min(r, 9.5) }, group)
      drawn("text", { x: x + 2 * r + 4, y: 14 }, group, `${error} %`)
      x += 2 * r + (narrow ? 37 : 40)
    }
    drawn("circle", { cx: x + 5, cy: 10, r: 5, class: "hollow" }, group)
    drawn("text", { x: x + 14, y: 14 }, group, "not published")
  }

  // Point at a network: `own` when the pointer is in the chart, and not in the list.
  point(row, own = false) {
    for (const [name, group] of this.dots) group.classList.toggle("pointed", row?.name === name)
    this.svg.classList.toggle("pointing", Boolean(row))
    this.tip.hidden = !row
    if (own) this.onHover(row)
    if (!row || !this.width) return
    if (!this.dots.has(row.name)) {
      this.tip.hidden = true
      return
    }
    if (!own) this.svg.append(this.dots.get(row.name)) // on top; under the pointer it must not be moved, or a click is lost
    this.tip.replaceChildren(...described(row))
    const [x, y] = this.place(row)
    const { offsetWidth: width, offsetHeight: height } = this.tip
    this.tip.style.left = `${Math.max(4, Math.min(x + 14, this.width - width - 4))}px`
    this.tip.style.top = `${y + 16 + height > this.height ? y - height - 14 : y + 16}px`
  }
}

function described(row) {
  const line = (text, kind) => made("div", kind, null, text)
  return [
    line(row.title, "name"),
    line(`${row.year} · ${row.source} · input ${row.input}`, "about"),
    line(`${exact(row.parameters)} parameters`, "figure"),
    line(`${exact(row.macs)} MACs`, "figure"),
    line(row.top5 === null ? "top-5 error not published" : `top-5 error ${row.top5} % (${row.top5_source})`, "about"),
  ]
}
