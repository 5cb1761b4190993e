// The diagram. The server lays it out; this script draws the scene that it is given, changes only what differs from the
// last one, and sends events {type, id, revision}. Text is set as text, never as markup.

const MOST_GLIDING = 160 // with more boxes than this nothing is animated
const SHIFTS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [1, 0], ArrowRight: [-1, 0] } // Shift and an arrow: what comes into sight
const FAR = 0.3 // below this zoom words are too small to read, and are not drawn
const diagrams = new WeakMap()

export default function ({ data: text, parentElement, setTriggerValue }) {
  const data = text && JSON.parse(text)
  let diagram = diagrams.get(parentElement)
  if (!diagram) {
    diagram = new Diagram(parentElement)
    diagrams.set(parentElement, diagram)
  }
  diagram.send = (event) => setTriggerValue("event", event)
  if (data) diagram.update(data)
  return () => {
    diagram.remove()
    diagrams.delete(parentElement)
  }
}

class Diagram {
  constructor(parent) {
    this.world = svgElement("g")
    this.layers = {}
    for (const name of ["frames", "edges", "nodes"]) this.world.append((this.layers[name] = svgElement("g")))
    this.canvas = svgElement("svg", { class: "canvas", role: "group", tabindex: "-1" }, this.world)
    this.camera = new Camera(this.canvas, this.world)
    this.tip = htmlElement("div", { class: "tip", role: "tooltip" })
    this.status = htmlElement("div", { class: "status", role: "status" })
    this.tip.hidden = true
    this.tools = new Tools(this)
    this.rail = new Rail(this.camera)
    this.halo = svgElement("rect", { class: "halo", x: -4, y: -4, rx: RADIUS + 4 })
    this.element = htmlElement("div", { class: "diagram" }, this.canvas, this.rail.element, this.status, this.tools.element, this.tools.search.element, this.tip)
    parent.append(this.element)

    this.queue = []
    this.drawn = { frames: new Map(), edges: new Map(), nodes: new Map() }
    this.selected = this.told = ""
    this.listen()
    this.resizing = new ResizeObserver(() => this.resized())
    this.resizing.observe(this.canvas)
  }

  remove() {
    this.resizing.disconnect()
    for (const timer of [this.looking, this.waiting, this.sending, this.saying, this.tipping, this.telling]) clearTimeout(timer)
    this.element.remove()
  }

  // One event at a time: the server keeps only the last that comes before it has run, and a double click is two.
  tell(type, id = "") {
    const last = this.queue.at(-1)
    if (last && last.type === type && last.id === id && type === "select") return
    this.queue.push({ type, id })
    if (this.queue.length === 1) this.sendNext()
  }

  sendNext() {
    clearTimeout(this.sending)
    if (!this.queue.length) return
    this.send({ ...this.queue[0], revision: this.revision })
    this.sending = setTimeout(() => this.answered(), 500)
  }

  answered() {
    if (!this.queue.length) return
    this.queue.shift()
    this.sendNext()
  }

  say(text, time = 0) {
    clearTimeout(this.saying)
    this.status.textContent = text
    if (text && time) this.saying = setTimeout(() => this.say(""), time)
  }

  // --- drawing ---

  update({ scene: packed, revision, selected, height, name }) {
    const scene = unpack(packed)
    const first = !this.scene, before = this.scene
    const focused = this.canvas.contains(this.element.getRootNode().activeElement) && this.stop
    this.element.style.height = `var(--diagram-height, ${height}px)` // a page may say how much room there is
    if (first) this.look()
    else {
      clearTimeout(this.looking)
      this.looking = setTimeout(() => this.look(), 250) // asking for a colour makes the browser work all styles out
    }
    this.revision = revision
    this.name = name
    const anchor = before && this.anchor(scene)
    this.scene = scene
    this.draw(scene, before)
    this.camera.size = scene
    if (first || this.name !== this.shownName) this.placed = false
    else this.camera.set(this.camera.x + anchor[0] * this.camera.zoom, this.camera.y + anchor[1] * this.camera.zoom, this.camera.zoom)
    this.tools.update(scene)
    this.canvas.setAttribute("aria-label", `Diagram of the network, ${scene.nodes.length} boxes. Arrow keys go from box to box, Enter opens or closes a group, Shift with an arrow key moves the picture, plus and minus zoom, slash searches.`)
    this.shownName = this.name
    if (!this.placed && this.canvas.clientWidth) {
      this.camera.home()
      this.placed = true
    }
    const chosen = this.found(selected ?? "")
    const outside = chosen !== this.selected && selected !== this.told
    this.select(chosen)
    if (this.wanted && this.at(this.wanted)) {
      this.camera.show(this.at(this.wanted), true)
      this.wanted = ""
    } else if (outside && chosen && !first) this.camera.show(this.at(chosen))
    if (focused && !this.canvas.contains(this.element.getRootNode().activeElement)) {
      this.setStop(this.found(focused) || this.stop)
      this.parts(this.stop)?.focus.focus({ preventScroll: true })
    }
    this.answered()
  }

  look() {
    this.element.dataset.mode = darkPage(this.element) ? "dark" : "light"
  }

  draw(scene, before) {
    const gliding = before && scene.nodes.length <= MOST_GLIDING && scene.nodes.length !== before.nodes.length
    if (gliding) {
      this.world.classList.add("gliding")
      clearTimeout(this.waiting)
      this.waiting = setTimeout(() => this.world.classList.remove("gliding"), 260)
    }
    this.boxes = new Map([...scene.frames, ...scene.nodes].map((box) => [box.id, box]))
    this.neighbours = null
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
        if (this.scene && layer !== "edges") parts.element.classList.add("fresh")
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

  // How far the picture must move so that what the user looks at stays where it is.
  anchor(scene) {
    const now = new Map([...scene.frames, ...scene.nodes].map((box) => [box.id, box]))
    const candidates = [this.toggled, this.selected, this.inView()]
    this.toggled = ""
    for (const id of candidates) {
      const old = this.boxes.get(id), next = now.get(id)
      if (old && next) return [old.spine - next.spine, old.y - next.y]
    }
    return [this.scene.trunk - scene.trunk, 0]
  }

  // The box nearest to the upper middle of the view.
  inView() {
    const { x, y, zoom } = this.camera, { width, height } = this.camera.frame
    const px = (width / 2 - x) / zoom, py = (height * 0.3 - y) / zoom
    let best = "", least = Infinity
    for (const box of this.scene.nodes) {
      const distance = Math.abs(box.y - py) + 0.3 * Math.abs(box.spine - px)
      if (distance < least) [best, least] = [box.id, distance]
    }
    return y > -4 ? "" : best
  }

  resized() {
    if (this.scene && !this.placed && this.canvas.clientWidth) {
      this.camera.home()
      this.placed = true
    } else if (this.scene && this.lastWidth && this.lastWidth !== this.canvas.clientWidth)
      this.camera.set(this.camera.x + (this.canvas.clientWidth - this.lastWidth) / 2, this.camera.y, this.camera.zoom)
    this.lastWidth = this.canvas.clientWidth
  }

  // --- selection ---

  at(id) {
    return this.boxes?.get(id)
  }

  parts(id) {
    return this.drawn.nodes.get(id) ?? this.drawn.frames.get(id)
  }

  // What stands for a path now: itself, the box of its block, or the closed group that it is in.
  found(path) {
    if (!path) return ""
    for (let at = path; at; at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "") if (this.boxes.has(at)) return at
    return this.scene.nodes.find((node) => node.block === path)?.id ?? ""
  }

  select(id) {
    const old = this.parts(this.selected)
    old?.element.classList.remove("selected")
    old?.focus.removeAttribute("aria-current")
    this.selected = id
    const now = this.parts(id)
    now?.element.classList.add("selected")
    now?.focus.setAttribute("aria-current", "true")
    this.halo.remove()
    if (this.drawn.nodes.has(id)) {
      set(this.halo, "width", this.at(id).w + 8)
      set(this.halo, "height", this.at(id).h + 8)
      now.element.prepend(this.halo)
    }
    this.light(id)
    this.setStop(this.at(id) ? id : this.at(this.stop) ? this.stop : this.scene.nodes[0]?.id)
  }

  // The edges of a box stand out.
  light(id) {
    for (const element of this.lit ?? []) element.classList.remove("linked")
    const links = id ? this.links(id) : { up: [], down: [] }
    this.lit = [...links.up.map((other) => `${other}>${id}`), ...links.down.map((other) => `${id}>${other}`)]
      .map((edge) => this.drawn.edges.get(edge)?.element).filter(Boolean)
    for (const element of this.lit) {
      element.classList.add("linked")
    }
  }

  links(id) {
    if (!this.neighbours) {
      this.neighbours = new Map()
      const of = (key) => this.neighbours.get(key) ?? this.neighbours.set(key, { up: [], down: [] }).get(key)
      for (const { id: edge } of this.scene.edges) {
        const [from, to] = edge.split(">")
        of(from).down.push(to)
        of(to).up.push(from)
      }
    }
    return this.neighbours.get(id) ?? { up: [], down: [] }
  }

  // One box at a time can be reached with the Tab key; arrow keys go on from there.
  setStop(id) {
    this.parts(this.stop)?.focus.setAttribute("tabindex", "-1")
    this.stop = id
    this.parts(id)?.focus.setAttribute("tabindex", "0")
  }

  // A click, a key or the search chose something; what is not in sight the server brings into sight.
  choose(id) {
    this.told = id
    if (this.at(id)) {
      this.select(id)
      this.camera.show(this.at(id), true)
      this.parts(id).focus.focus({ preventScroll: true })
    } else this.wanted = id
    this.tell("select", id)
  }

  toggle(id) {
    this.toggled = id
    this.tell("toggle", id)
  }

  fit() {
    const { x, y, zoom } = this.camera
    if (this.fitted && this.fitted.every((value, i) => Math.abs(value - [x, y, zoom][i]) < 0.5)) this.camera.home(true)
    else {
      this.camera.fit()
      setTimeout(() => (this.fitted = [this.camera.x, this.camera.y, this.camera.zoom]), 300)
    }
  }

  // --- what the user does ---

  listen() {
    const key = (event) => event.target.closest?.("[data-box]")?.key ?? ""
    this.canvas.addEventListener("click", (event) => {
      if (this.camera.moved) return
      const id = key(event)
      if (!id) return
      if (event.target.closest(".marker")) return this.toggle(id)
      this.told = id
      this.select(id)
      this.parts(id).focus.focus({ preventScroll: true })
      this.tell("select", id)
    })
    this.canvas.addEventListener("dblclick", (event) => {
      const id = key(event)
      if (id && !event.target.closest(".marker") && this.at(id).foldable !== false) this.toggle(id)
    })
    this.canvas.addEventListener("pointermove", (event) => this.hover(this.camera.pointers.size ? "" : key(event), event))
    this.canvas.addEventListener("pointerleave", () => this.hover(""))
    this.element.addEventListener("keydown", (event) => this.key(event))
    this.camera.changed = () => {
      this.hover("")
      this.rail.update()
      if ((this.camera.zoom < FAR) !== this.far) this.world.classList.toggle("far", (this.far = this.camera.zoom < FAR))
    }
  }

  hover(id, event) {
    if (id === this.hovered) return
    this.hovered = id
    clearTimeout(this.tipping)
    this.tip.hidden = true
    this.light(id || this.selected)
    if (!id || event.pointerType === "touch") return
    const point = this.camera.at(event)
    this.tipping = setTimeout(() => this.showTip(this.at(id), point), 350)
  }

  showTip(box, [x, y]) {
    if (!box) return
    const lines = [["b", "", box.title], ["span", "path", box.id], ["span", "", [box.subtitle, box.detail].filter(Boolean).join(" · ")], ["span", "", box.note]]
    this.tip.replaceChildren(...lines.filter(([, , text]) => text).map(([tag, name, text]) => htmlElement(tag, { class: name }, text)))
    this.tip.hidden = false
    const { width, height } = this.camera.frame
    this.tip.style.left = `${clamp(x + 14, 6, Math.max(width - this.tip.offsetWidth - 6, 6))}px`
    this.tip.style.top = `${y + 20 + this.tip.offsetHeight > height ? Math.max(y - this.tip.offsetHeight - 10, 6) : y + 20}px`
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "INPUT") return
    const onButton = event.target.closest?.("button")
    const id = this.stop, box = this.at(id)
    const actions = {
      "/": () => this.tools.search.toggle(true),
      "+": () => this.camera.zoomBy(1.25),
      "=": () => this.camera.zoomBy(1.25),
      "-": () => this.camera.zoomBy(1 / 1.25),
      "0": () => this.fit(),
    }
    if (!onButton && box) {
      Object.assign(actions, {
        Enter: () => (box.foldable === false ? this.choose(id) : this.toggle(id)),
        " ": () => this.choose(id),
        Backspace: () => this.foldAround(id),
        Home: () => this.step(this.scene.nodes[0].id),
        End: () => this.step(this.scene.nodes.at(-1).id),
      })
      for (const side of ["Up", "Down", "Left", "Right"]) actions[`Arrow${side}`] = () => this.step(this.beside(box, side))
    }
    if (event.shiftKey && SHIFTS[event.key]) actions[event.key] = () => this.camera.pan(...SHIFTS[event.key])
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    this.hover("")
    action()
  }

  foldAround(id) {
    for (let at = id; at; at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "")
      if (this.drawn.frames.has(at)) {
        this.stop = at
        return this.toggle(at)
      }
  }

  // The selection follows the focus, told to the server when the keys rest.
  step(id) {
    if (!id || !this.at(id)) return
    this.told = id
    this.select(id)
    this.parts(id).focus.focus({ preventScroll: true })
    this.camera.show(this.at(id))
    clearTimeout(this.telling)
    this.telling = setTimeout(() => this.tell("select", id), 160)
  }

  // The next box in a direction: along an edge up or down, else the nearest one there.
  beside(box, side) {
    const upright = side === "Up" || side === "Down", sign = side === "Up" || side === "Left" ? -1 : 1
    const linked = upright ? this.links(box.id)[side.toLowerCase()] : []
    if (linked.length) {
      const off = (id) => Math.abs(this.at(id).spine - box.spine)
      return linked.reduce((best, id) => (off(id) < off(best) ? id : best))
    }
    let found = "", least = Infinity
    for (const other of this.scene.nodes) {
      const dx = other.spine - box.spine, dy = other.y - box.y
      const ahead = (upright ? dy : dx) * sign, aside = Math.abs(upright ? dx : dy)
      if (other.id === box.id || ahead < 1 || (!upright && aside > 60)) continue
      const distance = ahead + 2 * aside
      if (distance < least) [found, least] = [other.id, distance]
    }
    return found
  }
}
