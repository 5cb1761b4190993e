// A small picture with a frame on it: the patch that the grid takes its numbers from. A click or a drag puts it elsewhere,
// and so do the arrow keys. What is dragged is a preview; it becomes the setting when it is let go.

const SETTLED = 350 // milliseconds without a key from which on the place is taken
const BRIGHTEST = 9
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

class Patch {
  constructor(parent, onSend) {
    this.onSend = onSend
    this.box = made("figure", "patch", parent)
    this.picture = made("div", "picture", this.box)
    this.canvas = made("canvas", "", this.picture)
    this.frame = made("div", "frame", this.picture)
    this.note = made("figcaption", "note", this.box)
    const { picture } = this
    picture.tabIndex = 0
    picture.setAttribute("role", "slider")
    picture.setAttribute("aria-label", "Place of the patch on the picture")
    picture.setAttribute("aria-valuemin", 0)
    picture.addEventListener("pointerdown", (event) => this.grab(event))
    picture.addEventListener("pointermove", (event) => this.drag(event))
    picture.addEventListener("pointerup", () => this.take())
    picture.addEventListener("pointercancel", () => this.restore())
    picture.addEventListener("keydown", (event) => this.key(event))
    picture.addEventListener("blur", () => this.timer && this.take())
  }

  // null hides it. What is being moved stays where the hand has put it.
  update(chooser) {
    this.box.hidden = !chooser
    if (!chooser) return this.restore()
    const planes = chooser.planes.join("")
    if (planes !== this.planes) this.paint(chooser)
    this.planes = planes
    this.chooser = chooser
    if (!this.grip && !this.timer) this.place = chooser.value
    this.move(this.place)
  }

  paint({ rows, columns, planes }) {
    Object.assign(this.canvas, { width: columns, height: rows })
    const context = this.canvas.getContext("2d")
    const image = context.createImageData(columns, rows)
    for (let i = 0; i < rows * columns; i++) {
      image.data.set([...planes.map((plane) => Math.round((plane[i] * 255) / BRIGHTEST)), 255], 4 * i)
    }
    context.putImageData(image, 0, 0)
  }

  // The frame goes as near to this place as the picture allows.
  move([row, column]) {
    const { rows, columns, sides } = this.chooser
    const within = (at, most) => Math.min(Math.max(Math.round(at), 0), most)
    this.place = [within(row, rows - sides[0]), within(column, columns - sides[1])]
    const share = (cells, side) => `${(100 * cells) / side}%`
    Object.assign(this.frame.style, {
      top: share(this.place[0], rows), height: share(sides[0], rows),
      left: share(this.place[1], columns), width: share(sides[1], columns),
    })
    const span = (first, count) => (count > 1 ? `s ${first + 1} to ${first + count}` : ` ${first + 1}`)
    const where = `row${span(this.place[0], sides[0])}, column${span(this.place[1], sides[1])}`
    this.note.textContent = `Patch: ${where} of ${rows}×${columns}. Drag it, or use the arrow keys.`
    this.picture.setAttribute("aria-valuemax", rows * columns - 1)
    this.picture.setAttribute("aria-valuenow", this.place[0] * columns + this.place[1])
    this.picture.setAttribute("aria-valuetext", where)
  }

  // The cell of the picture under the pointer, as a fraction.
  under(event) {
    const { left, top, width, height } = this.picture.getBoundingClientRect()
    const { rows, columns } = this.chooser
    return [((event.clientY - top) / height) * rows, ((event.clientX - left) / width) * columns]
  }

  grab(event) {
    if (event.button) return
    this.settle()
    this.picture.setPointerCapture(event.pointerId)
    const at = this.under(event)
    const { sides } = this.chooser
    const away = [0, 1].map((i) => at[i] - this.place[i])
    const inside = away.every((cells, i) => cells >= 0 && cells < sides[i])
    this.grip = inside ? away : sides.map((side) => side / 2)
    this.drag(event)
  }

  drag(event) {
    if (this.grip) this.move(this.under(event).map((cell, i) => cell - this.grip[i]))
  }

  key(event) {
    const way = ARROWS[event.key]
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation() // these arrows do not step
    const far = event.shiftKey ? this.chooser.sides : [1, 1]
    this.move(this.place.map((cell, i) => cell + way[i] * far[i]))
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.take(), SETTLED)
  }

  take() {
    this.settle()
    const { name, value } = this.chooser
    if (String(value) === String(this.place)) return
    this.chooser = { ...this.chooser, value: this.place }
    this.onSend({ set: name, value: this.place })
  }

  restore() {
    this.settle()
    if (this.chooser) this.move(this.chooser.value)
  }

  settle() {
    clearTimeout(this.timer)
    this.timer = 0
    this.grip = null
  }
}
