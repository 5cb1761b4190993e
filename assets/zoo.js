// The gallery of the zoo: filters above, the chart and the list of the networks that pass them.

const galleries = new WeakMap()
const START = { text: "", family: new Set(), source: "", input: "", from: "", to: "", sort: { key: "", down: false } }

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  let gallery = galleries.get(parentElement)
  if (!gallery) {
    parentElement.querySelector?.(".zoo")?.remove()
    gallery = new Gallery(parentElement, JSON.parse(text))
    galleries.set(parentElement, gallery)
  }
  gallery.open = (name) => setTriggerValue("open", name)
}

class Gallery {
  constructor(parent, { rows, families, sources, rule }) {
    this.rows = rows.map((row) => ({ ...row, side: Number(row.input.split("×")[0]), found: `${row.words} ${row.deviations}`.toLowerCase() }))
    this.sources = sources
    this.families = Object.fromEntries(families.map((family) => [family.name, family]))
    this.chosen = { ...START, ...remembered() }
    this.box = made("div", "zoo", parent)
    this.filters = made("form", "filters", this.box)
    this.filters.addEventListener("submit", (event) => event.preventDefault())
    this.panes = made("div", "panes", this.box)
    const hooks = {
      onOpen: (name) => this.open(name),
      onHover: (row) => this.point(row),
      onSort: (key) => this.sort(key),
    }
    this.list = new ZooList(this.panes, this.rows, this.families, hooks)
    const side = made("div", "side", this.panes)
    this.chart = new ZooChart(side, this.rows, this.families, {
      ...hooks,
      onHover: (row) => this.list.point(row, true),
    })
    made("p", "rule", side, rule)
    this.controls()
    this.list.reset.addEventListener("click", () => this.clear())
    this.update()
  }

  controls() {
    const search = made("input", "search", this.filters)
    Object.assign(search, { type: "search", placeholder: "Search name, author, paper …", value: this.chosen.text })
    search.setAttribute("aria-label", "Search the zoo")
    search.addEventListener("input", () => this.choose({ text: search.value }))
    this.search = search
    const chips = made("div", "chips", this.filters)
    chips.setAttribute("role", "group")
    chips.setAttribute("aria-label", "Family")
    this.chips = Object.values(this.families).map((family) => {
      const chip = made("button", `chip f-${family.paint}`, chips)
      chip.type = "button"
      made("span", "mark", chip, family.mark).setAttribute("aria-hidden", "true")
      chip.append(family.name)
      chip.addEventListener("click", () => {
        const kept = new Set(this.chosen.family)
        kept.delete(family.name) || kept.add(family.name)
        this.choose({ family: kept })
      })
      return [family.name, chip]
    })
    const years = [...new Set(this.rows.map((row) => row.year))].sort((a, b) => a - b)
    const inputs = [...new Set(this.rows.map((row) => row.input))].sort((a, b) => parseInt(a) - parseInt(b))
    this.selects = [
      this.select("source", "Source", [["", "All sources"], ...this.sources.map((name) => [name, name])]),
      this.select("input", "Input size", [["", "Any input"], ...inputs.map((input) => [input, input])]),
      this.select("from", "From year", [["", "From any year"], ...years.map((year) => [String(year), `From ${year}`])]),
      this.select("to", "To year", [["", "to any year"], ...years.map((year) => [String(year), `to ${year}`])]),
    ]
    this.count = made("span", "count", this.filters)
    this.count.setAttribute("role", "status")
  }

  select(key, label, options) {
    const select = made("select", key, this.filters)
    select.setAttribute("aria-label", label)
    for (const [value, text] of options) made("option", "", select, text).value = value
    select.value = this.chosen[key]
    select.addEventListener("change", () => this.choose({ [key]: select.value }))
    return [key, select]
  }

  choose(changed) {
    Object.assign(this.chosen, changed)
    this.update()
  }

  clear() {
    this.choose({ ...START, family: new Set(), sort: this.chosen.sort })
    this.search.focus()
  }

  sort(key) {
    const { sort } = this.chosen
    this.choose({ sort: sort.key !== key ? { key, down: false } : sort.down ? START.sort : { key, down: true } })
  }

  passing() {
    const { text, family, source, input, from, to, sort } = this.chosen
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    const rows = this.rows.filter(
      (row) =>
        (!family.size || family.has(row.family)) &&
        (!source || row.source === source) &&
        (!input || row.input === input) &&
        (!from || row.year >= Number(from)) &&
        (!to || row.year <= Number(to)) &&
        words.every((word) => row.found.includes(word)),
    )
    const column = COLUMNS.find((one) => one.key === sort.key)
    if (!column) return rows
    const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
    rows.sort((a, b) => order(column.of(a), column.of(b)))
    return sort.down ? rows.reverse() : rows
  }

  update() {
    const rows = this.passing()
    this.search.value = this.chosen.text
    for (const [name, chip] of this.chips) chip.setAttribute("aria-pressed", this.chosen.family.has(name))
    for (const [key, select] of this.selects) select.value = this.chosen[key]
    this.count.textContent = rows.length === this.rows.length ? `${rows.length} networks` : `${rows.length} of ${this.rows.length} networks`
    this.list.show(rows, this.chosen.sort)
    this.chart.show(rows)
    remember(this.chosen)
  }

  point(row) {
    this.list.point(row, false)
    this.chart.point(row && this.chart.dots.has(row.name) ? row : null)
  }
}

// What was chosen is there again when the reader comes back from a network.
const KEPT = "cnnviz.zoo"

function remember(chosen) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...chosen, family: [...chosen.family] }))
  } catch {
    // storage is closed to us
  }
}

function remembered() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}")
    return { ...kept, family: new Set(kept.family ?? []) }
  } catch {
    return { family: new Set() }
  }
}
