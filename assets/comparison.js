// Two nets block by block or layer by layer. Rows that are the same on both sides are folded away until they are asked for.

const tables = new WeakMap()

export default function ({ data: text, parentElement }) {
  if (!text || tables.get(parentElement)?.text === text) return
  tables.get(parentElement)?.box.remove()
  parentElement.querySelector?.(".comparison")?.remove()
  tables.set(parentElement, { text, box: build(JSON.parse(text), parentElement) })
}

function build({ left, right, columns, rows, total, said, rule }, parent) {
  const box = made("div", "comparison", parent)
  const bar = made("div", "bar", box)
  made("span", "said", bar, said)
  const table = made("div", "table", box)
  table.setAttribute("role", "table")
  const heading = line("heading", table)
  for (const [kind, text] of [["mark", ""], ["side", left], ["side", right], ...columns.map((name) => ["number", name])]) {
    made("span", kind, heading, text).setAttribute("role", "columnheader")
  }
  made("span", "aloud", heading.firstChild, "What became of it")
  for (const row of rows) body(row, table, columns)
  const sum = line("total", table)
  cell("mark", sum, "Σ")
  for (const side of [total.left, total.right]) {
    cell("side", sum, `${side.parameters} parameters · ${side.work}`).title = side.exact
  }
  numbers(total.difference, sum, columns)
  if (rows.some((row) => row.kind === "same")) fold(bar, box, rows)
  made("p", "rule", box, rule)
  return box
}

function fold(bar, box, rows) {
  const count = rows.filter((row) => row.kind === "same").length
  const button = made("button", "fold", bar)
  button.type = "button"
  const set = (open) => {
    box.classList.toggle("whole", open)
    button.setAttribute("aria-expanded", open)
    button.textContent = open ? "Only what differs" : `Show the ${count} that are the same too`
  }
  button.addEventListener("click", () => set(!box.classList.contains("whole")))
  set(false)
}

function line(kind, table) {
  const element = made("div", `line ${kind}`, table)
  element.setAttribute("role", "row")
  return element
}

function cell(kind, parent, text) {
  const element = made("span", kind, parent, text)
  element.setAttribute("role", "cell")
  return element
}

function body(row, table, columns) {
  const element = line(row.kind, table)
  cell("mark", element, row.mark).title = row.kind
  for (const [i, parts] of [row.left, row.right].entries()) {
    const side = cell("side", element)
    for (const part of parts) {
      const one = made("span", "part", side)
      made("code", "", one, part.text)
      made("span", "shape", one, `→ ${part.shape} · ${part.parameters} parameters · ${part.work}`).title = part.exact
    }
    if (!parts.length) made("span", "none", side, row.elsewhere[i] || "nothing here")
  }
  numbers(row.difference, element, columns)
  if (row.differences.length) {
    const list = cell("differences", element)
    for (const text of row.differences) made("span", "difference", list, text)
  }
}

function numbers(differences, parent, columns) {
  differences.forEach(({ text, tone, exact }, i) => {
    const element = cell(`number ${tone}`, parent, text)
    element.title = exact
    element.dataset.of = columns[i]
  })
}
