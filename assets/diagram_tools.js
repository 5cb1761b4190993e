// What stands around the drawing: the buttons, and the search.

const ICONS = {
  search: "M11.5 11.5 14.5 14.5M12.7 7.1a5.6 5.6 0 1 1-11.2 0 5.6 5.6 0 0 1 11.2 0Z",
  fold: "M4 2.5 8 6l4-3.5M4 13.5 8 10l4 3.5",
  unfold: "M4 6 8 2.5 12 6M4 10l4 3.5 4-3.5",
  fit: "M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5",
  out: "M3 8h10",
  in: "M3 8h10M8 3v10",
}
const MOST_RESULTS = 40

function toolButton(icon, word, label, action) {
  const button = htmlElement("button", { type: "button", title: label, "aria-label": label })
  if (icon) button.append(svgElement("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svgElement("path", { d: ICONS[icon] })))
  if (word) button.append(htmlElement("span", { class: icon === "search" ? "keep" : icon ? "word" : "" }, word))
  button.addEventListener("click", action)
  return button
}

class Tools {
  constructor(diagram) {
    const { camera } = diagram
    this.canvas = diagram.canvas // takes the focus from a button that can do no more
    this.search = new Search(diagram)
    this.fold = toolButton("fold", "Fold all", "Fold all groups", () => diagram.tell("fold_all"))
    this.unfold = toolButton("unfold", "Unfold all", "Unfold all groups to layers", () => diagram.tell("unfold_all"))
    this.element = htmlElement("div", { class: "tools", role: "toolbar", "aria-label": "Diagram" },
      toolButton("search", "Search", "Search layers ( / )", () => this.search.toggle()),
      this.fold,
      this.unfold,
      toolButton("fit", "Fit", "Show the whole net (0); again: back to the top", () => diagram.fit()),
      toolButton("out", "", "Zoom out (−)", () => camera.zoomBy(1 / 1.25)),
      toolButton("in", "", "Zoom in (+)", () => camera.zoomBy(1.25)),
      toolButton("", "PNG", "Save this diagram as a PNG picture", () => savePng(diagram)),
      toolButton("", "SVG", "Save this diagram as an SVG file", () => saveSvg(diagram)),
    )
  }

  update(scene) {
    this.fold.disabled = !scene.frames.length
    this.unfold.disabled = !scene.nodes.some((node) => node.foldable)
    this.search.stale = true
    if ([this.fold, this.unfold].some((button) => button.disabled && button === this.focused())) this.canvas.focus({ preventScroll: true })
  }

  focused() {
    return this.element.getRootNode().activeElement
  }
}

// Search over what is in sight and what is folded away; what is chosen is selected, and the server opens what hides it.
class Search {
  constructor(diagram) {
    this.diagram = diagram
    this.input = htmlElement("input", { type: "text", placeholder: "Layer, block or shape", "aria-label": "Search layers", spellcheck: "false", maxlength: "80",
      role: "combobox", "aria-autocomplete": "list", "aria-controls": "found", autocomplete: "off" })
    this.list = htmlElement("ul", { role: "listbox", "aria-label": "Found", id: "found" })
    this.note = htmlElement("p", { "aria-live": "polite" })
    this.element = htmlElement("div", { class: "search", role: "search" }, this.input, this.list, this.note)
    this.element.hidden = true
    this.input.addEventListener("input", () => this.find())
    this.input.addEventListener("keydown", (event) => this.key(event))
    this.element.addEventListener("keydown", (event) => event.stopPropagation())
  }

  toggle(open = this.element.hidden) {
    this.element.hidden = !open
    if (open) {
      this.find()
      this.input.focus()
      this.input.select()
    } else this.diagram.canvas.focus({ preventScroll: true })
  }

  entries() {
    const { scene } = this.diagram
    if (this.stale) {
      const entry = (id, title, shape) => ({ id, title, text: `${id} ${title} ${shape}`.toLowerCase() })
      this.known = [
        ...scene.frames.map((frame) => entry(frame.id, frame.title, "")),
        ...scene.nodes.map((node) => entry(node.id, node.title, node.subtitle)),
        ...scene.hidden.map(([id, title]) => entry(id, title, "")),
      ]
      this.stale = false
    }
    return this.known
  }

  find() {
    const words = this.input.value.toLowerCase().replaceAll("x", "×").split(/\s+/).filter(Boolean)
    const titled = ({ title }) => words.filter((word) => title.toLowerCase().replaceAll("x", "×").includes(word)).length
    const found = words.length ? this.entries().filter(({ text }) => words.every((word) => text.replaceAll("x", "×").includes(word))) : []
    this.results = found.sort((a, b) => titled(b) - titled(a)).slice(0, MOST_RESULTS) // what is called so comes first
    this.list.replaceChildren(...this.results.map(({ id, title }, i) => {
      const line = htmlElement("li", { role: "option", id: `found-${i}` }, htmlElement("b", {}, title), htmlElement("span", { dir: "ltr" }, id))
      line.addEventListener("click", () => this.choose(i))
      return line
    }))
    this.mark(0)
    this.note.textContent = !words.length ? "Type part of a name, like 4d or conv 3×3"
      : found.length > MOST_RESULTS ? `${MOST_RESULTS} of ${found.length} found` : found.length ? "" : "Nothing found"
    this.note.hidden = !this.note.textContent
  }

  mark(at) {
    this.at = clamp(at, 0, Math.max(this.results.length - 1, 0))
    const lines = [...this.list.children]
    lines.forEach((line, i) => line.setAttribute("aria-selected", i === this.at))
    lines[this.at]?.scrollIntoView({ block: "nearest" })
    this.input.setAttribute("aria-activedescendant", lines.length ? `found-${this.at}` : "")
    this.input.setAttribute("aria-expanded", lines.length > 0)
    this.list.hidden = !lines.length
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) this.mark(this.at + step)
    else if (event.key === "Enter") this.choose(this.at)
    else if (event.key === "Escape") this.toggle(false)
    else return
    event.preventDefault()
  }

  choose(at) {
    const found = this.results[at]
    if (!found) return
    this.toggle(false)
    this.diagram.choose(found.id)
  }
}
