// The keys of the diagram: from box to box, opening and closing, the view. The page says them at the canvas.

const SHIFTS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [1, 0], ArrowRight: [-1, 0] } // Shift and an arrow: what comes into sight

class Keys {
  constructor(diagram) {
    this.diagram = diagram
    diagram.element.addEventListener("keydown", (event) => this.key(event))
  }

  remove() {
    clearTimeout(this.telling)
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "INPUT") return
    const { diagram } = this, { camera, scene } = diagram
    const onButton = event.target.closest?.("button")
    const id = diagram.stop, box = diagram.at(id)
    const actions = {
      "/": () => diagram.tools.search.toggle(true),
      "+": () => camera.zoomBy(1.25),
      "=": () => camera.zoomBy(1.25),
      "-": () => camera.zoomBy(1 / 1.25),
      "0": () => diagram.fit(),
    }
    if (!onButton && box) {
      Object.assign(actions, {
        Enter: () => (box.foldable === false ? diagram.choose(id) : diagram.toggle(id)),
        " ": () => diagram.choose(id),
        Backspace: () => this.foldAround(id),
        Home: () => this.step(scene.nodes[0].id),
        End: () => this.step(scene.nodes.at(-1).id),
      })
      for (const side of ["Up", "Down", "Left", "Right"]) actions[`Arrow${side}`] = () => this.step(this.beside(box, side))
    }
    if (event.shiftKey && SHIFTS[event.key]) actions[event.key] = () => camera.pan(...SHIFTS[event.key])
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    diagram.pointer.hover("")
    action()
  }

  foldAround(id) {
    const { diagram } = this
    for (let at = id; at; at = parentPath(at))
      if (diagram.drawn.frames.has(at)) {
        diagram.stop = at
        return diagram.toggle(at)
      }
  }

  // The selection follows the focus, told to the server when the keys rest.
  step(id) {
    const { diagram } = this
    if (!id || !diagram.at(id)) return
    diagram.focus(id)
    diagram.camera.show(diagram.at(id))
    clearTimeout(this.telling)
    this.telling = setTimeout(() => diagram.tell("select", id), 160)
  }

  // The next box in a direction: along an edge up or down, else the nearest one there.
  beside(box, side) {
    const { diagram } = this
    const upright = side === "Up" || side === "Down", sign = side === "Up" || side === "Left" ? -1 : 1
    const linked = upright ? diagram.links(box.id)[side.toLowerCase()] : []
    if (linked.length) {
      const off = (id) => Math.abs(diagram.at(id).spine - box.spine)
      return linked.reduce((best, id) => (off(id) < off(best) ? id : best))
    }
    let found = "", least = Infinity
    for (const other of diagram.scene.nodes) {
      const dx = other.spine - box.spine, dy = other.y - box.y
      const ahead = (upright ? dy : dx) * sign, aside = Math.abs(upright ? dx : dy)
      if (other.id === box.id || ahead < 1 || (!upright && aside > 60)) continue
      const distance = ahead + 2 * aside
      if (distance < least) [found, least] = [other.id, distance]
    }
    return found
  }
}
