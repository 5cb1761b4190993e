// The figures of two to four nets side by side; the bar under each is its share of the largest.

const held = new WeakMap()

export default function ({ data: text, parentElement }) {
  if (!text || held.get(parentElement) === text) return
  parentElement.querySelector(".figures")?.remove()
  parentElement.append(comparison(JSON.parse(text)))
  held.set(parentElement, text)
}

function comparison({ nets, rows }) {
  const table = made("table", "figures")
  const heading = made("tr", "", made("thead", "", table))
  made("th", "", heading)
  for (const { letter, title } of nets) {
    const cell = made("th", "", heading)
    cell.scope = "col"
    made("span", `badge ${letter}`, cell, letter)
    made("span", "title", cell, title).title = title
  }
  const body = made("tbody", "", table)
  for (const { name, rule, cells } of rows) {
    const line = made("tr", "", body)
    const first = made("th", "name", line, name)
    first.scope = "row"
    first.title = rule
    cells.forEach(({ text, ratio, exact, share }, i) => {
      const cell = made("td", "", line)
      cell.title = exact
      made("span", "value", cell, text)
      if (i) made("span", `ratio ${ratio === "same" ? "same" : ""}`, cell, ratio)
      made("span", `bar ${nets[i].letter}`, made("span", "track", cell)).style.width = `${100 * share}%`
    })
  }
  return table
}
