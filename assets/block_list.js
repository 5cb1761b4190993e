// The block list and its parameter editor. The server holds the net: this script draws what it is told and sends events
// {kind, revision, seq, place, ...}. Text is set as text, never as markup.

const lists = new WeakMap()
const PATIENCE = 5000 // milliseconds that the next edit waits for the answer to the last one

const placeOf = ({ place }) => place
const isOfField = ([kind, event], { place, name }) => kind === "set" && event.name === name && same(event.place, place)

export default function (component) {
  const { parentElement, setTriggerValue } = component
  const data = component.data && JSON.parse(component.data)
  let list = lists.get(parentElement)
  if (!list) {
    list = new BlockList(parentElement)
    lists.set(parentElement, list)
  }
  list.send = (event) => setTriggerValue("event", event)
  if (data) list.update(data)
}

class BlockList {
  constructor(root) {
    this.rows = new Map()
    this.seq = 0
    this.later = []
    this.build(root)
  }

  build(root) {
    root.querySelector?.(".list")?.remove()
    this.inputs = make("div", { class: "inputs" })
    this.count = make("span", { class: "eyebrow" })
    this.addButton = make("button", { type: "button", class: "add", "aria-expanded": "false", onclick: () => this.toggle() }, "+ Add block")
    this.notice = make("p", { class: "problem", role: "alert", hidden: true })
    this.palette = new Palette((word) => this.event("add", { word, place: this.data.selected }), () => this.toggle(false))
    this.body = make("div", { class: "rows", role: "list", "aria-label": "Blocks", onkeydown: (event) => this.key(event),
      onfocusin: ({ target }) => target.className === "line" && this.setStop(target) })
    this.said = make("p", { class: "aloud", role: "status" })
    this.marker = make("div", { class: "marker", hidden: true })
    const head = make("div", { class: "head" }, this.count, this.addButton)
    this.element = make("div", { class: "list" }, this.inputs, head, this.palette.element, this.notice, this.body, this.marker, this.said)
    root.append(this.element)
  }

  // An edit is meant for the net on screen. While a value that was set is on its way, what comes next waits for the answer, as
  // the server would find it stale; of one field the newest value is enough.
  event(kind, rest = {}) {
    this.waiting = null
    if (kind === "set") this.later = this.later.filter((event) => !isOfField(event, rest))
    this.later.push([kind, rest])
    this.goOn()
  }

  goOn() {
    while (this.later.length && !this.isSetting()) this.tellServer(...this.later.shift())
    clearTimeout(this.goingOn)
    if (this.later.length) this.goingOn = setTimeout(() => this.goOn(), PATIENCE) // should the answer never come
  }

  isSetting() {
    return this.sent?.[0] === "set" && this.data.seq < this.seq && performance.now() - this.sentAt < PATIENCE
  }

  // Whether a newer value of this field waits: then an answer to an older one is not drawn into it.
  holds(place, name) {
    return this.later.some((event) => isOfField(event, { place, name }))
  }

  tellServer(kind, rest) {
    this.seq += 1
    if (DONE[kind]) this.acted = { kind, revision: this.data.revision, title: this.rows.get(rest.place?.join("."))?.spec.title }
    this.sentAt = performance.now()
    this.sent = [kind, rest]
    this.send({ kind, revision: this.data.revision, seq: this.seq, ...rest })
  }

  // A server that was started again answers with a new visit, which cannot know an edit that was on its way: it is sent once
  // more if the rows are as they were. Should the edit have come through after all, the second is stale.
  greet(data) {
    const unanswered = this.data?.seq < this.seq && same(this.data.rows, data.rows)
    this.seq = data.seq
    this.data = data
    if (unanswered) this.tellServer(...this.sent)
  }

  // While dragging, the next value goes out when the page has followed the last one; the newest value wins.
  preview(place, name, value) {
    this.waiting = { place, name, value }
    this.flush()
  }

  flush() {
    if (!this.waiting) return
    const busy = this.isSetting() || (this.data.seq < this.seq && performance.now() - this.sentAt < 1000)
    const soon = 40 - (performance.now() - (this.sentAt || 0))
    if (busy || soon > 0) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.flush(), busy ? 120 : soon)
      return
    }
    this.tellServer("preview", this.waiting)
    this.waiting = null
  }

  toggle(open = this.palette.element.hidden) {
    this.addButton.setAttribute("aria-expanded", String(open))
    this.palette.show(open, this.data)
    if (!open) this.addButton.focus({ preventScroll: true })
  }

  update(data) {
    if (this.data && !same(this.data.rows.map(placeOf), data.rows.map(placeOf))) this.later = [] // it was meant for other rows
    if (this.data?.visit !== data.visit) this.greet(data)
    this.data = data
    this.updateInputs(data)
    say(this.count, `Blocks · ${data.rows.filter((row) => row.place.length === 1).length}`)
    const problem = data.problem
    const here = problem && problem.place && data.rows.some((row) => same(row.place, problem.place))
    const inField = problem && !problem.place?.length && ["height", "width", "channels", "classes"].includes(problem.parameter)
    this.notice.hidden = !problem || here
    if (problem && !here) say(this.notice, problem.message)
    if (inField) this.inputs.after(this.notice)
    else this.body.before(this.notice)
    this.updateRows(data, here ? problem : null)
    this.goOn()
    this.flush()
  }

  updateInputs({ input, classes, problem }) {
    if (!this.side) {
      this.side = new Field(this, [], input.size)
      this.channels = make("div", { class: "switch", role: "group", "aria-label": "Colour or grey" })
      for (const [count, text] of [[3, "colour"], [1, "grey"]]) {
        const pick = () => this.event("set", { place: [], name: "channels", value: count })
        this.channels.append(make("button", { type: "button", "data-count": count, onclick: pick }, text))
      }
      this.channels.append(make("span", { class: "other" }))
      this.inputs.append(this.side.element, this.channels)
    }
    const wrong = (name) => problem && problem.parameter === name && !problem.place?.length ? problem.message : ""
    this.side.update(input.size, wrong("size") || wrong("height") || wrong("width"))
    for (const button of this.channels.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.count) === input.channels))
    }
    const unusual = ![1, 3].includes(input.channels)
    say(this.channels.querySelector(".other"), unusual ? `${input.channels} ch.` : "")
    if (classes && !this.classes) {
      this.classes = new Field(this, null, classes)
      this.inputs.append(this.classes.element)
    }
    if (this.classes) this.classes.element.hidden = !classes
    if (classes) this.classes.update(classes, wrong("classes"))
  }

  updateRows(data, problem) {
    const keys = new Set()
    let before = null
    const root = this.body.getRootNode()
    const focused = this.body.contains(root.activeElement) ? root.activeElement : null
    const at = focused && [...this.body.querySelectorAll(".line")].indexOf(focused.closest(".row").querySelector(".line"))
    for (const spec of data.rows) {
      const key = spec.place.join(".")
      keys.add(key)
      let row = this.rows.get(key)
      if (!row) {
        row = new Row(this)
        this.rows.set(key, row)
      }
      const expected = before ? before.nextSibling : this.body.firstChild
      if (expected !== row.element) this.body.insertBefore(row.element, expected)
      row.update(spec, same(spec.place, data.selected), data.fields, problem && same(problem.place, spec.place) ? problem : null)
      before = row.element
    }
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue
      row.element.remove()
      this.rows.delete(key)
    }
    if (!same(data.selected, this.selected)) {
      const row = data.selected && this.rows.get(data.selected.join("."))
      if (row && this.selected !== undefined) {
        requestAnimationFrame(() => row.element.scrollIntoView({ block: "nearest" }))
        if (focused && !row.element.contains(root.activeElement)) row.focus(focused.dataset.act)
      }
      if (row) this.stop = row.line
      this.selected = data.selected
    }
    const lines = [...this.body.querySelectorAll(".line")]
    // What had the focus is gone: in the editor, the same button of the selected block has it now; else the row at its place.
    if (focused && !this.body.contains(root.activeElement)) {
      const row = data.selected && this.rows.get(data.selected.join("."))
      if (row && focused.className !== "line") row.focus(focused.dataset.act)
      else lines[Math.min(at, lines.length - 1)]?.focus({ preventScroll: true })
    }
    this.setStop(lines.includes(this.stop) ? this.stop : lines[0])
    this.tell(data)
  }

  // One row at a time can be reached with the Tab key; arrow keys go on from there.
  setStop(line) {
    this.stop = line
    for (const other of this.body.querySelectorAll(".line")) other.setAttribute("tabindex", other === line ? "0" : "-1")
  }

  // What an edit did, for who does not see it.
  tell({ revision, rows, selected }) {
    const { acted } = this
    if (!acted || acted.revision === revision) return
    this.acted = null
    const row = rows.find((one) => same(one.place, selected))
    const title = acted.kind === "add" && row ? row.title : acted.title ?? "Block"
    const where = row && acted.kind !== "delete" ? `, now ${row.place.at(-1) + 1} of ${row.siblings}` : ""
    this.said.textContent = `${title} ${DONE[acted.kind]}${where}`
  }

  key(event) {
    const line = event.target.closest?.(".line")
    if (!line) return
    const lines = [...this.body.querySelectorAll(".line")]
    const at = lines.indexOf(line)
    const row = [...this.rows.values()].find((one) => one.line === line)
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (by && event.altKey) row.moveBy(by)
    else if (by) lines[clamp(at + by, 0, lines.length - 1)].focus()
    else if (event.key === "Home" || event.key === "End") lines.at(event.key === "Home" ? 0 : -1).focus()
    else if (event.key === "Enter" || event.key === " ") this.event("select", { place: row.isSelected ? null : row.spec.place })
    else if (event.key === "Delete" || event.key === "Backspace") row.remove()
    else if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) row.act("duplicate")
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}

const DONE = { add: "added", add_branch: "has a new branch", duplicate: "duplicated", move: "moved", delete: "deleted", delete_branch: "deleted" }
const KEYS = "Arrow keys go through the list, Enter opens, Alt with an arrow moves, Control D duplicates, Delete removes."
