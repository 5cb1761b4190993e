// A convolution directly and behind a 1×1: both ways drawn with their formulas, and their costs against the width of the
// 1×1. Everything follows the handle while it is dragged; the page is told when it is let go.

const labs = new WeakMap()

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  let lab = labs.get(parentElement)
  if (!lab) {
    parentElement.querySelector?.(".reduction")?.remove()
    lab = new ReductionLab(parentElement)
    labs.set(parentElement, lab)
  }
  lab.send = (width) => setTriggerValue("width", width)
  lab.update(text)
}

class ReductionLab {
  constructor(parent) {
    this.root = made("div", "reduction", parent)
    this.verdict = made("p", "verdict", this.root)
    this.verdict.setAttribute("aria-live", "polite")
    const cards = made("div", "ways", this.root)
    this.direct = this.card(cards)
    this.reduced = this.card(cards)
    const charts = made("div", "charts", this.root)
    const hooks = { onMove: (r) => this.show(r), onEnd: () => this.r !== this.data.width && this.send(this.r) }
    this.charts = ["parameters", "macs"].map((key) => new WidthChart(charts, key, hooks))
    this.legend = made("p", "legend", this.root)
  }

  card(parent) {
    const card = made("section", "way", parent)
    const title = made("h3", "", card)
    const picture = drawn("svg", { role: "img" }, card)
    return { title, picture, rows: made("div", "rows", card) }
  }

  update(text) {
    if (text === this.text) return
    this.text = text
    this.data = JSON.parse(text)
    this.show(this.data.width)
  }

  show(r) {
    const { data } = this
    this.r = r
    const most = Math.max(data.map[2], data.out[2], r)
    const large = { text: data.large, about: `${exact(data.out[2])} filters`, paint: "convolution" }
    const small = { text: "1×1", about: `${exact(r)} filters`, paint: "residual" }
    const between = [data.map[0], data.map[1], r]
    this.fill(this.direct, "Directly", [data.map, data.out], [large], [data.direct], r, most)
    this.fill(this.reduced, "With a 1×1 first", [data.map, between, data.out], [small, large], data.parts, r, most)
    this.say(r)
    for (const chart of this.charts) {
      const { key } = chart
      const line = data.lines[key]
      chart.update({
        ...line, reach: data.reach, large: data.large,
        parts: data.parts.map((part) => part[key]), direct: valueAt(data.direct[key], r),
      }, r)
    }
    this.legend.replaceChildren()
    for (const [paint, name] of [["residual", "the 1×1"], ["convolution", `the ${data.large} behind it`]]) {
      made("span", `key f-${paint}`, this.legend)
      this.legend.append(`${name} `)
    }
    made("span", "hint", this.legend, "Drag the handle, or use the arrow keys, to change the width.")
  }

  fill(card, title, maps, kernels, parts, r, most) {
    card.title.textContent = title
    card.picture.setAttribute("aria-label", `${title}: ${maps.map((map) => map.join("×")).join(" to ")}`)
    drawMaps(card.picture, maps, kernels, most)
    card.rows.replaceChildren()
    const keys = ["parameters", "macs"]
    const line = (kind, name, tag, texts) => {
      const row = made("div", `row ${kind}`, card.rows)
      made("span", "kernel-name", row, name)
      texts.forEach((text, i) => made(tag, keys[i], row, text))
    }
    line("units", "", "span", keys.map((key) => this.data.lines[key].unit))
    parts.forEach((part, i) => line(`f-${kernels[i].paint}`, kernels[i].text, "code", keys.map((key) => formulaAt(part[key], r))))
    line("total", "Σ", "strong", keys.map((key) => exact(parts.reduce((sum, part) => sum + valueAt(part[key], r), 0))))
  }

  say(r) {
    const { data } = this
    const shares = ["parameters", "macs"].map((key) => {
      const reduced = data.parts.reduce((sum, part) => sum + valueAt(part[key], r), 0)
      return reduced / valueAt(data.direct[key], r)
    })
    const saves = shares.every((share) => share < 1)
    const costs = shares.every((share) => share >= 1)
    const head = saves ? "The 1×1 saves" : costs ? "The 1×1 saves nothing" : "The 1×1 saves one and costs the other"
    const [parameters, macs] = shares.map(amount)
    const unit = data.lines.parameters.unit
    const what = parameters === macs ? `${parameters} the ${unit} and MACs` : `${parameters} the ${unit} and ${macs} the MACs`
    this.verdict.replaceChildren()
    made("strong", saves ? "down" : "up", this.verdict, `${head}: `)
    this.verdict.append(`${what}${saves ? " remain" : ""}. ${data.channels <= r ? data.enlarges : ""}`)
  }
}

function amount(share) {
  if (share === 1) return "100 % of"
  return share < 1 ? `${(100 * share).toPrecision(3)} % of` : `${Number(share.toPrecision(4))} times`
}
