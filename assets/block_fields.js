// One parameter of the block list: its text and its slider, and values as text and back.

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
    const isNewer = this.dragged !== undefined || this.list.holds(this.place, spec.name)
    if (!isNewer && !(problem && this.pending !== undefined) && !(typing && key === this.lastKey)) {
      this.draw(spec.value)
    }
    if (!problem) this.pending = undefined
    this.last = spec.value
    this.lastKey = key
  }
}
