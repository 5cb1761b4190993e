// A grid of cells with its heading: numbers coloured by their size, cells to type into, padding around them.

const MOST = 99 // the largest number that a cell takes
const ENDS = ["high", "low"] // above and below 0

class Cells {
  constructor(parent, panel, hooks) {
    this.hooks = hooks
    this.box = made("section", `panel ${panel.role}`, parent)
    this.heading = made("div", "title", this.box)
    this.grid = made("div", "grid", this.box)
    this.note = made("p", "note", this.box)
    this.cells = []
    this.shape = ""
    this.update(panel)
  }

  update(panel) {
    this.panel = panel
    this.heading.textContent = panel.title
    this.note.textContent = panel.note
    this.note.hidden = !panel.note
    const count = panel.rows * panel.columns
    const padded = panel.values.map((value) => (value === null ? "p" : ".")).join("")
    const shape = `${panel.rows} ${panel.columns} ${panel.edit} ${panel.role} ${padded.includes("p") ? padded : ""}`
    if (shape !== this.shape) this.build(panel, count)
    this.shape = shape
    if (panel.values.length) this.write(panel.values, panel.texts)
    const unseen = new Set(panel.unseen)
    this.cells.forEach((cell, i) => cell.classList.toggle("unseen", unseen.has(i)))
    this.grid.setAttribute("aria-label", `${panel.title}, ${panel.rows} rows, ${panel.columns} columns`)
  }

  build(panel, count) {
    this.grid.replaceChildren()
    this.grid.style.setProperty("--columns", panel.columns)
    this.grid.setAttribute("role", "group")
    let inside = panel.first
    this.cells = Array.from({ length: count }, (_, i) => {
      const padding = panel.values.length && panel.values[i] === null
      const typed = panel.edit && !padding
      const cell = made(typed ? "input" : panel.role === "output" ? "button" : "span", "cell", this.grid)
      const where = `row ${Math.floor(i / panel.columns) + 1}, column ${(i % panel.columns) + 1}`
      if (padding) {
        cell.classList.add("padding")
        cell.textContent = "0"
        cell.title = "padding"
      } else if (typed) {
        this.typing(cell, inside++, where)
      } else if (panel.role === "output") {
        cell.type = "button"
        cell.tabIndex = -1
        cell.dataset.where = where
        cell.addEventListener("click", () => this.hooks.onPick(i))
      }
      return cell
    })
  }

  typing(cell, place, where) {
    Object.assign(cell, { type: "text", inputMode: "numeric", maxLength: 4, autocomplete: "off", spellcheck: false })
    cell.setAttribute("aria-label", `${this.panel.title}, ${where}`)
    const send = () => {
      const text = cell.value.trim().replace("−", "-")
      const number = Number(text)
      if (text === cell.dataset.sent?.replace("−", "-")) return
      if (text === "" || !Number.isInteger(number)) cell.value = cell.dataset.sent
      else {
        const value = Math.min(Math.max(number, -MOST), MOST)
        cell.value = shown(value)
        this.hooks.onSend({ cell: this.panel.edit, place, value })
      }
    }
    cell.addEventListener("change", send)
    cell.addEventListener("focus", () => cell.select())
    cell.addEventListener("keydown", (event) => {
      if (event.key === "Escape") cell.value = cell.dataset.sent
      if (event.key !== "Enter") return
      send()
      const typed = this.cells.filter((one) => one.tagName === "INPUT")
      typed[(typed.indexOf(cell) + 1) % typed.length]?.focus()
    })
  }

  // Numbers and their colours; the deeper the larger, blue above 0, amber below.
  write(values, texts) {
    this.cells.forEach((cell, i) => {
      const value = values[i]
      if (value === null || value === undefined) return
      const text = texts.length ? texts[i] : shown(value)
      if (cell.tagName === "INPUT") {
        if (cell.dataset.sent !== text || !isFocused(cell)) cell.value = text
        cell.dataset.sent = text
      } else if (cell.textContent !== text) cell.textContent = text
      if (cell.dataset.where) cell.setAttribute("aria-label", `${this.panel.title}, ${cell.dataset.where}: ${text}`)
      cell.classList.toggle("long", text.length > 4)
      cell.classList.toggle(ENDS[0], value > 0)
      cell.classList.toggle(ENDS[1], value < 0)
      cell.style.setProperty("--deep", `${Math.round(Math.min(Math.abs(value) / this.panel.top, 1) * 100)}%`)
    })
  }

  mark(step, index) {
    const { id, role } = this.panel
    const under = new Set(step?.marks[id] ?? [])
    const picked = new Set(step?.picked[id] ?? [])
    if (step?.cells[id]) this.write(step.values[id], step.cells[id])
    this.cells.forEach((cell, i) => {
      cell.classList.toggle("under", under.has(i))
      cell.classList.toggle("picked", picked.has(i))
      if (role === "output") {
        cell.classList.toggle("later", i > index)
        cell.setAttribute("aria-current", i === index)
      }
    })
  }
}

function shown(value) {
  return String(value).replace("-", "−")
}

function isFocused(element) {
  return element.getRootNode().activeElement === element
}
