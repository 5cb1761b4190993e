// From one net's total to the other's: a bar for each place that differs, each beginning where the last one ended.

const ROW = 26
const ABOVE = 620 // narrower, a bar's words stand above it

function waterfall(chart) {
  const { data, svg, width } = chart
  const over = width < ABOVE
  const words = over ? 0 : Math.min(380, width * 0.42)
  const room = 96 // behind the longest bar for its number
  const row = over ? 42 : ROW
  const ends = running(data)
  const [low, high] = domain(ends)
  const across = (value) => words + ((value - low) / (high - low || 1)) * (width - words - room)
  const top = 34
  const bottom = top + row * (data.bars.length + 2)
  for (const mark of marks(low, high, data.unit, Math.max(2, (width - words - room) / 110))) {
    drawn("line", { x1: across(mark), x2: across(mark), y1: top, y2: bottom, class: "grid" }, svg)
    drawn("text", { x: across(mark), y: bottom + 15, class: "tick" }, svg, amount(mark, data.unit))
  }
  total(chart, data.left, top, { across, low, row, over, words })
  data.bars.forEach((bar, i) => step(chart, bar, top + row * (i + 1), { across, row, over, words, from: ends[i], to: ends[i + 1] }))
  total(chart, data.right, top + row * (data.bars.length + 1), { across, low, row, over, words })
  drawn("text", { x: (words + width - room) / 2, y: bottom + 34, class: "axis" }, svg,
    low ? `${data.axis}; the axis begins at ${amount(low, data.unit)}` : data.axis)
  return bottom + 42
}

// The total before each bar, and at the end.
function running(data) {
  const ends = [data.left.value]
  for (const { change } of data.bars) ends.push(ends.at(-1) + change)
  return ends
}

// Where the axis begins and ends: at zero, unless all that happens is far from it.
function domain(ends) {
  const least = Math.min(...ends), most = Math.max(...ends)
  if (least < 0.6 * most || most === least) return [0, most || 1]
  return [Math.max(0, least - 0.35 * (most - least)), most]
}

function total(chart, { letter, title, value, text, exact }, y, { across, low, row, over, words }) {
  const group = drawn("g", {}, chart.svg)
  const bar = over ? y + 18 : y + 4
  drawn("rect", { x: 0, y: over ? y + 2 : y + 5, width: 14, height: 14, rx: 3, class: `net ${letter}` }, group)
  drawn("text", { x: 7, y: over ? y + 13 : y + 16, class: "badge" }, group, letter)
  drawn("text", { x: 20, y: over ? y + 13 : y + 16, class: "label strong" }, group, fitting(title, (over ? chart.width : words) - 30))
  drawn("rect", { x: across(low), y: bar, width: Math.max(1, across(value) - across(low)), height: row - (over ? 22 : 8), rx: 2, class: `net ${letter}` }, group)
  drawn("text", { x: across(value) + 6, y: bar + 13, class: "number strong" }, group, text)
  chart.tell(group, [title, exact])
}

function step(chart, bar, y, { across, row, over, words, from, to }) {
  const group = drawn("g", { class: `step ${bar.change > 0 ? "more" : "less"}` }, chart.svg)
  const text = over ? y + 13 : y + 16
  const top = over ? y + 18 : y + 5
  drawn("rect", { x: 0, y, width: chart.width, height: row, class: "hit" }, group)
  drawn("text", { x: 7, y: text, class: "kind" }, group, bar.mark)
  drawn("text", { x: 20, y: text, class: "label" }, group, fitting(bar.label, (over ? chart.width : words) - 30))
  const [left, right] = [Math.min(from, to), Math.max(from, to)].map(across)
  drawn("line", { x1: across(from), x2: across(from), y1: y - 4, y2: top, class: "link" }, group)
  drawn("rect", { x: left, y: top, width: Math.max(1.5, right - left), height: row - (over ? 24 : 10), rx: 2, class: "bar" }, group)
  drawn("text", { x: right + 6, y: top + 12, class: "number" }, group, bar.text)
  chart.tell(group, [bar.kind, bar.left && `before: ${bar.left}`, bar.right && `after: ${bar.right}`, ...bar.differences, bar.exact])
}
