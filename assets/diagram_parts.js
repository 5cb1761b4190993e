// The parts of the drawing: boxes, frames and edges, built once and then changed only where they differ.

const RADIUS = 7
const STRIPE = 5 // width of the coloured edge of a box
const MARKER = 24 // width of the place that opens a group
const MARGIN_MARKER = 12
const HEAD = 30 // height of a frame's title row

function svgElement(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

function htmlElement(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

// Nodes come as rows under one list of keys, edges as [from, to, path data] with the nodes' places in their list.
function unpack({ nodes: { keys, rows }, edges, ...scene }) {
  const nodes = rows.map((row) => Object.fromEntries(keys.map((key, i) => [key, row[i]])))
  return { ...scene, nodes, edges: edges.map(([from, to, d]) => ({ id: `${nodes[from].id}>${nodes[to].id}`, d })) }
}

function darkPage(element) {
  const probe = htmlElement("span", { style: "color: var(--st-background-color)" })
  element.append(probe)
  const [r, g, b] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number)
  probe.remove()
  return 0.3 * r + 0.59 * g + 0.11 * b < 128
}

const parentPath = (id) => (id.includes("/") ? id.slice(0, id.lastIndexOf("/")) : "")
const set = (element, name, value) => element.setAttribute(name, value)
const say = (element, text) => element.textContent === text || (element.textContent = text)

// CSS moves the box, so that it can glide; `place` is kept for the picture files.
function moveTo(element, x, y) {
  element.place = [x, y]
  element.style.transform = `translate(${x}px, ${y}px)`
}

function buildMarker(opened) {
  const sign = svgElement("path", { class: "sign", d: opened ? "M-4 -2 0 2 4 -2" : "M-2 -4 2 0 -2 4" })
  return svgElement("g", { class: "marker" }, svgElement("rect", { class: "hit" }), sign)
}

function buildNode({ kind }) {
  const parts = { box: ["rect", { class: "box", rx: RADIUS }], stripe: ["path", { class: "stripe" }],
    title: ["text", { class: "title", y: 17 }], shape: ["text", { class: "shape", y: 30 }], bar: ["rect", { class: "bar", height: 2.5, rx: 1.25, x: STRIPE + 8 }] }
  for (const [name, [tag, attributes]] of Object.entries(parts)) parts[name] = svgElement(tag, attributes)
  const element = svgElement("g", { "data-box": "", tabindex: "-1", role: "button" }, ...Object.values(parts))
  if (kind === "group") element.append((parts.marker = buildMarker(false)))
  return { ...parts, element, focus: element }
}

function changeNode(parts, node, last) {
  const { element } = parts
  if (node.family !== last.family) {
    element.classList.remove(`f-${last.family}`)
    element.classList.add("node", `f-${node.family}`)
  }
  if (node.x !== last.x || node.y !== last.y) moveTo(element, node.x, node.y)
  if (node.w !== last.w || node.h !== last.h) {
    const { w, h } = node, r = RADIUS, middle = (w + STRIPE) / 2
    set(parts.box, "width", w)
    set(parts.box, "height", h)
    set(parts.stripe, "d", `M${r} 0V${h}A${r} ${r} 0 0 1 0 ${h - r}V${r}A${r} ${r} 0 0 1 ${r} 0Z`)
    set(parts.title, "x", middle)
    set(parts.shape, "x", middle)
    set(parts.bar, "y", h - 5)
    if (parts.marker) placeMarker(parts.marker, w - MARGIN_MARKER, h / 2, MARKER, h)
  }
  if (node.title !== last.title) say(parts.title, node.title)
  if (node.subtitle !== last.subtitle) say(parts.shape, node.subtitle)
  if (node.bar !== last.bar || node.w !== last.w) set(parts.bar, "width", node.bar ? Math.max((node.w - STRIPE - 16) * node.bar, 1) : 0)
  const label = [node.title, node.id, `output ${node.subtitle}`, node.detail, node.note].filter(Boolean).join(", ")
  if (label !== parts.label) set(element, "aria-label", (parts.label = label))
  if (node.foldable && !last.id) set(element, "aria-expanded", "false")
}

function placeMarker(marker, x, y, width, height) {
  const [hit, sign] = marker.children
  for (const [name, value] of Object.entries({ x: x - width / 2, y: y - height / 2, width, height })) set(hit, name, value)
  set(sign, "transform", `translate(${x} ${y})`)
}

function buildFrame() {
  const outline = svgElement("rect", { class: "outline", rx: 10 }), hit = svgElement("rect", { class: "hit", height: HEAD - 2 })
  const title = svgElement("text", { class: "title", x: 28, y: 20 }), note = svgElement("text", { class: "note", y: 20 })
  const marker = buildMarker(true)
  const head = svgElement("g", { class: "head", tabindex: "-1", role: "button", "aria-expanded": "true" }, hit, title, marker)
  placeMarker(marker, 16, 16, 24, 28)
  const element = svgElement("g", { "data-box": "" }, outline, note, head)
  return { element, outline, title, note, hit, focus: head }
}

function changeFrame(parts, frame, last) {
  const { element } = parts
  if (frame.family !== last.family) set(element, "class", `frame f-${frame.family}${element.classList.contains("selected") ? " selected" : ""}`)
  if (frame.x !== last.x || frame.y !== last.y) moveTo(element, frame.x, frame.y)
  if (frame.w !== last.w || frame.h !== last.h) {
    set(parts.outline, "width", frame.w)
    set(parts.outline, "height", frame.h)
    set(parts.hit, "width", frame.w)
    set(parts.note, "x", frame.w - 12)
  }
  say(parts.title, frame.title)
  say(parts.note, frame.note)
  set(parts.focus, "aria-label", `${frame.title}, open group, ${frame.note}`)
}

function changeEdge(parts, edge, last) {
  if (edge.d !== last.d) set(parts.element, "d", edge.d)
}
