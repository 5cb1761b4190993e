// The camera of the diagram: which part of the drawing is in view. Moving it sets one transform and nothing else.

const MOST_ZOOM = 2.5
const LEAST_ZOOM = 0.04
const READABLE = 0.7 // at first a drawing is never shown smaller than this
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches
const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

class Camera {
  constructor(canvas, world) {
    this.canvas = canvas
    this.world = world
    this.x = this.y = 0
    this.zoom = 1
    this.size = { width: 1, height: 1, trunk: 0 } // of the drawing
    this.pointers = new Map()
    this.moved = false
    canvas.addEventListener("pointerdown", (event) => this.down(event))
    canvas.addEventListener("pointermove", (event) => this.move(event))
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.up(event))
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false })
  }

  get frame() {
    return { width: this.canvas.clientWidth || 1, height: this.canvas.clientHeight || 1 }
  }

  // At most one change of the transform in each painted picture.
  apply() {
    if (this.waiting) return
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0
      this.world.setAttribute("transform", `translate(${this.x.toFixed(2)} ${this.y.toFixed(2)}) scale(${this.zoom.toFixed(4)})`)
      this.changed?.()
    })
  }

  set(x, y, zoom) {
    const { width, height } = this.frame
    this.zoom = clamp(zoom, LEAST_ZOOM, MOST_ZOOM)
    const w = this.size.width * this.zoom, h = this.size.height * this.zoom
    // The drawing may be moved until only its edge, or a margin beyond the view, is left; it is never lost.
    const slackX = Math.max(width * 0.5, 60), slackY = Math.min(height * 0.4, 200)
    this.x = clamp(x, Math.min(width - w, 0) - slackX, Math.max(width - w, 0) + slackX)
    this.y = clamp(y, Math.min(height - h, 0) - slackY, Math.max(height - h, 0) + slackY)
    this.apply()
  }

  // A quarter of the view to a side.
  pan(across, down) {
    const { width, height } = this.frame
    this.glide(this.x + (across * width) / 4, this.y + (down * height) / 4, this.zoom)
  }

  glide(x, y, zoom) {
    cancelAnimationFrame(this.gliding)
    if (calm()) return this.set(x, y, zoom)
    const from = [this.x, this.y, this.zoom], start = performance.now()
    const step = (now) => {
      const t = clamp((now - start) / 220, 0, 1), ease = 1 - (1 - t) ** 3
      this.set(...[x, y, zoom].map((to, i) => from[i] + (to - from[i]) * ease))
      if (t < 1) this.gliding = requestAnimationFrame(step)
    }
    this.gliding = requestAnimationFrame(step)
  }

  // The first view: the whole width from the top, but never too small to read; then the main line is in the middle.
  home(smoothly = false) {
    const { width } = this.frame
    const zoom = clamp(width / this.size.width, READABLE, 1)
    const fits = this.size.width * zoom <= width
    const x = fits ? (width - this.size.width * zoom) / 2 : width / 2 - this.size.trunk * zoom
    smoothly ? this.glide(x, 0, zoom) : this.set(x, 0, zoom)
  }

  fit() {
    const { width, height } = this.frame
    const zoom = clamp(Math.min(width / this.size.width, height / this.size.height), LEAST_ZOOM, 1.25)
    this.glide((width - this.size.width * zoom) / 2, Math.max((height - this.size.height * zoom) / 2, 0), zoom)
  }

  zoomBy(factor, at) {
    const { width, height } = this.frame
    const [px, py] = at ?? [width / 2, height / 2]
    const zoom = clamp(this.zoom * factor, LEAST_ZOOM, MOST_ZOOM), ratio = zoom / this.zoom
    this.set(px - (px - this.x) * ratio, py - (py - this.y) * ratio, zoom)
  }

  // Bring a box into view with as little movement as possible; a drawing zoomed out too far to read comes nearer.
  show(box, centred = false) {
    const { width, height } = this.frame
    const zoom = centred ? Math.max(this.zoom, READABLE) : this.zoom
    const left = box.x * zoom + this.x, top = box.y * zoom + this.y, margin = 28
    const high = Math.min(box.h * zoom, height - 2 * margin), wide = Math.min(box.w * zoom, width - 2 * margin)
    const aside = left < margin || left + wide > width - margin
    const beyond = top < margin || top + high > height - margin
    if (!aside && !beyond && zoom === this.zoom) return
    // Where the whole width fits it stays whole in view; else the box goes to the middle.
    const slack = width - this.size.width * zoom
    const x = slack >= 0 ? clamp(this.x, 0, slack) : aside ? width / 2 - (box.x + box.w / 2) * zoom : this.x
    this.glide(x, beyond || centred ? (height - high) / 2 - box.y * zoom : this.y, zoom)
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  down(event) {
    if (event.pointerType === "mouse" && event.button > 1) return
    cancelAnimationFrame(this.gliding)
    this.pointers.set(event.pointerId, this.at(event))
    this.moved = this.pointers.size > 1
  }

  move(event) {
    const before = this.pointers.get(event.pointerId)
    if (!before) return
    const now = this.at(event)
    if (this.pointers.size === 1) {
      if (!this.moved && Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return
      if (!this.moved) {
        this.moved = true
        this.canvas.setPointerCapture(event.pointerId)
        this.canvas.classList.add("dragging")
      }
      this.set(this.x + now[0] - before[0], this.y + now[1] - before[1], this.zoom)
    } else {
      const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point)
      const middle = (point) => [(point[0] + other[0]) / 2, (point[1] + other[1]) / 2]
      const distance = (point) => Math.max(Math.hypot(point[0] - other[0], point[1] - other[1]), 1)
      const [from, to] = [middle(before), middle(now)]
      this.set(this.x + to[0] - from[0], this.y + to[1] - from[1], this.zoom)
      this.zoomBy(distance(now) / distance(before), to)
    }
    this.pointers.set(event.pointerId, now)
  }

  up(event) {
    this.pointers.delete(event.pointerId)
    this.canvas.classList.remove("dragging")
  }

  // Ctrl and wheel, which is also what a pinch on a touchpad sends, zooms. The wheel alone moves the drawing, and at its
  // end the page.
  wheel(event) {
    cancelAnimationFrame(this.gliding)
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      this.zoomBy(Math.exp(-clamp(event.deltaY * unit, -120, 120) * 0.0035), this.at(event))
      return
    }
    const dx = (event.shiftKey ? event.deltaY : event.deltaX) * unit, dy = event.shiftKey ? 0 : event.deltaY * unit
    const { height } = this.frame
    const bottom = Math.min(height - this.size.height * this.zoom, 0)
    const blocked = dy > 0 ? this.y <= bottom : this.y >= 0
    if (blocked && Math.abs(dy) >= Math.abs(dx)) return
    event.preventDefault()
    const y = dy > 0 ? Math.max(this.y - dy, bottom) : Math.min(this.y - dy, Math.max(0, this.y))
    this.set(this.x - dx, y, this.zoom)
  }
}

// At the right edge: where in a long drawing the view is. It can be dragged.
class Rail {
  constructor(camera) {
    this.camera = camera
    this.thumb = htmlElement("div", { class: "thumb" })
    this.element = htmlElement("div", { class: "rail", "aria-hidden": "true" }, this.thumb)
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId)
      this.element.classList.add("dragging")
      const thumb = this.thumb.getBoundingClientRect()
      const onThumb = event.clientY >= thumb.top && event.clientY <= thumb.bottom
      this.grip = onThumb ? event.clientY - thumb.top : thumb.height / 2
      this.drag(event)
    })
    this.element.addEventListener("pointermove", (event) => this.element.classList.contains("dragging") && this.drag(event))
    for (const end of ["pointerup", "pointercancel"]) this.element.addEventListener(end, () => this.element.classList.remove("dragging"))
  }

  update() {
    const { camera } = this, shown = camera.frame.height, whole = camera.size.height * camera.zoom
    this.element.hidden = whole <= shown
    const start = clamp(-camera.y / whole, 0, 1), share = clamp(shown / whole, 0, 1)
    this.thumb.style.top = `${start * (1 - Math.max(0, 0.02 - share)) * 100}%`
    this.thumb.style.height = `${Math.min(share, 1 - start) * 100}%`
  }

  drag(event) {
    const { camera } = this, box = this.element.getBoundingClientRect()
    const whole = camera.size.height * camera.zoom
    camera.set(camera.x, -clamp((event.clientY - this.grip - box.top) / box.height, 0, 1) * whole, camera.zoom)
  }
}
