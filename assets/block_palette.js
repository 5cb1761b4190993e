// What can be added to the net, to search and choose from. PALETTE and FAMILIES are given to the script.

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
    if (!this.items.children.length) this.fill()
    const after = data.rows.find((row) => same(row.place, data.selected))
    const place = !after ? "Goes to the end" : after.kind === "branch" ? `Goes into ${after.title}` : `Goes after ${after.title}`
    say(this.where, place)
    this.search.value = ""
    this.filter()
    this.search.focus({ preventScroll: true })
    this.element.scrollIntoView({ block: "nearest" })
  }

  fill() {
    let family = ""
    for (const entry of PALETTE) {
      if (entry.family !== family) {
        family = entry.family
        this.items.append(make("div", { class: "family", "aria-hidden": "true" }, FAMILIES[family] || family))
      }
      const choose = () => { this.pick(entry.word); this.close() }
      const item = make("button", { type: "button", role: "option", "aria-selected": "false", class: `item f-${entry.family}`, title: entry.help, onclick: choose },
        make("span", { class: "title" }, entry.title), make("span", { class: "help" }, entry.help))
      item.dataset.text = `${entry.word} ${entry.title} ${FAMILIES[family]} ${entry.help}`.toLowerCase()
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
