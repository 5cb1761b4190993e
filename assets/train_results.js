// What a trained net gets right and wrong: in one line, as a confusion matrix, class by class, and its worst mistakes.

const shown = new WeakMap()

export default function ({ data: text, parentElement }) {
  if (!text || shown.get(parentElement)?.text === text) return
  shown.get(parentElement)?.chart.watching.disconnect()
  parentElement.querySelector?.(".training")?.remove()
  const data = JSON.parse(text)
  const box = made("div", "training results", parentElement)
  const line = made("p", "sum", box)
  made("b", "", line, show(data.accuracy, "share"))
  line.append(` of ${SHOW.count(data.pictures)} validation pictures right: ${SHOW.count(data.right)} right, ${SHOW.count(data.pictures - data.right)} wrong${isNumber(data.epoch) ? `, by the model of epoch ${SHOW.count(data.epoch)}` : ""}.`)
  const panes = made("div", "panes", box)
  const left = made("section", "", panes)
  const heading = made("div", "heading", left)
  made("h4", "", heading, "Confusion matrix")
  const chart = new Confusion(left, data)
  heading.append(choice(chart))
  const right = made("section", "", panes)
  classes(data, chart, right)
  mistakes(data, box)
  shown.set(parentElement, { text, chart })
}

function choice(chart) {
  const bar = made("div", "segments")
  const buttons = [["Counts", false], ["Shares of the true class, %", true]].map(([name, shares]) => {
    const button = made("button", "", bar, name)
    button.type = "button"
    button.setAttribute("aria-pressed", String(shares === chart.shares))
    button.addEventListener("click", () => {
      chart.shares = shares
      buttons.forEach((one) => one.setAttribute("aria-pressed", String(one === button)))
      chart.draw()
    })
    return button
  })
  return bar
}

// Each class: how many of it are recognised, and what it is taken for most often; the worst first.
function classes(data, chart, parent) {
  made("h4", "", parent, "Class by class, the worst first")
  const table = made("table", "classes", made("div", "scroll", parent))
  const heading = made("tr", "", made("thead", "", table))
  for (const name of ["Class", "Recognised", "Most often taken for"]) made("th", "", heading, name).scope = "col"
  const rows = data.classes.map((name, at) => {
    const row = data.confusion[at], whole = chart.rows[at]
    const other = row.reduce((best, count, i) => (i !== at && count > (best < 0 ? 0 : row[best]) ? i : best), -1)
    return { name, whole, share: whole ? row[at] / whole : null, other, count: other < 0 ? 0 : row[other] }
  })
  const body = made("tbody", "", table)
  for (const row of rows.sort((a, b) => (a.share ?? 2) - (b.share ?? 2))) {
    const line = made("tr", "", body)
    made("th", "", line, row.name).scope = "row"
    const cell = made("td", "", line)
    const bar = made("span", "bar", cell)
    made("i", "", bar).style.width = `${100 * (row.share ?? 0)}%`
    made("span", "", cell, show(row.share, "share"))
    made("td", "", line, row.other < 0 ? "–" : `${data.classes[row.other]} (${row.count})`)
  }
}

function mistakes(data, parent) {
  if (!data.mistakes.length) {
    if (data.right === data.pictures) made("p", "", parent, "No picture was taken for another class.")
    return
  }
  made("h4", "", parent, "Most confident mistakes")
  const grid = made("div", "mistakes", parent)
  for (const one of data.mistakes) {
    const card = made("figure", "", grid)
    const [truth, taken] = [data.classes[one.true], data.classes[one.predicted]]
    if (one.picture) {
      const image = made("img", "", card)
      image.src = `data:image/png;base64,${one.picture}`
      image.alt = `a picture of ${truth}, taken for ${taken}`
    } else made("div", "blank", card, "no picture")
    const words = made("figcaption", "", card)
    made("b", "", words, taken)
    made("span", "sure", words, `${show(one.confidence, "share")} sure`)
    made("span", "", words, `is ${truth}`)
  }
}
