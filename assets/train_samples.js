// Samples of pictures, a line for each class: its name, how many there are, some of them cut from one sheet.

const FINE = 26 // pixels below which pictures are shown larger than they are

export default function ({ data: text, parentElement }) {
  if (!text) return
  const data = JSON.parse(text)
  parentElement.querySelector(".samples")?.remove()
  const box = made("div", "samples", parentElement)
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
  data.lines.forEach((line, row) => sample(box, line, row, data, scale))
  if (data.left_out) made("p", "more", box, `and ${data.left_out.toLocaleString("en-US")} more classes`)
}

function sample(parent, line, row, data, scale) {
  const box = made("div", "class", parent)
  const head = made("div", "head", box)
  made("span", "title", head, line.title).title = line.title
  if (line.text) {
    const bar = made("span", "bar", head)
    bar.style.setProperty("--share", line.share)
    bar.style.setProperty("--learnt", line.learnt)
    bar.title = line.said
    made("span", "count", head, line.text)
  }
  const pictures = made("div", "pictures", box)
  pictures.setAttribute("role", "img")
  pictures.setAttribute("aria-label", `${line.count} pictures of ${line.title}`)
  for (let i = 0; i < line.count; i++) {
    const picture = made("span", "picture", pictures)
    picture.style.backgroundPosition = `${-i * data.width * scale}px ${-row * data.height * scale}px`
  }
}
