// The target kernel and its candidates: a line each with all figures, and the way to Build.

const tables = new WeakMap()
const COLUMNS = [
  ["what", ""],
  ["field", "Receptive field"],
  ["count", "Nonlinearities"],
  ["number", "Parameters"],
  ["number", "MACs"],
  ["number", "Activations"],
  ["open", ""],
]

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  const kept = tables.get(parentElement)
  if (kept?.text === text) {
    kept.hooks.open = (key) => setTriggerValue("open", key)
    return
  }
  parentElement.querySelector?.(".kernels")?.remove()
  const hooks = { open: (key) => setTriggerValue("open", key) }
  build(JSON.parse(text), parentElement, hooks)
  tables.set(parentElement, { text, hooks })
}

function build({ rows, map, rule }, parent, hooks) {
  const box = made("div", "kernels", parent)
  const table = made("div", "table", box)
  table.setAttribute("role", "table")
  const heading = line("heading", table)
  for (const [kind, label] of COLUMNS) made("span", kind, heading, label || (kind === "what" ? map : "")).setAttribute("role", "columnheader")
  made("span", "aloud", heading.lastChild, "Use")
  for (const row of rows) body(row, table, hooks)
  made("p", "rule", box, rule)
}

function line(kind, table) {
  const element = made("div", `line ${kind}`, table)
  element.setAttribute("role", "row")
  return element
}

function cell(kind, parent, label) {
  const element = made("span", kind, parent)
  element.setAttribute("role", "cell")
  if (label) element.dataset.of = label
  return element
}

function body(row, table, hooks) {
  const element = line(`f-${row.paint}`, table)
  element.dataset.key = row.key
  const what = cell("what", element)
  made("span", "swatch", what)
  const words = made("span", "words", what)
  made("span", "title", words, row.title)
  made("span", "note", words, row.note)
  if (row.cannot) {
    cell("cannot", element).textContent = `Cannot be: ${row.cannot}.`
    return
  }
  what.title = row.text
  const field = cell("field", element, "receptive field")
  made("b", "", field, row.field)
  const mark = made("span", row.same_field ? "good" : "bad", field, row.same_field ? "✓" : "✗")
  mark.title = row.same_field ? "as the target sees" : "not what the target sees"
  field.title = `one output value sees ${row.field} of the input; output ${row.output}`
  made("b", "", cell("count", element, "nonlinearities"), row.nonlinearities)
  number(row.parameters, element, "parameters")
  number(row.macs, element, "MACs")
  number(row.activations, element, "activations")
  const button = made("button", "", cell("open", element), "Open in Build")
  button.type = "button"
  button.setAttribute("aria-label", `Open ${row.title} in Build`)
  button.addEventListener("click", () => hooks.open(row.key))
}

function number({ text, exact, share, part, more }, parent, label) {
  const element = cell(`number${more ? " more" : ""}`, parent, label)
  element.title = `${exact}, ${share} of the target`
  made("b", "", element, text)
  made("span", "share", element, share)
  const bar = made("span", "bar", element)
  made("i", "", bar).style.width = `${100 * part}%`
}
