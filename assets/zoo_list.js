// The list of the zoo: a heading that sorts, and a line for each network that passes the filters.

const COLUMNS = [
  { key: "title", label: "Network", of: (row) => row.title },
  { key: "year", label: "Year", of: (row) => row.year },
  { key: "input", label: "Input", of: (row) => row.side },
  { key: "parameters", label: "Parameters", of: (row) => row.parameters },
  { key: "macs", label: "MACs", of: (row) => row.macs },
  { key: "top5", label: "Top-5 error", of: (row) => row.top5 ?? Infinity },
]

// A line as a screen reader says it: each figure with what it is of.
function spoken(row) {
  const differs = row.source !== "Papers" && row.deviations ? "differs from its paper" : ""
  const error = row.top5 === null ? "top-5 error not published" : `top-5 error ${row.top5.toFixed(1)} %`
  const by = row.source === "Papers" ? row.by : row.source
  return [row.title, row.family, by, differs, row.year, `input ${row.input}`, `${row.parameters_si} parameters`, `${row.macs_si} MACs`, error].filter(Boolean).join(", ")
}

class ZooList {
  constructor(parent, rows, families, { onOpen, onHover, onSort }) {
    this.box = made("div", "list", parent)
    this.body = made("div", "body", this.box)
    this.heading = made("div", "heading", this.body)
    this.heads = COLUMNS.map((column) => {
      const button = made("button", `cell ${column.key}`, this.heading, column.label)
      button.type = "button"
      button.addEventListener("click", () => onSort(column.key))
      return [column.key, button]
    })
    this.lines = new Map(rows.map((row) => [row.name, this.line(row, families, onOpen, onHover)]))
    this.empty = made("div", "empty", this.box)
    made("p", "", this.empty, "No network passes these filters.")
    this.reset = made("button", "reset", this.empty, "Clear all filters")
    this.reset.type = "button"
  }

  line(row, families, onOpen, onHover) {
    const family = families[row.family]
    const link = made("a", `line f-${family.paint}`)
    link.href = `?row=${encodeURIComponent(row.name)}`
    link.dataset.name = row.name
    const name = made("span", "cell title", link)
    const mark = made("span", "mark", name, family.mark)
    mark.title = row.family
    link.setAttribute("aria-label", spoken(row))
    const words = made("span", "words", name)
    made("span", "name", words, row.title)
    const note = made("span", "note", words)
    if (row.source !== "Papers" && row.deviations) made("span", "differs", note, "≠ paper").title = row.deviations
    note.append(row.source === "Papers" ? row.by : row.source)
    made("span", "cell year", link, row.year)
    made("span", "cell input", link, row.input)
    made("span", "cell parameters", link, row.parameters_si).title = exact(row.parameters)
    made("span", "cell macs", link, row.macs_si).title = exact(row.macs)
    const error = made("span", "cell top5", link, row.top5 === null ? "–" : `${row.top5.toFixed(1)} %`)
    error.title = row.top5 === null ? "not published" : row.top5_source
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      onOpen(row.name)
    })
    for (const [type, given] of [["pointerenter", row], ["focus", row], ["pointerleave", null], ["blur", null]]) {
      link.addEventListener(type, () => onHover(given))
    }
    return link
  }

  show(rows, sort) {
    for (const [key, button] of this.heads) {
      const own = sort.key === key
      button.setAttribute("aria-pressed", own)
      button.setAttribute("aria-label", `Sort by ${COLUMNS.find((column) => column.key === key).label}${own ? (sort.down ? ", largest first" : ", smallest first") : ""}`)
      button.dataset.arrow = own ? (sort.down ? "↓" : "↑") : ""
    }
    this.body.replaceChildren(this.heading, ...rows.map((row) => this.lines.get(row.name)))
    this.empty.hidden = rows.length > 0
    this.body.hidden = !rows.length
  }

  // `into`: bring its line into sight, in the list only and after a moment, so that a passing pointer moves nothing.
  point(row, into) {
    for (const [name, line] of this.lines) line.classList.toggle("pointed", row?.name === name)
    clearTimeout(this.moving)
    if (row && into) this.moving = setTimeout(() => this.reveal(this.lines.get(row.name)), 120)
  }

  reveal(line) {
    const top = line.offsetTop - this.heading.offsetHeight
    const bottom = line.offsetTop + line.offsetHeight - this.body.clientHeight
    if (this.body.scrollTop > top) this.body.scrollTop = top
    else if (this.body.scrollTop < bottom) this.body.scrollTop = bottom
  }
}
