// What the charts that compare nets share: the nets' letters and colours, and the marks of an axis.
// What is drawn is in compare_waterfall.js, compare_bars.js and compare_zoo.js.

const LETTERS = "ABCD"
const PREFIXES = {
  si: [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]],
  bytes: [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]],
}

// A number of an axis: 30 M, 1.5 GiB.
function amount(value, unit) {
  for (const [factor, prefix] of PREFIXES[unit]) {
    if (Math.abs(value) >= factor) return `${Number((value / factor).toPrecision(4))} ${prefix}`
  }
  return `${Number(value.toPrecision(4))}${unit === "bytes" && value ? " B" : ""}`
}

// Round marks between two values, about so many and at least two; of bytes in powers of two.
function marks(low, high, unit, wanted) {
  const rough = (high - low) / Math.max(wanted, 1)
  if (!(rough > 0)) return [low]
  const [factor] = (unit === "bytes" && PREFIXES.bytes.find(([size]) => high >= size)) || [1]
  const power = factor * 10 ** Math.floor(Math.log10(rough / factor))
  const steps = [0.5, 1, 2, 5, 10].map((times) => times * power)
  for (let at = steps.findIndex((step) => step >= rough); ; at--) {
    const found = []
    for (let i = Math.ceil(low / steps[at] - 1e-9); i * steps[at] <= high * (1 + 1e-9); i++) found.push(i * steps[at])
    if (found.length > 1 || !at) return found
  }
}

// A text in as many lines as it needs.
function lined(parent, text, x, y, width, kind) {
  const letters = Math.max(12, Math.floor(width / 6.1))
  const lines = [""]
  for (const word of text.split(" ")) {
    if (lines.at(-1).length + word.length < letters) lines.push(`${lines.pop()}${word} `)
    else lines.push(`${word} `)
  }
  lines.forEach((line, i) => drawn("text", { x, y: y + 15 * i, class: kind }, parent, line.trim()))
  return y + 15 * lines.length
}

// The names of the nets with their colours, in one line or more; gives where the next thing may begin.
function legend({ data, svg, width: whole }, y) {
  let x = 0
  for (const { letter, title } of data.nets) {
    const text = fitting(title, whole - 30)
    const width = 26 + text.length * 6.4
    if (x && x + width > whole) {
      x = 0
      y += 20
    }
    drawn("rect", { x, y: y - 9, width: 14, height: 14, rx: 3, class: `net ${letter}` }, svg)
    drawn("text", { x: x + 7, y: y + 2, class: "badge" }, svg, letter)
    drawn("text", { x: x + 19, y: y + 2, class: "label" }, svg, text)
    x += width + 8
  }
  return y + 12
}
