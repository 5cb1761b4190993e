// Where the costs of a net are: a bar for each block or layer, from the input down. Clicking one selects it.

const ROW = 24
const LETTER = 6.3 // pixels of a letter, about

function costs(chart) {
  const { data, svg, width } = chart
  const longest = Math.max(...data.bars.map((bar) => bar.name.length))
  const words = Math.min(longest * LETTER + 20, width * 0.4)
  const room = 16 + LETTER * Math.max(...data.bars.map((bar) => bar.text.length + bar.share.length + 2))
  const most = Math.max(...data.bars.map((bar) => bar.value))
  let y = 30
  const rows = data.bars.map((bar) => {
    const row = drawn("g", { class: `place f-${bar.family}`, "data-id": bar.id }, svg)
    const long = Math.max(1, (bar.value / most) * (width - words - room))
    drawn("rect", { x: 0, y, width, height: ROW, rx: 4, class: "hit" }, row)
    drawn("text", { x: words - 8, y: y + 16, class: "label end" }, row, fitting(bar.name, words - 10, LETTER))
    drawn("rect", { x: words, y: y + 4, width: long, height: ROW - 8, rx: 2, class: "bar" }, row)
    const figures = drawn("text", { x: words + long + 6, y: y + 16, class: "label" }, row, bar.text)
    drawn("tspan", { dx: 7, class: "share" }, figures, bar.share)
    chart.tell(row, [bar.name, bar.exact, `${bar.share} of all`])
    y += ROW
    return row
  })
  selectable(chart, rows)
  if (data.note) drawn("text", { x: words, y: y + 16, class: "axis start" }, svg, data.note)
  return y + (data.note ? 24 : 6)
}

// One stop of the Tab key; arrow keys go on from there.
function selectable(chart, rows) {
  const { chosen, bars } = chart.data
  const first = bars.findIndex((bar) => bar.chosen)
  rows.forEach((row, i) => {
    const { id } = bars[i]
    const select = () => chart.send("select", id === chosen ? "" : id)
    row.setAttribute("role", "button")
    row.setAttribute("aria-pressed", bars[i].chosen)
    row.setAttribute("tabindex", i === Math.max(first, 0) ? 0 : -1)
    if (first >= 0 && !bars[i].chosen) row.classList.add("other")
    row.addEventListener("click", select)
    row.addEventListener("keydown", (event) => {
      const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: rows.length - 1 }[event.key]
      if (event.key === "Enter" || event.key === " ") select()
      else if (to === undefined) return
      else focusOn(rows, Math.min(Math.max(to, 0), rows.length - 1))
      event.preventDefault()
    })
  })
}

function focusOn(rows, at) {
  rows.forEach((row, i) => row.setAttribute("tabindex", i === at ? 0 : -1))
  rows[at].focus()
}

// Which function draws which kind of chart; each gives the height that it took.
const DRAW = { costs }
