// The diagram. The server lays it out; this script draws the scene that it is given, changes only what differs from the
// last one, and sends events {type, id, revision}. Text is set as text, never as markup.

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
    this.drawing = new Drawing()
    this.world = this.drawing.world
    this.canvas = svgElement("svg", { class: "canvas", role: "group", tabindex: "-1" }, this.world)
    this.camera = new Camera(this.canvas, this.world)
    this.status = htmlElement("div", { class: "status", role: "status" })
    this.tools = new Tools(this)
    this.rail = new Rail(this.camera)
    this.pointer = new Pointer(this)
    this.halo = svgElement("rect", { class: "halo", x: -4, y: -4, rx: RADIUS + 4 })
    const stage = htmlElement("div", { class: "stage" }, this.canvas, this.rail.element, this.status)
    this.element = htmlElement("div", { class: "diagram" }, stage, this.tools.element, this.tools.search.element, this.pointer.tip)
    parent.append(this.element)

    this.queue = []
    this.drawn = this.drawing.drawn
    this.selected = this.told = ""
    this.keys = new Keys(this)
    this.camera.changed = () => this.moved()
    this.resizing = new ResizeObserver(() => this.resized())
    this.resizing.observe(this.canvas)
  }

  remove() {
    this.resizing.disconnect()
    for (const timer of [this.looking, this.sending, this.saying]) clearTimeout(timer)
    this.drawing.remove()
    this.pointer.remove()
    this.keys.remove()
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
    this.boxes = new Map([...scene.frames, ...scene.nodes].map((box) => [box.id, box]))
    this.neighbours = null
    this.drawing.draw(scene, before)
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

  moved() {
    const far = this.camera.zoom < FAR
    this.pointer.hover("")
    this.rail.update()
    if (far !== this.far) this.world.classList.toggle("far", (this.far = far))
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
    for (let at = path; at; at = parentPath(at)) if (this.boxes.has(at)) return at
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
    for (const element of this.lit) element.classList.add("linked")
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

  // Select what is in sight and put the focus on it. It is this page's own doing: the server's echo moves nothing.
  focus(id) {
    this.told = id
    this.select(id)
    this.parts(id).focus.focus({ preventScroll: true })
  }

  // A click, a key or the search chose something; what is not in sight the server brings into sight.
  choose(id) {
    if (this.at(id)) {
      this.focus(id)
      this.camera.show(this.at(id), true)
    } else {
      this.told = id
      this.wanted = id
    }
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
}
