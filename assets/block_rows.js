// One row of the block list.

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
