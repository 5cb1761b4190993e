// The block list and its parameter editor. The server holds the net: this script draws what it is told and sends events
// {kind, revision, seq, place, ...}. Text is set as text, never as markup.

const lists = new WeakMap()

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

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value)
    else if (name === "class") element.className = value
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value)
  }
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)
const say = (element, text) => element.textContent === text || (element.textContent = text)
const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

// --- values as text and back -----------------------------------------------------------------------------------------

function shown(field, value) {
  if (value === null || value === undefined) return ""
  if (!Array.isArray(value)) return String(value)
  if (field.kind === "size") return value[0] === value[1] ? String(value[0]) : value.join("×")
  if (field.kind === "padding" && value.every((side) => side === value[0])) return String(value[0])
  return value.join(", ")
}

function number(text) {
  const trimmed = text.trim()
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? Number(trimmed) : trimmed
}

function read(field, text) {
  if (text.trim() === "" && field.optional) return null
  const parts = text.split(/[×x,;\s]+/i).filter(Boolean).map(number)
  if (field.kind === "integers") return parts
  if (field.kind === "size" || field.kind === "padding") return parts.length === 1 ? parts[0] : parts
  return field.kind === "text" ? text : number(text)
}

// A slider runs over the range in equal ratios where the range is wide, so that small numbers are as easy to hit as large.
function scale(field) {
  const low = field.low, high = Math.max(field.reach, low + 1e-9)
  const wide = field.kind !== "real" && high - low > 100
  const shift = low > 0 ? 0 : 1
  const ratio = Math.log((high + shift) / (low + shift))
  return {
    toShare: (v) => clamp(wide ? Math.log((v + shift) / (low + shift)) / ratio : (v - low) / (high - low), 0, 1),
    toValue: (share) => {
      let v = wide ? (low + shift) * Math.exp(share * ratio) - shift : low + share * (high - low)
      if (field.kind === "real") return Number(v.toPrecision(2))
      v = Math.round(v)
      if (field.reach > 512 && v >= 32) v = Math.round(v / 8) * 8 // widths are usually multiples of eight
      return clamp(v, low, field.high)
    },
  }
}

// --- one field -------------------------------------------------------------------------------------------------------

class Field {
  constructor(list, place, spec) {
    this.list = list
    this.place = place
    this.element = make("label", { class: `field ${spec.kind}` }) // the box is named by itself: the label holds buttons too
    this.caption = make("span", { class: "caption" })
    this.element.append(this.caption)
    this.build(spec)
  }

  build(spec) {
    if (spec.kind === "choice") {
      this.input = make("select", { onchange: () => this.commit(this.input.value) })
      for (const option of spec.options) this.input.append(make("option", { value: option }, option.replaceAll("_", " ")))
      this.element.append(this.input)
    } else if (spec.kind === "flag") {
      this.input = make("input", { type: "checkbox", onchange: () => this.commit(this.input.checked) })
      this.element.prepend(this.input)
    } else {
      this.input = make("input", {
        type: "text", autocomplete: "off", spellcheck: "false",
        onchange: () => this.commit(read(this.spec, this.input.value)),
        onkeydown: (event) => this.key(event),
      })
      const slides = ["integer", "real", "size"].includes(spec.kind)
      const button = (text, by) =>
        make("button", { type: "button", tabindex: -1, "aria-label": `${spec.label}: ${by < 0 ? "less" : "more"}`,
          onclick: (event) => { event.preventDefault(); this.step(event.shiftKey ? 10 * by : by) } }, text)
      this.box = make("span", { class: "box" }, this.input)
      if (slides) this.box.append(button("−", -1), button("+", 1))
      this.element.append(this.box)
      if (slides) this.element.append(this.slider())
      else this.box.classList.add("plain")
    }
  }

  slider() {
    this.fill = make("span", { class: "fill" })
    this.thumb = make("span", { class: "thumb" })
    this.track = make("span", { class: "track", "aria-hidden": "true" }, this.fill, this.thumb)
    this.track.addEventListener("pointerdown", (event) => this.drag(event))
    this.track.addEventListener("click", (event) => event.preventDefault()) // a label would focus its input
    return this.track
  }

  drag(event) {
    if (event.button) return
    event.preventDefault()
    const { left, width } = this.track.getBoundingClientRect()
    const range = scale(this.spec)
    const at = (e) => {
      const value = range.toValue(clamp((e.clientX - left) / width, 0, 1))
      if (value === this.dragged) return
      this.dragged = value
      this.draw(value)
      this.list.preview(this.place, this.spec.name, value)
    }
    const end = (e) => {
      this.track.removeEventListener("pointermove", at)
      this.element.classList.remove("dragging")
      const value = this.dragged
      this.dragged = undefined
      if (value === undefined) return
      if (e.type === "pointerup") this.commit(value)
      else { this.draw(this.spec.value); this.list.event("cancel", { place: this.place }) }
    }
    this.track.setPointerCapture(event.pointerId)
    this.track.addEventListener("pointermove", at)
    for (const type of ["pointerup", "pointercancel"]) this.track.addEventListener(type, end, { once: true })
    this.element.classList.add("dragging")
    at(event)
  }

  step(by) {
    const { kind, low, high } = this.spec
    const now = read(this.spec, this.input.value)
    const unit = kind === "real" ? (high <= 1 ? 0.05 : 0.1) : 1
    const one = (v) => (typeof v === "number" ? clamp(Number((v + by * unit).toPrecision(12)), low, high) : Math.max(low, 1))
    this.commit(Array.isArray(now) ? now.map(one) : one(now))
  }

  key(event) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (event.key === "Enter") this.input.blur()
    else if (event.key === "Escape") { this.refused = null; this.update(this.spec, ""); this.input.blur() }
    else if (by && this.track && !event.altKey) this.step(event.shiftKey ? 10 * by : by)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  commit(value) {
    this.pending = value
    this.draw(value)
    this.list.event("set", { place: this.place, name: this.spec.name, value })
  }

  draw(value) {
    if (this.spec.kind === "flag") this.input.checked = value
    else if (this.spec.kind === "choice") this.input.value = value
    else this.input.value = shown(this.spec, value)
    if (!this.track) return
    const first = Array.isArray(value) ? Math.max(...value) : value
    const share = typeof first === "number" ? scale(this.spec).toShare(first) : 0
    this.fill.style.width = this.thumb.style.left = `${100 * share}%`
  }

  // A refused value stays in its field, as typed, beside the reason.
  update(spec, problem) {
    this.spec = spec
    say(this.caption, spec.label)
    this.element.title = spec.help
    this.input.setAttribute("aria-label", spec.label)
    this.input.setAttribute("aria-description", spec.help)
    if (this.input.type === "text") this.input.placeholder = spec.optional ? "none" : ""
    this.element.classList.toggle("wrong", Boolean(problem))
    this.input.setAttribute("aria-invalid", Boolean(problem))
    const root = this.input.getRootNode()
    const typing = root.activeElement === this.input && this.input.value !== shown(spec, this.last)
    const key = JSON.stringify(spec.value)
    if (this.dragged === undefined && !(problem && this.pending !== undefined) && !(typing && key === this.lastKey)) {
      this.draw(spec.value)
    }
    if (!problem) this.pending = undefined
    this.last = spec.value
    this.lastKey = key
  }
}

// --- the list --------------------------------------------------------------------------------------------------------

class BlockList {
  constructor(root) {
    this.rows = new Map()
    this.seq = 0
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

  event(kind, rest = {}) {
    this.seq += 1
    if (DONE[kind]) this.acted = { kind, revision: this.data.revision, title: this.rows.get(rest.place?.join("."))?.spec.title }
    this.sentAt = performance.now()
    this.waiting = null
    this.send({ kind, revision: this.data.revision, seq: this.seq, ...rest })
  }

  // While dragging, the next value goes out when the page has followed the last one; the newest value wins.
  preview(place, name, value) {
    this.waiting = { place, name, value }
    this.flush()
  }

  flush() {
    if (!this.waiting) return
    const busy = this.data.seq < this.seq && performance.now() - this.sentAt < 1000
    const soon = 40 - (performance.now() - (this.sentAt || 0))
    if (busy || soon > 0) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.flush(), busy ? 120 : soon)
      return
    }
    this.event("preview", this.waiting)
  }

  toggle(open = this.palette.element.hidden) {
    this.addButton.setAttribute("aria-expanded", String(open))
    this.palette.show(open, this.data)
    if (!open) this.addButton.focus({ preventScroll: true })
  }

  update(data) {
    if (this.data === undefined) this.seq = data.seq
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

// --- one row ---------------------------------------------------------------------------------------------------------

class Row {
  constructor(list) {
    this.list = list
    this.fields = new Map()
    this.handle = make("span", { class: "handle", title: "drag to move; Alt + ↑ ↓ on the keyboard", "aria-hidden": "true" })
    this.title = make("span", { class: "title" })
    this.detail = make("span", { class: "detail" })
    this.shape = make("span", { class: "shape" })
    this.bar = make("span", { class: "value" })
    this.share = make("span", { class: "share" }, this.bar)
    const words = make("span", { class: "words" }, this.title, this.detail)
    this.line = make("div", { class: "line", role: "button", tabindex: -1, "aria-expanded": "false", "aria-description": KEYS },
      this.handle, words, this.shape, this.share)
    this.problem = make("p", { class: "problem", role: "alert", hidden: true })
    this.element = make("div", { class: "row", role: "listitem" }, this.line, this.problem)
    this.line.addEventListener("click", () => !this.moved && list.event("select", { place: this.isSelected ? null : this.spec.place }))
    this.handle.addEventListener("pointerdown", (event) => this.drag(event))
  }

  update(spec, isSelected, fields, problem) {
    if (!same(spec, this.spec)) {
      const { place, kind, family } = spec
      this.element.className = `row f-${family} ${kind}`
      this.element.style.setProperty("--depth", Math.min(place.length - 1, 5))
      say(this.title, spec.title)
      say(this.detail, spec.detail)
      say(this.shape, spec.shape)
      this.bar.style.width = `${Math.max(100 * spec.share, spec.share ? 1.5 : 0)}%`
      this.share.title = spec.tip
      this.line.title = [spec.title, spec.detail].filter(Boolean).join(" · ")
      this.line.setAttribute("aria-label", [spec.title, spec.detail, spec.shape && `output ${spec.shape}`, spec.tip].filter(Boolean).join(", "))
      this.spec = spec
    }
    this.isSelected = isSelected
    this.element.classList.toggle("selected", isSelected)
    this.element.classList.toggle("wrong", Boolean(problem))
    this.line.setAttribute("aria-expanded", String(isSelected))
    this.problem.hidden = !problem
    if (problem) say(this.problem, problem.message)
    if (isSelected) this.updateEditor(fields, problem)
    else if (this.editor) this.close()
  }

  // The row itself, or the button of its editor that does this.
  focus(act) {
    const button = act && this.actions?.querySelector(`[data-act=${act}]:enabled`)
    ;(button || this.line).focus({ preventScroll: true })
  }

  close() {
    this.editor.remove()
    this.editor = null
    this.fields.clear()
  }

  updateEditor(fields, problem) {
    const what = `${this.spec.kind} ${this.spec.word}`
    if (this.editor && this.what !== what) this.close() // another block has come to this place
    if (!this.editor) {
      this.what = what
      this.main = make("div", { class: "fields" })
      this.rest = make("div", { class: "fields" })
      this.more = make("details", { class: "more" }, make("summary", {}, "More"), this.rest)
      this.actions = make("div", { class: "actions" })
      this.editor = make("div", { class: "editor" }, this.main, this.more, this.actions)
      this.element.append(this.editor)
      this.buildActions()
    }
    const names = new Set(fields.map((field) => field.name + field.kind))
    for (const [key, field] of this.fields) {
      if (names.has(key)) continue
      field.element.remove()
      this.fields.delete(key)
    }
    for (const spec of fields) {
      const key = spec.name + spec.kind
      let field = this.fields.get(key)
      if (!field) {
        field = new Field(this.list, this.spec.place, spec)
        this.fields.set(key, field)
        const into = spec.main ? this.main : this.rest
        into.append(field.element)
      }
      field.place = this.spec.place
      field.update(spec, problem && problem.parameter === spec.name ? problem.message : "")
    }
    this.more.hidden = !this.rest.children.length
    this.up.disabled = this.spec.place.at(-1) === 0
    this.down.disabled = this.spec.place.at(-1) >= this.spec.siblings - 1
  }

  buildActions() {
    const button = (name, text, title, act) => make("button", { type: "button", title, "data-act": name, onclick: act }, text)
    this.up = button("up", "↑", "Move up (Alt + ↑)", () => this.moveBy(-1))
    this.down = button("down", "↓", "Move down (Alt + ↓)", () => this.moveBy(1))
    this.up.setAttribute("aria-label", "Move up")
    this.down.setAttribute("aria-label", "Move down")
    const copy = button("duplicate", "Duplicate", "Duplicate (Ctrl + D)", () => this.act("duplicate"))
    const branch = button("branch", "+ Branch", "Add a branch", () => this.act("add_branch"))
    const remove = button("delete", "Delete", "Delete (Del)", () => this.remove())
    const kind = this.spec.kind
    const add = button("add", "+ Block here", "Add a block to this branch", () => this.list.toggle(true))
    if (kind === "branch") this.actions.append(add, remove)
    else this.actions.append(this.up, this.down, copy, ...(kind === "parallel" ? [branch] : []), remove)
  }

  act(kind) {
    if (this.spec.kind === "branch" && kind !== "delete") return
    this.list.event(this.spec.kind === "branch" ? "delete_branch" : kind, { place: this.spec.place })
  }

  remove() {
    this.act("delete")
  }

  moveBy(by) {
    const to = this.spec.place.at(-1) + by
    if (this.spec.kind !== "branch" && to >= 0 && to < this.spec.siblings) this.list.event("move", { place: this.spec.place, to })
  }

  // The row follows the pointer among the rows of its own list; a line shows where it would go.
  drag(event) {
    if (event.button || this.spec.kind === "branch") return
    event.preventDefault()
    const outer = this.spec.place.slice(0, -1)
    const inside = (row) => row.spec.place.length > outer.length && outer.every((index, i) => row.spec.place[i] === index)
    const blocks = []
    for (const row of this.list.rows.values()) {
      if (!inside(row)) continue
      const index = row.spec.place[outer.length]
      const { top, bottom } = row.element.getBoundingClientRect()
      blocks[index] = { top: Math.min(blocks[index]?.top ?? top, top), bottom: Math.max(blocks[index]?.bottom ?? bottom, bottom) }
    }
    const from = this.spec.place.at(-1)
    const frame = this.list.element.getBoundingClientRect()
    const marker = this.list.marker
    let to = from
    this.moved = false
    const at = (e) => {
      this.moved = true
      this.element.classList.add("moving")
      const gap = blocks.filter(({ top, bottom }) => e.clientY > (top + bottom) / 2).length
      to = gap > from ? gap - 1 : gap
      const y = gap < blocks.length ? blocks[gap].top - 3 : blocks.at(-1).bottom + 1
      marker.hidden = to === from
      marker.style.top = `${y - frame.top}px`
    }
    const end = (e) => {
      this.handle.removeEventListener("pointermove", at)
      this.element.classList.remove("moving")
      marker.hidden = true
      if (e.type === "pointerup" && to !== from) this.list.event("move", { place: this.spec.place, to })
      setTimeout(() => { this.moved = false }, 0)
    }
    this.handle.setPointerCapture(event.pointerId)
    this.handle.addEventListener("pointermove", at)
    for (const type of ["pointerup", "pointercancel"]) this.handle.addEventListener(type, end, { once: true })
  }
}

// --- the palette -----------------------------------------------------------------------------------------------------

class Palette {
  constructor(pick, close) {
    this.pick = pick
    this.close = close
    this.search = make("input", { type: "search", placeholder: "Search blocks", "aria-label": "Search blocks", autocomplete: "off",
      oninput: () => this.filter(), onkeydown: (event) => this.key(event) })
    this.where = make("p", { class: "where" })
    this.items = make("div", { class: "items", role: "listbox", "aria-label": "Blocks to add", onkeydown: (event) => this.key(event) })
    this.element = make("div", { class: "palette", hidden: true }, this.search, this.where, this.items)
  }

  show(open, data) {
    this.element.hidden = !open
    if (!open) return
    if (!this.items.children.length) this.fill(data)
    const after = data.rows.find((row) => same(row.place, data.selected))
    const place = !after ? "Goes to the end" : after.kind === "branch" ? `Goes into ${after.title}` : `Goes after ${after.title}`
    say(this.where, place)
    this.search.value = ""
    this.filter()
    this.search.focus({ preventScroll: true })
    this.element.scrollIntoView({ block: "nearest" })
  }

  fill({ palette, families }) {
    let family = ""
    for (const entry of palette) {
      if (entry.family !== family) {
        family = entry.family
        this.items.append(make("div", { class: "family", "aria-hidden": "true" }, families[family] || family))
      }
      const choose = () => { this.pick(entry.word); this.close() }
      const item = make("button", { type: "button", role: "option", "aria-selected": "false", class: `item f-${entry.family}`, title: entry.help, onclick: choose },
        make("span", { class: "title" }, entry.title), make("span", { class: "help" }, entry.help))
      item.dataset.text = `${entry.word} ${entry.title} ${families[family]} ${entry.help}`.toLowerCase()
      this.items.append(item)
    }
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean)
    let heading = null
    for (const child of this.items.children) {
      if (child.className === "family") {
        heading = child
        heading.hidden = true
        continue
      }
      child.hidden = !words.every((word) => child.dataset.text.includes(word))
      if (!child.hidden && heading) heading.hidden = false
    }
  }

  key(event) {
    const items = [...this.items.querySelectorAll(".item:not([hidden])")]
    const at = items.indexOf(event.target)
    if (event.key === "Escape") this.close()
    else if (event.key === "Enter" && at < 0) items[0]?.click()
    else if (event.key === "ArrowDown") items[Math.min(at + 1, items.length - 1)]?.focus()
    else if (event.key === "ArrowUp") at > 0 ? items[at - 1].focus() : this.search.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}
