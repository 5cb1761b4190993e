// The pointer on the diagram: a click selects, a double click opens or closes, and what rests on a box is told of it.

class Pointer {
  constructor(diagram) {
    this.diagram = diagram
    this.tip = htmlElement("div", { class: "tip", role: "tooltip" })
    this.tip.hidden = true
    const { canvas, camera } = diagram
    const key = (event) => event.target.closest?.("[data-box]")?.key ?? ""
    canvas.addEventListener("click", (event) => this.click(key(event), event))
    canvas.addEventListener("dblclick", (event) => {
      const id = key(event)
      if (id && !event.target.closest(".marker") && diagram.at(id).foldable !== false) diagram.toggle(id)
    })
    canvas.addEventListener("pointermove", (event) => this.hover(camera.pointers.size ? "" : key(event), event))
    canvas.addEventListener("pointerleave", () => this.hover(""))
  }

  remove() {
    clearTimeout(this.tipping)
  }

  click(id, event) {
    const { diagram } = this
    if (!id || diagram.camera.moved) return
    if (event.target.closest(".marker")) return diagram.toggle(id)
    diagram.focus(id)
    diagram.tell("select", id)
  }

  hover(id, event) {
    const { diagram } = this
    if (id === this.hovered) return
    this.hovered = id
    clearTimeout(this.tipping)
    this.tip.hidden = true
    diagram.light(id || diagram.selected)
    if (!id || event.pointerType === "touch") return
    const point = diagram.camera.at(event)
    this.tipping = setTimeout(() => this.showTip(diagram.at(id), point), 350)
  }

  showTip(box, [x, y]) {
    if (!box) return
    const lines = [["b", "", box.title], ["span", "path", box.id], ["span", "", [box.subtitle, box.detail].filter(Boolean).join(" · ")], ["span", "", box.note]]
    this.tip.replaceChildren(...lines.filter(([, , text]) => text).map(([tag, name, text]) => htmlElement(tag, { class: name }, text)))
    this.tip.hidden = false
    const { width, height } = this.diagram.camera.frame
    this.tip.style.left = `${clamp(x + 14, 6, Math.max(width - this.tip.offsetWidth - 6, 6))}px`
    this.tip.style.top = `${y + 20 + this.tip.offsetHeight > height ? Math.max(y - this.tip.offsetHeight - 10, 6) : y + 20}px`
  }
}
