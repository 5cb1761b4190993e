// The receptive field on a picture: the frame of one output position, and over it, where it was measured, the gradient.
// Pointing at the picture shows the field of the position there. data.rows and data.columns hold each position's pixels.

const drawings = new WeakMap()
const MARGIN = 0.6 // of the picture's side: what is drawn of the padding around it
const FINEST = 256 // pixels of the sample picture along a side
const HEAT = [[13, 8, 60], [106, 0, 168], [204, 71, 120], [248, 149, 64], [252, 253, 150]] // dark to light, told apart by all

export default function ({ data: text, parentElement }) {
  if (!text) return
  let state = drawings.get(parentElement)
  if (!state) drawings.set(parentElement, (state = begun(parentElement)))
  if (state.text === text) return
  state.text = text
  state.data = JSON.parse(text)
  state.pointed = null
  const { picture, heat } = state.data
  state.picture = painted(picture)
  state.heat = heat && heated(heat)
  state.legend.hidden = !heat
  draw(state)
}

function begun(parent) {
  parent.querySelector?.(".field")?.remove()
  const box = made("div", "field", parent)
  const canvas = made("canvas", "", box)
  canvas.setAttribute("role", "img")
  const below = made("div", "below", box)
  const said = made("p", "said", below)
  said.setAttribute("aria-live", "polite")
  const legend = made("p", "legend", below)
  made("span", "", legend, "gradient: none")
  made("span", "ramp", legend).style.background = `linear-gradient(90deg, ${HEAT.map((c) => `rgb(${c})`).join(",")})`
  made("span", "", legend, "largest (square-root scale)")
  legend.hidden = true
  const state = { box, canvas, said, legend, text: "" }
  canvas.addEventListener("pointermove", (event) => point(state, event))
  canvas.addEventListener("pointerdown", (event) => point(state, event))
  canvas.addEventListener("pointerleave", () => point(state, null))
  new ResizeObserver(() => state.data && draw(state)).observe(box)
  return state
}

// --- the sample picture, by formula ------------------------------------------------------------------------------------

function canvasOf(width, height, colour) {
  const canvas = document.createElement("canvas")
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext("2d")
  const image = context.createImageData(width, height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) image.data.set(colour(x, y), 4 * (y * width + x))
  }
  context.putImageData(image, 0, 0)
  return canvas
}

function painted([height, width]) {
  const shrink = Math.max(1, Math.max(width, height) / FINEST)
  const [columns, rows] = [Math.max(1, Math.round(width / shrink)), Math.max(1, Math.round(height / shrink))]
  return canvasOf(columns, rows, (x, y) => [...scene((x + 0.5) / columns, (y + 0.5) / rows), 255])
}

// A house on a hill under the sun; (u, v) from the top left, both 0 to 1.
function scene(u, v) {
  const far = 0.55 + 0.09 * Math.sin(7 * u + 0.6) + 0.03 * Math.sin(19 * u)
  const near = 0.74 + 0.07 * Math.sin(4.2 * u + 2.2)
  const [x, y] = [u - 0.5, v - 0.52]
  if (Math.abs(x) < 0.12 && y > 0 && y < 0.24) {
    if (Math.abs(x) < 0.03 && y > 0.12) return [96, 62, 40]
    if (Math.abs(Math.abs(x) - 0.07) < 0.025 && Math.abs(y - 0.08) < 0.03) return [255, 226, 138]
    return [226, 205, 178]
  }
  if (y <= 0 && y > -0.13 && Math.abs(x) < 0.16 * (1 + y / 0.13)) return [178, 74, 60]
  if (Math.hypot(u - 0.82, v - 0.56) < 0.09 + 0.008 * Math.sin(9 * Math.atan2(v - 0.56, u - 0.82))) return [58, 122, 70]
  if (Math.abs(u - 0.82) < 0.014 && v > 0.6 && v < 0.8) return [104, 74, 48]
  if (v > near) return [104 + 40 * (1 - v), 158 + 30 * Math.sin(60 * u) * (v - near), 78]
  if (v > far) return [124, 156, 168]
  if (Math.hypot(u - 0.2, v - 0.2) < 0.085) return [255, 214, 102]
  return [126 + 100 * v, 178 + 60 * v, 232]
}

function heated({ rows }) {
  return canvasOf(rows[0].length, rows.length, (x, y) => {
    const value = Math.sqrt(rows[y][x])
    return [...ramp(value), rows[y][x] > 0 ? 60 + 195 * Math.min(1, value * 1.6) : 0]
  })
}

function ramp(value) {
  const place = Math.min(value, 0.9999) * (HEAT.length - 1)
  const [low, high] = [HEAT[Math.floor(place)], HEAT[Math.floor(place) + 1]]
  return low.map((number, i) => Math.round(number + (high[i] - number) * (place % 1)))
}

// --- drawing -----------------------------------------------------------------------------------------------------------

// From the picture's pixels to the canvas'; the margins show as much of the padding as the field needs, and not too much.
function view({ picture: [height, width], rows, columns, position }, boxWidth) {
  const need = (pairs, at, side) => [
    Math.min(Math.max(0, -pairs[at][0]), MARGIN * side), Math.min(Math.max(0, pairs[at][1] - side + 1), MARGIN * side),
  ]
  const [top, bottom] = need(rows, position[0], height)
  const [left, right] = need(columns, position[1], width)
  const edge = 0.02 * Math.max(width, height)
  const whole = [left + width + right + 2 * edge, top + height + bottom + 2 * edge]
  const scale = Math.min(Math.min(boxWidth, 620) / whole[0], 460 / whole[1])
  return { scale, left: left + edge, top: top + edge, width: whole[0] * scale, height: whole[1] * scale }
}

function draw(state) {
  const { data, canvas, box } = state
  const width = box.clientWidth
  if (!width) return
  const seen = (state.view = view(data, width))
  const ratio = window.devicePixelRatio || 1
  canvas.width = Math.round(seen.width * ratio)
  canvas.height = Math.round(seen.height * ratio)
  canvas.style.width = `${seen.width}px`
  canvas.style.height = `${seen.height}px`
  const context = canvas.getContext("2d")
  const style = getComputedStyle(box)
  context.scale(ratio, ratio)
  padding(context, seen, style.getPropertyValue("--st-border-color"))
  context.translate(seen.left * seen.scale, seen.top * seen.scale)
  const [high, wide] = data.picture.map((side) => side * seen.scale)
  context.imageSmoothingEnabled = false
  context.filter = state.heat ? "grayscale(1) brightness(0.75)" : "none"
  context.drawImage(state.picture, 0, 0, wide, high)
  context.filter = "none"
  if (state.heat) heat(context, state, seen.scale)
  const at = state.pointed ?? data.position
  if (state.pointed) frame(context, data, data.position, seen.scale, true)
  frame(context, data, at, seen.scale, false)
  tell(state, at)
}

function padding(context, { width, height }, colour) {
  context.strokeStyle = colour
  context.lineWidth = 1
  context.beginPath()
  for (let x = -height; x < width; x += 8) {
    context.moveTo(x, height)
    context.lineTo(x + height, 0)
  }
  context.stroke()
}

function heat(context, { data, heat }, scale) {
  const { rectangle: [top, left, height, width], cell: [down, across] } = data.heat
  context.save()
  context.beginPath()
  context.rect(left * scale, top * scale, width * scale, height * scale)
  context.clip()
  context.drawImage(heat, left * scale, top * scale, heat.width * across * scale, heat.height * down * scale)
  context.restore()
}

// A frame of two lines, light in dark, so that it is seen on any ground.
function frame(context, { rows, columns }, [row, column], scale, faint) {
  const [[top, bottom], [left, right]] = [rows[row], columns[column]]
  const rectangle = [left * scale, top * scale, (right - left + 1) * scale, (bottom - top + 1) * scale]
  context.setLineDash(faint ? [4, 4] : [])
  context.strokeStyle = "#10151d"
  context.lineWidth = faint ? 2 : 4.5
  context.strokeRect(...rectangle)
  context.strokeStyle = faint ? "#dfe5ee" : "#ffd24a"
  context.lineWidth = faint ? 1 : 2
  context.strokeRect(...rectangle)
  context.setLineDash([])
}

function tell(state, at) {
  const { rows, columns, picture, node } = state.data
  const [[top, bottom], [left, right]] = [rows[at[0]], columns[at[1]]]
  const text = `${node}: position (${at[0] + 1}, ${at[1] + 1}) of ${rows.length} × ${columns.length} sees rows ${top + 1} to ${bottom + 1} and columns ${left + 1} to ${right + 1}`
  const outside = top < 0 || left < 0 || bottom >= picture[0] || right >= picture[1]
  state.said.textContent = `${text}${outside ? "; below 1 and above the picture's side is padding." : "."}`
  state.canvas.setAttribute("aria-label", `Receptive field on a sample picture. ${state.said.textContent}`)
}

// --- pointing ----------------------------------------------------------------------------------------------------------

function point(state, event) {
  if (!state.data || !state.view) return
  let pointed = null
  if (event) {
    const { left, top } = state.canvas.getBoundingClientRect()
    const x = (event.clientX - left) / state.view.scale - state.view.left
    const y = (event.clientY - top) / state.view.scale - state.view.top
    pointed = [nearest(state.data.rows, y), nearest(state.data.columns, x)]
  }
  if (String(pointed) === String(state.pointed)) return
  state.pointed = pointed
  draw(state)
}

// The position whose field's middle is nearest.
function nearest(pairs, pixel) {
  let best = 0
  pairs.forEach(([first, last], i) => {
    if (Math.abs((first + last + 1) / 2 - pixel) < Math.abs((pairs[best][0] + pairs[best][1] + 1) / 2 - pixel)) best = i
  })
  return best
}
