// The table of runs: sorted by a click on a heading, chosen by a tick, opened by its name.

const COLUMNS = [
  { key: "title", name: "Net", first: 1 },
  { key: "status", name: "Status", first: 1 },
  { key: "data", name: "Data", first: 1 },
  { key: "best", name: "Best accuracy", first: -1, number: true, title: "best validation accuracy of any epoch" },
  { key: "parameters", name: "Parameters", first: 1, number: true },
  { key: "macs", name: "MACs", first: 1, number: true, title: "multiply-adds for one picture" },
  { key: "seconds", name: "Time", first: 1, number: true, title: "seconds of training" },
  { key: "created", name: "When", first: -1, number: true },
]
const ORDER = ["running", "evaluating", "starting", "queued", "finished", "stopped", "died", "failed"]

class Table {
  constructor(parent, { opened, chosen }) {
    Object.assign(this, { opened, chosen, by: "created", way: -1, lines: new Map() })
    const scroll = made("div", "rows", parent)
    this.table = made("table", "", scroll)
    const heading = made("tr", "", made("thead", "", this.table))
    made("th", "tick-column", heading).setAttribute("aria-label", "overlaid")
    this.headings = COLUMNS.map((column) => {
      const cell = made("th", column.number ? "number" : "", heading)
      cell.scope = "col"
      const button = made("button", "", cell, column.name)
      button.type = "button"
      if (column.title) button.title = column.title
      button.addEventListener("click", () => {
        this.way = this.by === column.key ? -this.way : column.first
        this.by = column.key
        this.draw()
      })
      return cell
    })
    this.body = made("tbody", "", this.table)
  }

  // rows: those that pass the filters; paint: the colour of a chosen run, "" for the others.
  show(rows, paint) {
    Object.assign(this, { rows, paint })
    this.draw()
  }

  draw() {
    COLUMNS.forEach(({ key }, i) => this.headings[i].setAttribute("aria-sort", key !== this.by ? "none" : this.way > 0 ? "ascending" : "descending"))
    const value = (row) => (this.by === "status" ? ORDER.indexOf(row.status) : row[this.by])
    const sorted = [...this.rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)]
      if (x === null || y === null) return (x === null) - (y === null) || b.created - a.created
      return this.way * (typeof x === "string" ? x.localeCompare(y) : x - y) || b.created - a.created
    })
    const kept = new Map()
    for (const row of sorted) kept.set(row.id, this.lines.get(row.id) ?? this.line(row))
    this.lines = kept
    sorted.forEach((row) => this.fill(row))
    const wanted = sorted.map((row) => kept.get(row.id).line)
    if (wanted.length !== this.body.children.length || wanted.some((line, i) => this.body.children[i] !== line)) this.body.replaceChildren(...wanted)
  }

  line({ id }) {
    const line = made("tr")
    const box = made("input", "", made("td", "tick-column", line))
    box.type = "checkbox"
    box.addEventListener("change", () => this.chosen(id, box.checked))
    const cells = Object.fromEntries(COLUMNS.map((column) => {
      const cell = made("td", `${column.key} ${column.number ? "number" : ""}`, line)
      cell.dataset.name = column.name
      return [column.key, cell]
    }))
    const link = made("a", "", cells.title)
    link.href = `?run=${encodeURIComponent(id)}`
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
      event.preventDefault()
      this.opened(id)
    })
    const about = made("small", "", cells.title)
    const pill = made("span", "pill", cells.status)
    const meter = made("span", "meter", cells.status)
    return { line, box, cells, link, about, pill, meter, bar: made("i", "", meter) }
  }

  fill(row) {
    const { line, box, cells, link, about, pill, meter, bar } = this.lines.get(row.id)
    const paint = this.paint(row)
    line.className = `${row.status} ${paint ? `chosen ${paint}` : ""}`
    box.checked = Boolean(paint)
    box.setAttribute("aria-label", `overlay ${row.title}`)
    box.disabled = !row.epoch
    link.textContent = shortened(row.title, 70)
    link.title = row.title
    about.textContent = row.settings.split(" · ").slice(1).join(" · ") + (row.study ? ` · ${row.study}` : "")
    pill.className = `pill ${row.status}`
    pill.textContent = row.word
    cells.status.title = row.said
    meter.hidden = !["running", "stopped", "died", "evaluating"].includes(row.status)
    meter.className = `meter ${row.status}`
    bar.style.width = `${Math.min(100 * ((row.epoch + (row.within ?? 0)) / row.epochs), 100)}%`
    cells.data.textContent = row.data
    cells.best.textContent = show(row.best, "share")
    cells.best.title = isNumber(row.best) ? `in epoch ${row.best_epoch}; ${row.epoch} of ${row.epochs} epochs done` : "not measured"
    for (const key of ["parameters", "macs"]) {
      cells[key].textContent = show(row[key], "si")
      cells[key].title = isNumber(row[key]) ? SHOW.count(row[key]) : ""
    }
    cells.seconds.textContent = row.seconds ? lasting(row.seconds) : "–"
    cells.created.textContent = row.created ? when(row.created) : "–"
    cells.created.title = row.created ? new Date(1000 * row.created).toLocaleString() : ""
  }
}

// 5 min ago, 3 h ago, then the date.
function when(seconds) {
  const ago = Math.max(0, Date.now() / 1000 - seconds)
  if (ago < 90) return "just now"
  if (ago < 5400) return `${Math.round(ago / 60)} min ago`
  if (ago < 86400) return `${Math.round(ago / 3600)} h ago`
  return new Date(1000 * seconds).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" })
}
