// Where each net's cost is: by the size of the maps, and layer by layer.

const THICK = 13
const TALL = 84 // of one net's layers

// A group of bars for each size of map, one for each net.
function stages(chart) {
  const { data, svg, width } = chart
  const words = 78, room = 116
  const most = Math.max(...data.stages.flatMap((stage) => stage.values), 1)
  const across = (value) => words + (value / most) * (width - words - room)
  let y = legend(chart, 40) + 6
  const top = y
  const grid = drawn("g", {}, svg)
  for (const stage of data.stages) {
    const height = stage.values.length * THICK
    drawn("text", { x: words - 8, y: y + height / 2 + 4, class: "tick up" }, svg, stage.name)
    stage.values.forEach((value, i) => {
      const group = drawn("g", { class: "place" }, svg)
      drawn("rect", { x: words, y, width: width - words, height: THICK, class: "hit" }, group)
      drawn("rect", { x: words, y: y + 1, width: value ? Math.max(1, across(value) - words) : 0, height: THICK - 2, class: `net ${LETTERS[i]}` }, group)
      const said = value ? `${stage.texts[i]} · ${stage.shares[i]}` : stage.layers[i] ? "0" : "no layer"
      drawn("text", { x: across(value) + 6, y: y + 10, class: "number small" }, group, said)
      chart.tell(group, [`${LETTERS[i]} ${data.nets[i].title}, ${stage.name}`, stage.exacts[i], `${stage.shares[i]} of the net`, `layers: ${stage.layers[i]}`])
      y += THICK
    })
    y += 9
  }
  for (const mark of marks(0, most, data.unit, Math.max(2, (width - words - room) / 110))) {
    drawn("line", { x1: across(mark), x2: across(mark), y1: top - 4, y2: y, class: "grid" }, grid)
    drawn("text", { x: across(mark), y: y + 14, class: "tick" }, svg, amount(mark, data.unit))
  }
  drawn("text", { x: (words + width - room) / 2, y: y + 33, class: "axis" }, svg, data.axis)
  return y + 40
}

// A row for each net: its layers from the input to the output, each as high as what it costs, all rows on one scale.
function layers(chart) {
  const { data, svg, width } = chart
  const left = 62, right = 6
  const most = Math.max(...data.rows.flatMap((row) => row.layers.map((layer) => layer[2])), 1)
  let y = 30
  data.rows.forEach((row, i) => {
    const { letter, title } = data.nets[i]
    drawn("rect", { x: 0, y: y - 3, width: 14, height: 14, rx: 3, class: `net ${letter}` }, svg)
    drawn("text", { x: 7, y: y + 8, class: "badge" }, svg, letter)
    drawn("text", { x: 19, y: y + 8, class: "label strong" }, svg, fitting(`${title} · ${row.said}`, width - 24))
    const base = y + 22 + TALL
    for (const mark of marks(0, most, data.unit, 2)) {
      const at = base - (mark / most) * TALL
      drawn("line", { x1: left, x2: width - right, y1: at, y2: at, class: "grid" }, svg)
      drawn("text", { x: left - 6, y: at + 4, class: "tick up" }, svg, amount(mark, data.unit))
    }
    const step = (width - left - right) / Math.max(row.count, 1)
    for (const [at, name, value, exact, about] of row.layers) {
      const group = drawn("g", { class: "place" }, svg)
      const x = left + at * step
      drawn("rect", { x, y: base - TALL, width: Math.max(step, 1), height: TALL, class: "hit" }, group)
      const height = Math.max(1, (value / most) * TALL)
      drawn("rect", { x: x + step * 0.1, y: base - height, width: Math.max(step * 0.8, 0.8), height, class: `net ${letter}` }, group)
      chart.tell(group, [name, exact, about])
    }
    y = base + 20
  })
  drawn("text", { x: (left + width) / 2, y: y + 2, class: "axis" }, svg, `layers from input to output, as many as there are; upwards: ${data.axis}`)
  return y + 10
}
