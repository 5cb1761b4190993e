// Samples of pictures, a line for each class: its name, how many there are, some of them cut from one sheet.

const FINE = 26 // pixels below which pictures are shown larger than they are

export default function ({ data: text, parentElement }) {
  if (!text) return
  const data = JSON.parse(text)
  parentElement.querySelector(".samples")?.remove()
  const box = element("div", "samples")
  if (data.first) box.classList.add("first")
  const scale = Math.max(1, Math.round(FINE / data.height))
  const style = {
    "--url": `url("${data.url}")`,
    "--w": `${data.width * scale}px`,
    "--h": `${data.height * scale}px`,
    "--all-w": `${data.width * data.columns * scale}px`,
    "--all-h": `${data.height * data.lines.length * scale}px`,
  }
  for (const [name, value] of Object.entries(style)) box.style.setProperty(name, value)
  if (scale > 1) box.classList.add("coarse")
  data.lines.forEach((line, row) => box.append(drawn(line, row, data, scale)))
  parentElement.append(box)
  if (data.left_out) {
    const more = element("p", "more", `and ${data.left_out.toLocaleString("en")} more classes`)
    box.append(more)
  }
}

function drawn(line, row, data, scale) {
  const box = element("div", "class")
  const head = element("div", "head")
  const title = element("span", "title", line.title)
  title.title = line.title
  head.append(title)
  if (line.text) {
    const bar = element("span", "bar")
    bar.style.setProperty("--share", line.share)
    bar.style.setProperty("--learnt", line.learnt)
    bar.title = line.said
    head.append(bar, element("span", "count", line.text))
  }
  const pictures = element("div", "pictures")
  pictures.setAttribute("role", "img")
  pictures.setAttribute("aria-label", `${line.count} pictures of ${line.title}`)
  for (let i = 0; i < line.count; i++) {
    const picture = element("span", "picture")
    picture.style.backgroundPosition = `${-i * data.width * scale}px ${-row * data.height * scale}px`
    pictures.append(picture)
  }
  box.append(head, pictures)
  return box
}

function element(name, of, text) {
  const made = document.createElement(name)
  made.className = of
  if (text !== undefined) made.textContent = text
  return made
}
