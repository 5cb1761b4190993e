// The nets among those of the zoo: MACs across, and parameters or the published top-5 error up. Networks of
// the zoo that are of their size lie faintly behind.

const FAR = 1.5 // decades
const EDGE = { left: 66, right: 14, bottom: 44 }

function log(value) {
  return Math.log10(Math.max(value, 1))
}

function range(values, room) {
  const low = Math.min(...values), high = Math.max(...values)
  const around = Math.max(room * (high - low), 0.1)
  return [low - around, high + around]
}

function among(chart) {
  const { data, svg, width } = chart
  const error = data.up === "top5"
  const up = (row) => (error ? row.top5 : log(row.parameters))
  const nets = data.nets.filter((row) => !error || row.top5 !== null)
  const zoo = data.zoo.filter((row) => (!error || row.top5 !== null) && near(row, data.nets))
  let top = legend(chart, 40) + 6
  const height = Math.max(280, Math.min(430, width * 0.5))
  const bottom = top + height
  const all = [...nets, ...zoo]
  if (!all.length) return lined(svg, "Neither these nets nor any of their size in the zoo have a published error.", 0, top + 10, width, "axis start")
  const [x, y] = [range(all.map((row) => log(row.macs)), 0.04), range(all.map(up), 0.06)]
  const across = (row) => EDGE.left + ((log(row.macs) - x[0]) / (x[1] - x[0])) * (width - EDGE.left - EDGE.right)
  const upward = (value) => bottom - ((value - y[0]) / (y[1] - y[0])) * height
  grid(chart, x, y, { top, bottom, error, upward })
  if (error) front(chart, zoo.concat(nets), across, (row) => upward(row.top5))
  for (const row of zoo) dot(chart, row, across(row), upward(up(row)))
  const taken = []
  for (const row of nets) badge(chart, row, across(row), upward(up(row)), taken)
  const missing = data.nets.filter((row) => !nets.includes(row)).map((row) => row.letter)
  const note = missing.length ? `No published error: ${missing.join(", ")}. ` : ""
  return lined(svg, note + data.note, EDGE.left, bottom + 56, width - EDGE.left, "axis start")
}

// Whether a network of the zoo is of the size of the nets: what is far smaller or larger would push all else together.
function near(row, nets) {
  return ["macs", "parameters"].every((key) => {
    const sizes = nets.map((net) => log(net[key]))
    return log(row[key]) > Math.min(...sizes) - FAR && log(row[key]) < Math.max(...sizes) + FAR
  })
}

// The logarithms of round numbers in a range: powers of ten, and between them where these are few.
function powers([low, high]) {
  const found = []
  for (let power = Math.floor(low); power <= high; power++) {
    for (const times of high - low < 3 ? [1, 2, 5] : [1]) found.push(power + Math.log10(times))
  }
  return found.filter((at) => at >= low && at <= high)
}

function grid(chart, x, y, { top, bottom, error, upward }) {
  const { svg, width } = chart
  for (const power of powers(x)) {
    const at = EDGE.left + ((power - x[0]) / (x[1] - x[0])) * (width - EDGE.left - EDGE.right)
    drawn("line", { x1: at, x2: at, y1: top, y2: bottom, class: "grid" }, svg)
    drawn("text", { x: at, y: bottom + 15, class: "tick" }, svg, amount(10 ** power, "si"))
  }
  const levels = error ? marks(Math.max(0, y[0]), y[1], "si", 6) : powers(y)
  for (const level of levels) {
    drawn("line", { x1: EDGE.left, x2: width - EDGE.right, y1: upward(level), y2: upward(level), class: "grid" }, svg)
    drawn("text", { x: EDGE.left - 7, y: upward(level) + 4, class: "tick up" }, svg, error ? `${level} %` : amount(10 ** level, "si"))
  }
  drawn("text", { x: (EDGE.left + width) / 2, y: bottom + 33, class: "axis" }, svg, "MACs for one picture (logarithmic)")
  const middle = (top + bottom) / 2
  drawn("text", { x: 13, y: middle, class: "axis", transform: `rotate(-90 13 ${middle})` }, svg,
    error ? "top-5 error, published" : "parameters (logarithmic)")
}

// The networks that no other beats in both MACs and error, joined.
function front(chart, rows, across, upward) {
  const best = []
  for (const row of [...rows].sort((a, b) => a.macs - b.macs || a.top5 - b.top5)) {
    if (!best.length || row.top5 < best.at(-1).top5) best.push(row)
  }
  const path = best.map((row, i) => (i ? `H${across(row)}V${upward(row)}` : `M${across(row)} ${upward(row)}`)).join("")
  drawn("path", { d: path, class: "front" }, chart.svg)
}

function told(row) {
  return [row.title, `${exact(row.macs)} MACs`, `${exact(row.parameters)} parameters`,
    row.top5 === null ? "top-5 error not published" : `top-5 error ${row.top5} % (${row.source})`]
}

function dot(chart, row, x, y) {
  const r = row.top5 === null ? 4 : 1.9 * Math.sqrt(row.top5)
  const element = drawn("circle", { cx: x, cy: y, r, class: `ground ${row.top5 === null ? "hollow" : ""}` }, chart.svg)
  chart.tell(element, told(row))
  element.removeAttribute("tabindex") // the zoo has its own page and list
}

// A net's letter, moved aside where another one stands.
function badge(chart, row, x, y, taken) {
  let at = [x, y]
  while (taken.some((other) => Math.hypot(other[0] - at[0], other[1] - at[1]) < 18)) at = [at[0] + 19, at[1]]
  taken.push(at)
  const group = drawn("g", {}, chart.svg)
  if (at[0] !== x) drawn("line", { x1: x, y1: y, x2: at[0], y2: at[1], class: "link" }, group)
  drawn("circle", { cx: at[0], cy: at[1], r: 10, class: `net ${row.letter}` }, group)
  drawn("text", { x: at[0], y: at[1] + 4, class: "badge" }, group, row.letter)
  chart.tell(group, [`${row.letter} ${row.title}`, ...told(row).slice(1)])
}
