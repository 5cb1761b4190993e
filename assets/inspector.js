// The inspector: names, values and formulas, all set as text. Clicking an operation of a block selects it.

export default function ({ data: text, parentElement, setTriggerValue }) {
  const data = text && JSON.parse(text)
  let panel = parentElement.querySelector(".panel")
  if (!panel) {
    panel = document.createElement("div")
    panel.className = "panel"
    parentElement.append(panel)
  }
  if (!data) return
  if (panel.shown === text) return
  panel.shown = text
  const parts = [
    make("div", "eyebrow", data.kind),
    make("h2", `f-${data.family}`, data.title),
    make("p", "subtitle", data.subtitle),
    table(data.lines),
  ]
  if (data.weights.length) parts.push(make("div", "eyebrow", "Weights"), table(data.weights))
  if (data.formulas.length) parts.push(make("div", "eyebrow", "Where the numbers come from"), ...data.formulas.map(formula))
  if (data.parts.length) parts.push(make("div", "eyebrow", "Where they come from"), operations(data, setTriggerValue))
  panel.replaceChildren(...parts)
}

function make(tag, className, text, ...children) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text) element.textContent = text
  element.append(...children)
  return element
}

function table(lines) {
  const list = make("dl")
  for (const line of lines) {
    const row = make("div", "", "", make("dt", "", line.label), make("dd", "", line.value))
    if (line.exact) {
      row.title = line.exact
      row.lastChild.append(make("span", "aloud", ` (exactly ${line.exact})`))
    }
    list.append(row)
  }
  return list
}

function formula({ symbols, numbers, value, remark }) {
  const sum = make("p", "numbers", numbers ? `${numbers} = ` : "", make("b", "", value))
  const box = make("div", "box", "", make("p", "symbols", symbols), sum)
  if (remark) box.append(make("p", "remark", remark))
  return box
}

function operations({ parts, work }, setTriggerValue) {
  const head = make("div", "part head", "", make("span", "", "operation"), make("span", "", "par."), make("span", "", work))
  const list = make("div", "parts", "", head)
  for (const part of parts) {
    const row = make("button", "part", "", make("span", "", part.title), make("span", "", part.parameters), make("span", "", part.work))
    row.type = "button"
    row.title = part.id
    row.setAttribute("aria-label", `${part.title}, ${part.parameters} parameters, ${part.work} ${work}`)
    row.addEventListener("click", () => setTriggerValue("select", part.id))
    list.append(row)
  }
  return list
}
