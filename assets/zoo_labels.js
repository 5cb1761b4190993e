// Where the names of the chart's dots go: beside the dot, or, for the best known, some way off with a thin line to it.

const CHARACTER = 6 // the width of a letter, in pixels, rather too much than too little
const TALL = 12
const STEPS = 12 // directions to look for room in
const FARTHEST = 100

class ZooLabels {
  // `edges`: where names may stand; `dots`: [x, y, radius] of all dots.
  constructor(edges, dots) {
    this.edges = edges
    this.taken = dots.map(([x, y, r]) => [x - r, y - r, x + r, y + r])
    this.lines = []
  }

  // Room for a name: {x, y, anchor} of its text, and the `line` to its dot when it is not beside it; null for none.
  find(text, x, y, r, far) {
    const width = text.length * CHARACTER + 4
    const spot = this.near(x, y, r + 3, width).find((box) => this.free(box)) ?? (far ? this.distant(x, y, r, width) : null)
    if (!spot) return null
    const [left, top, right, bottom, anchor, line] = spot
    this.taken.push([left, top, right, bottom])
    if (line) this.lines.push(line)
    return { x: anchor === "end" ? right - 1 : anchor === "middle" ? (left + right) / 2 : left + 1, y: top + 10, anchor, line }
  }

  near(x, y, r, width) {
    return [
      [x + r, y - 6, "start"], [x - r - width, y - 6, "end"],
      [x - width / 2, y - r - TALL, "middle"], [x - width / 2, y + r, "middle"],
    ].map(([left, top, anchor]) => [left, top, left + width, top + TALL, anchor])
  }

  distant(x, y, r, width) {
    for (let away = r + 14; away <= FARTHEST; away += 8) {
      for (let step = 0; step < STEPS; step++) {
        const angle = ((step + 0.5) * 2 * Math.PI) / STEPS
        const [endX, endY] = [x + away * Math.cos(angle), y + away * Math.sin(angle)]
        const start = endX >= x
        const left = start ? endX + 1 : endX - 1 - width
        const line = [x + r * Math.cos(angle), y + r * Math.sin(angle), endX, endY]
        const box = [left, endY - 6, left + width, endY - 6 + TALL, start ? "start" : "end", line]
        if (this.free(box) && this.clear(line)) return box
      }
    }
    return null
  }

  // Inside the edges, over nothing that is there.
  free([left, top, right, bottom]) {
    const { edges } = this
    if (left <= edges.left || right >= edges.right || top <= edges.top || bottom >= edges.bottom) return false
    return !this.taken.some((box) => left < box[2] && right > box[0] && top < box[3] && bottom > box[1]) &&
      !this.lines.some((line) => crosses(line, [left, top, right, bottom]))
  }

  // A line runs over no name and along no other line; dots it may touch, as it lies beneath them.
  clear(line) {
    const names = this.taken.filter((box) => box[3] - box[1] === TALL && box[2] - box[0] > 2 * TALL)
    return !names.some((box) => crosses(line, box)) && !this.lines.some((other) => meet(line, other))
  }
}

// Whether a line runs through a box, tried at points along it.
function crosses([x1, y1, x2, y2], [left, top, right, bottom]) {
  for (let share = 0; share <= 1; share += 0.0625) {
    const [x, y] = [x1 + share * (x2 - x1), y1 + share * (y2 - y1)]
    if (x > left && x < right && y > top && y < bottom) return true
  }
  return false
}

function meet(a, b) {
  const side = (line, x, y) => (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0])
  return side(a, b[0], b[1]) * side(a, b[2], b[3]) < 0 && side(b, a[0], a[1]) * side(b, a[2], a[3]) < 0
}
