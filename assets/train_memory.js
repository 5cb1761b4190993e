// Predicted memory of training by part, against what the device has: one bar, a legend below.

export default function ({ data: text, parentElement }) {
  if (!text) return
  const data = JSON.parse(text)
  parentElement.querySelector(".memory")?.remove()
  const box = made("div", data.over ? "memory over" : "memory", parentElement)
  const head = made("div", "head", box)
  head.title = data.note
  made("b", "", head, data.total)
  made("span", "", head, data.against)
  const bar = made("div", "bar", box)
  bar.setAttribute("role", "img")
  bar.setAttribute("aria-label", `${data.total} ${data.against}`)
  const legend = made("div", "legend", box)
  for (const [i, part] of data.parts.entries()) {
    const piece = made("i", `part p${i}`, bar)
    piece.style.width = `${100 * part.share}%`
    piece.title = `${part.name}: ${part.text}, ${part.exact}`
    const line = made("span", "", legend)
    line.title = part.exact
    made("i", `key p${i}`, line)
    made("span", "", line, part.name)
    made("b", "", line, part.text)
  }
  if (data.limit < 1) {
    const limit = made("span", "limit", bar)
    limit.style.left = `${100 * data.limit}%`
    limit.title = data.device
  }
}
