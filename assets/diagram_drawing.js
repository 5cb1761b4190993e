// The drawing of the diagram: what is drawn of a scene, changed where the next scene differs.

const MOST_GLIDING = 160 // with more boxes than this nothing is animated

class Drawing {
  constructor() {
    this.world = svgElement("g")
    this.layers = {}
    for (const name of ["frames", "edges", "nodes"]) this.world.append((this.layers[name] = svgElement("g")))
    this.drawn = { frames: new Map(), edges: new Map(), nodes: new Map() }
  }

  remove() {
    clearTimeout(this.waiting)
  }

  draw(scene, before) {
    const gliding = before && scene.nodes.length <= MOST_GLIDING && scene.nodes.length !== before.nodes.length
    if (gliding) {
      this.world.classList.add("gliding")
      clearTimeout(this.waiting)
      this.waiting = setTimeout(() => this.world.classList.remove("gliding"), 260)
    }
    this.sync("frames", scene.frames, buildFrame, changeFrame)
    this.sync("edges", scene.edges, () => ({ element: svgElement("path", { class: "edge" }) }), changeEdge)
    this.sync("nodes", scene.nodes, buildNode, changeNode)
    // What is new appears softly, but only where something else stayed.
    if (!before) this.world.querySelectorAll(".fresh").forEach((element) => element.classList.remove("fresh"))
  }

  sync(layer, wanted, build, change) {
    const drawn = this.drawn[layer], keep = new Set(), fresh = []
    for (const item of wanted) {
      keep.add(item.id)
      let parts = drawn.get(item.id)
      if (parts && parts.kind !== item.kind) {
        parts.element.remove()
        parts = null
      }
      if (!parts) {
        parts = build(item)
        parts.kind = item.kind
        parts.last = {}
        parts.element.key = item.id
        if (layer !== "edges") parts.element.classList.add("fresh")
        drawn.set(item.id, parts)
        fresh.push(parts.element)
      }
      change(parts, item, parts.last)
      parts.last = item
    }
    if (fresh.length) this.layers[layer].append(...fresh)
    for (const [id, parts] of drawn) {
      if (keep.has(id)) continue
      parts.element.remove()
      drawn.delete(id)
    }
  }
}
