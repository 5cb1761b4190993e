// Measured time beside MACs: a chart of ratios to the first candidate, a table, and what it says in words.

const ROW = 46, TOP = 8, BOTTOM = 44, RIGHT = 22
const MARKS = { macs: "M0-6 6 0 0 6-6 0Z", forward: "M-5-5H5V5H-5Z", both: "M0-5.5A5.5 5.5 0 1 1-.01-5.5Z" }
const drawings = new WeakMap()

export default function ({ data: text, parentElement }) {
  if (!text || drawings.get(parentElement)?.text === text) return
  drawings.get(parentElement)?.watching.disconnect()
  parentElement.querySelector?.(".timing")?.remove()
  const data = JSON.parse(text)
  const box = made("div", "timing", parentElement)
  made("p", "device", box, data.device)
  const chart = made("div", "chart", box)
  table(data, box)
  const words = made("ul", "words", box)
  for (const line of data.words) made("li", "", words, line)
  made("p", "rule", box, data.speeds)
  made("p", "rule", box, data.rule)
  const watching = new ResizeObserver(() => draw(data, chart))
  watching.observe(chart)
  drawings.set(parentElement, { text, watching })
}

// --- chart -----------------------------------------------------------------------------------------------------------

function draw(data, chart) {
  const width = chart.clientWidth
  if (!width || chart.dataset.width === String(width)) return
  chart.dataset.width = width
  const found = data.rows.flatMap((row) => data.series.flatMap(({ key }) => row[key].ratio)).filter((ratio) => ratio > 0)
  if (found.length < 2) return chart.replaceChildren()
  const left = width < 560 ? 12 : Math.min(250, width * 0.3)
  const head = width < 560 ? 16 : 0 // narrow: a title stands above its line
  const row = ROW + head
  const height = TOP + row * data.rows.length + BOTTOM
  const low = Math.min(0.8, Math.min(...found) / 1.15), high = Math.max(1.25, Math.max(...found) * 1.15)
  const at = (ratio) => left + ((width - left - RIGHT) * Math.log(ratio / low)) / Math.log(high / low)
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": "Time and MACs of each candidate" })
  const bottom = height - BOTTOM
  for (const ratio of ticks(low, high, (width - left) / 60)) {
    drawn("line", { x1: at(ratio), x2: at(ratio), y1: TOP, y2: bottom, class: ratio === 1 ? "one" : "grid" }, svg)
    drawn("text", { x: at(ratio), y: bottom + 15, class: "tick" }, svg, `${ratio} ×`)
  }
  const axis = `relative to ${shortened(data.reference, width < 560 ? 24 : 50)} = 1 ×, logarithmic`
  drawn("text", { x: (left + width - RIGHT) / 2, y: height - 8, class: "axis" }, svg, axis)
  data.rows.forEach((one, number) => line(one, data.series, svg, { left, at, head, width, top: TOP + number * row, row }))
  chart.replaceChildren(svg, legend(data.series))
}

function line(one, series, svg, { left, at, head, width, top, row }) {
  const y = top + head + (row - head) / 2
  drawn("line", { x1: 0, x2: width, y1: top + row, y2: top + row, class: "rule" }, svg)
  const title = drawn("text", { x: head ? 2 : left - 12, y: head ? top + 13 : y + 4, class: head ? "title above" : "title" }, svg,
    shortened(one.title, head ? 50 : left / 6.6))
  drawn("title", {}, title, `${one.title}\n${one.notation}`)
  series.forEach(({ key, name, paint }, place) => {
    const { ratio, exact, text } = one[key]
    if (!ratio.length) return
    const height = y + (place - 1) * 13
    const group = drawn("g", { class: `f-${paint}` }, svg)
    const middle = ratio[ratio.length >> 1]
    drawn("line", { x1: at(1), x2: at(middle), y1: height, y2: height, class: "reach" }, group)
    if (ratio.length === 3) {
      drawn("line", { x1: at(ratio[0]), x2: at(ratio[2]), y1: height, y2: height, class: "spread" }, group)
      for (const end of [ratio[0], ratio[2]]) drawn("line", { x1: at(end), x2: at(end), y1: height - 4, y2: height + 4, class: "spread" }, group)
    }
    drawn("path", { d: MARKS[key], transform: `translate(${at(middle)} ${height})`, class: "mark" }, group)
    const hit = drawn("rect", { x: at(middle) - 14, y: height - 6.5, width: 28, height: 13, class: "hit" }, group)
    drawn("title", {}, hit, `${one.title}\n${name}: ${text}\n${exact}`)
  })
}

function ticks(low, high, most) {
  for (const steps of [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const found = []
    for (let power = -4; power < 6; power++) {
      for (const step of steps) {
        const ratio = Number((step * 10 ** power).toPrecision(2))
        if (ratio >= low && ratio <= high) found.push(ratio)
      }
    }
    if (found.length <= most) return found
  }
  return [1]
}

function legend(series) {
  const box = made("div", "legend")
  for (const { key, name, paint } of series) {
    const item = made("span", `f-${paint}`, box)
    const svg = drawn("svg", { viewBox: "-7 -7 14 14", width: 14, height: 14 }, item)
    drawn("path", { d: MARKS[key], class: "mark" }, svg)
    item.append(name)
  }
  return box
}

// --- table -----------------------------------------------------------------------------------------------------------

function table({ rows, series }, box) {
  const scroll = made("div", "scroll", box)
  const whole = made("table", "", scroll)
  const heading = made("tr", "", made("thead", "", whole))
  for (const [text, title] of [
    ["Candidate", ""], ["MACs", "of one forward pass of the batch"], ["Forward", "median; quartiles below"], ["Forward and backward", "median; quartiles below"],
    ["MACs / s", "MACs over the median of the forward pass"], ["FLOPs / byte", "arithmetic intensity of the forward pass"],
  ]) {
    const cell = made("th", "", heading, text)
    cell.scope = "col"
    if (title) cell.title = title
  }
  const body = made("tbody", "", whole)
  for (const row of rows) {
    const line = made("tr", "", body)
    const name = made("th", "", line, row.title)
    name.scope = "row"
    name.title = row.notation
    if (row.note) made("small", "", name, row.note)
    made("td", "", line, row.macs.text).title = row.macs.exact
    for (const { key } of series.slice(1)) {
      const cell = made("td", "", line, row[key].text)
      cell.title = row[key].exact
      if (row[key].spread) made("small", "", cell, row[key].spread)
    }
    made("td", "", line, row.rate)
    made("td", "", line, row.intensity).title = row.moved
  }
}
