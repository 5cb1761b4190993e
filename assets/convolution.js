// Steps through a scene that the server has worked out: the window, what it gives, where that goes.

const stages = new WeakMap()
const COPIED = 2500 // milliseconds that it is said
const SPEEDS = [["1200", "slow"], ["600", "normal"], ["250", "fast"], ["80", "very fast"]]

const ICONS = {
  first: "M3 2h2v12H3zM14 2v12L6 8z",
  back: "M12 2v12L4 8z",
  play: "M4 2v12l9-6z",
  pause: "M4 2h3v12H4zM9 2h3v12H9z",
  forward: "M4 2v12l8-6z",
  last: "M11 2h2v12h-2zM2 2v12l8-6z",
  link: "M7 4H4.5a3.5 3.5 0 0 0 0 8H7v-1.6H4.5a1.9 1.9 0 0 1 0-4.8H7zM9 4h2.5a3.5 3.5 0 0 1 0 8H9v-1.6h2.5a1.9 1.9 0 0 0 0-4.8H9zM5 7.2h6v1.6H5z",
}

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  let stage = stages.get(parentElement)
  if (!stage) {
    parentElement.querySelector?.(".stage")?.remove()
    stage = new Stage(parentElement)
    stages.set(parentElement, stage)
  }
  stage.send = (change) => setTriggerValue("change", change)
  if (stage.text === text) return stage.listen()
  stage.text = text
  stage.show(JSON.parse(text).scene)
  return stage.listen()
}

class Stage {
  constructor(parent) {
    this.index = 0
    this.keyed = (event) => this.key(event)
    this.box = made("div", "stage", parent)
    const head = made("div", "head", this.box)
    this.patch = new Patch(head, (change) => this.send(change))
    this.tools = made("div", "tools", head)
    const card = (this.card = made("div", "card", this.box))
    this.player = made("div", "player", card)
    this.said = made("div", "said", card)
    this.rows = made("div", "rows", this.box)
    this.said.setAttribute("aria-live", "polite")
    this.facts = made("dl", "facts", this.box)
    this.charts = made("div", "charts", this.box)
    this.panels = new Map()
    this.controls = new Map()
    this.drawnCharts = []
    this.buildPlayer()
  }

  // Keys reach the page from anywhere; what is returned ends that.
  listen() {
    document.removeEventListener("keydown", this.keyed)
    document.addEventListener("keydown", this.keyed)
    return () => {
      document.removeEventListener("keydown", this.keyed)
      this.stop()
    }
  }

  buildPlayer() {
    const button = (name, icon, act) => {
      const element = made("button", "", this.player)
      element.append(drawnIcon(icon))
      element.type = "button"
      element.setAttribute("aria-label", name)
      element.title = name
      element.addEventListener("click", act)
      return element
    }
    button("First step", "first", () => this.go(0))
    button("Step back", "back", () => this.go(this.index - 1))
    this.playing = button("Play", "play", () => this.toggle())
    this.playing.classList.add("play")
    button("Step forward", "forward", () => this.go(this.index + 1))
    button("Last step", "last", () => this.go(Infinity))
    this.slider = made("input", "slider", this.player)
    Object.assign(this.slider, { type: "range", min: 0, step: 1 })
    this.slider.setAttribute("aria-label", "Step")
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)))
    this.speed = made("select", "", this.player)
    this.speed.setAttribute("aria-label", "Speed")
    for (const [value, label] of SPEEDS) made("option", "", this.speed, label).value = value
    this.speed.value = "600"
    this.speed.addEventListener("change", () => this.timer && this.play())
    button("Copy a link to this step", "link", () => this.share())
    this.where = made("span", "where", this.player)
    this.told = made("span", "told", this.player)
    this.told.setAttribute("role", "status")
    made("span", "keys", this.player, "← → step, space plays")
  }

  show(scene) {
    const other = this.scene?.topic !== scene.topic
    this.scene = scene
    if (other) {
      this.stop()
      this.index = 0
      this.start = 1
      this.speed.value = scene.steps.length > 40 ? "250" : "600"
    }
    this.card.hidden = !scene.steps.length
    this.slider.max = Math.max(scene.steps.length - 1, 0)
    this.patch.update(scene.chooser)
    this.arrange(scene.rows)
    this.state(scene.facts)
    this.draw(scene.charts)
    if (scene.start !== this.start) this.pick(scene.start - 1)
    else this.go(this.index)
    this.start = scene.start
  }

  // Panels that stay are updated in place, so that the cell being typed into keeps its focus.
  arrange(rows) {
    const layout = rows.map((row) => row.map((panel) => panel.sign + panel.id).join()).join(";")
    if (layout !== this.layout) {
      this.rows.replaceChildren()
      this.tools.replaceChildren()
      this.panels.clear()
      this.controls.clear()
    }
    this.layout = layout
    const most = (numbers) => Math.max(1, ...numbers)
    this.box.style.setProperty("--across", most(rows.map((row) => row.reduce((sum, panel) => sum + panel.columns, 0))))
    this.box.style.setProperty("--widest", most(rows.flat().map((panel) => panel.columns)))
    this.box.style.setProperty("--down", rows.reduce((sum, row) => sum + most(row.map((panel) => panel.rows)), 0))
    rows.forEach((row, i) => {
      const line = this.rows.children[i] ?? made("div", "row", this.rows)
      for (const panel of row) {
        if (panel.controls.length) this.control(panel)
        const known = this.panels.get(panel.id)
        if (known) known.update(panel)
        else {
          if (panel.sign) made("span", "sign", line, panel.sign)
          const hooks = { onSend: (change) => this.send(change), onPick: (step) => this.pick(step) }
          this.panels.set(panel.id, new Cells(line, panel, hooks))
        }
      }
    })
  }

  control(panel) {
    if (!this.controls.has(panel.id)) this.controls.set(panel.id, new Controls(this.tools, (change) => this.send(change)))
    this.controls.get(panel.id).update(panel.title.split(/,| \(/)[0], panel.controls)
  }

  state(facts) {
    this.facts.replaceChildren()
    this.facts.hidden = !facts.length
    for (const [label, text] of facts) {
      const one = made("div", "", this.facts)
      made("dt", "", one, label)
      made("dd", "", one, text)
    }
  }

  draw(charts) {
    while (this.drawnCharts.length > charts.length) this.drawnCharts.pop().box.remove()
    charts.forEach((chart, i) => {
      this.drawnCharts[i] ??= new Lines(this.charts, (step) => this.pick(step))
      const offset = this.scene.steps.length ? chart.lines[0].values.length - this.scene.steps.length : 0
      this.drawnCharts[i].at = this.scene.steps.length ? this.index + offset : chart.here
      this.drawnCharts[i].show(chart, offset)
    })
  }

  pick(step) {
    this.stop()
    this.go(step)
  }

  go(index) {
    const { steps } = this.scene
    this.index = Math.min(Math.max(index, 0), Math.max(steps.length - 1, 0))
    const step = steps[this.index]
    for (const panel of this.panels.values()) panel.mark(step, this.index)
    if (!step) return this.said.replaceChildren()
    this.slider.value = this.index
    const name = this.scene.step
    this.where.textContent = `${name[0].toUpperCase()}${name.slice(1)} ${this.index + 1} of ${steps.length}${step.at ? `: ${step.at}` : ""}`
    this.said.replaceChildren()
    for (const text of step.lines) made("p", "", this.said, text)
    for (const chart of this.drawnCharts) chart.mark(this.index + chart.offset)
  }

  // The address gets the step too, as a step of the browser's history, and only now.
  async share() {
    this.stop()
    const url = new URL(window.location.href)
    this.start = this.index + 1
    if (this.start > 1) url.searchParams.set("step", this.start)
    else url.searchParams.delete("step")
    this.send({ set: "step", value: this.start })
    clearTimeout(this.telling)
    try {
      await navigator.clipboard.writeText(url.href)
      this.told.textContent = "Copied"
    } catch {
      this.told.textContent = "The link is in the address bar"
    }
    this.telling = setTimeout(() => (this.told.textContent = ""), COPIED)
  }

  toggle() {
    if (this.timer) return this.stop()
    if (this.index >= this.scene.steps.length - 1) this.go(0)
    this.play()
  }

  play() {
    this.stop()
    this.playing.replaceChildren(drawnIcon("pause"))
    this.playing.setAttribute("aria-label", "Pause")
    this.timer = setInterval(() => {
      this.go(this.index + 1)
      if (this.index >= this.scene.steps.length - 1) this.stop()
    }, Number(this.speed.value))
  }

  stop() {
    clearInterval(this.timer)
    this.timer = 0
    this.playing.replaceChildren(drawnIcon("play"))
    this.playing.setAttribute("aria-label", "Play")
  }

  // Arrows step unless they are another control's: only when nothing, or something of ours, has the focus.
  key(event) {
    if (!this.scene?.steps.length || event.ctrlKey || event.metaKey || event.altKey) return
    const within = event.composedPath()
    const target = within[0]
    const ours = within.includes(this.box)
    if (!ours && target !== document.body) return
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName ?? "") && target !== this.slider) return
    const to = { ArrowRight: this.index + 1, ArrowLeft: this.index - 1, Home: 0, End: Infinity }[event.key]
    if (to !== undefined) this.pick(to)
    else if (event.key === " " && target.tagName !== "BUTTON") this.toggle()
    else return
    event.preventDefault()
  }
}

function drawnIcon(name) {
  const svg = drawn("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" })
  drawn("path", { d: ICONS[name] }, svg)
  return svg
}
