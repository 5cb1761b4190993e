// Predicted memory of training by part, against what the device has: one bar, a legend below.

export default function ({ data: text, parentElement }) {
  if (!text) return
  const data = JSON.parse(text)
  parentElement.querySelector(".memory")?.remove()
  const box = element("div", data.over ? "memory over" : "memory")
  const head = element("div", "head")
  head.append(element("b", "", data.total), element("span", "", data.against))
  const bar = element("div", "bar")
  bar.setAttribute("role", "img")
  bar.setAttribute("aria-label", `${data.total} ${data.against}`)
  const legend = element("div", "legend")
  for (const [i, part] of data.parts.entries()) {
    const piece = element("i", `part p${i}`)
    piece.style.width = `${100 * part.share}%`
    piece.title = `${part.name}: ${part.text}, ${part.exact}`
    bar.append(piece)
    const line = element("span", "")
    line.title = part.exact
    line.append(element("i", `key p${i}`), element("span", "", part.name), element("b", "", part.text))
    legend.append(line)
  }
  if (data.limit < 1) {
    const limit = element("span", "limit")
    limit.style.left = `${100 * data.limit}%`
    limit.title = data.device
    bar.append(limit)
  }
  head.title = data.note
  box.append(head, bar, legend)
  parentElement.append(box)
}

function element(name, of, text) {
  const made = document.createElement(name)
  if (of) made.className = of
  if (text !== undefined) made.textContent = text
  return made
}
