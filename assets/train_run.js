// One run, live: where it stands, its figures, its curves. Asks at data.path for what is new; only a change of status
// has the page drawn again.

const views = new WeakMap()

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  const data = JSON.parse(text)
  let view = views.get(parentElement)
  if (!view?.box.isConnected || view.data.path !== data.path) {
    view?.end()
    views.set(parentElement, (view = new RunView(parentElement, data)))
  }
  view.over = (status) => setTriggerValue("status", status)
  view.take(data)
  return () => {
    view.end()
    views.delete(parentElement)
  }
}

class RunView {
  constructor(parent, data) {
    this.data = data
    this.metrics = new Map()
    this.steps = []
    this.next = { metrics: 0, steps: 0, files: "" }
    this.smoothing = 0
    parent.querySelector?.(".training")?.remove()
    this.box = made("div", "training run", parent)
    this.head()
    this.tiles = made("dl", "tiles", this.box)
    this.controls()
    this.group = new Group()
    const charts = this.place = made("div", "charts", this.box)
    const curve = (title, kind, axis, more = {}) => new Curves(charts, { title, kind, axis, group: this.group, ...more })
    this.charts = {
      accuracy: curve("Accuracy", "share", "right answers", { height: 252 }),
      loss: curve("Loss", "plain", data.loss || "mean for a picture", { height: 252 }),
      norms: curve("Gradient norms", "log", "norm for each block", { many: true }),
      profile: new Profile(charts, this.group),
      rate: curve("Learning rate", "plain", "size of a step", { height: 180 }),
      speed: curve("Throughput", "si", "pictures a second", { height: 180 }),
    }
    this.poll = new Poll({
      address: () => `${this.data.path}?metrics=${this.next.metrics}&steps=${this.next.steps}&files=${this.next.files}`,
      answered: (found) => this.answered(found),
      every: (hidden) => (AT_WORK.includes(this.status) ? (hidden ? 10000 : 1000) : hidden ? 0 : 5000),
      trouble: (times) => { this.trouble.hidden = !times },
    })
    this.poll.start()
  }

  end() {
    this.poll.stop()
    for (const chart of Object.values(this.charts)) chart.watching.disconnect()
    this.box.remove()
  }

  // What the script says: it stands until the server says something newer.
  take(data) {
    this.data = data
    this.told = data.status
    if (!this.status) {
      this.status = data.status
      this.state = data.state
      this.words = data.words
      this.ending = data.ending
    }
    this.draw()
  }

  answered(found) {
    if (found.fresh?.includes("metrics")) this.metrics.clear()
    if (found.fresh?.includes("steps")) this.steps = []
    for (const line of found.metrics) this.metrics.set(line.epoch, line)
    this.steps.push(...found.steps)
    if (this.steps.length > 2000) this.steps = this.steps.filter((_, i) => i % 2 || i > 1000)
    if (found.next) this.next = found.next
    const changed = found.status !== this.told
    const news = changed || found.metrics.length || found.steps.length || found.fresh?.length
    this.status = found.status
    this.words = found.words
    this.ending = found.ending ?? ""
    if (found.state) this.state = found.state
    this.now = found.now
    if (news) this.draw()
    else this.where()
    if (changed && !found.more) {
      this.told = found.status
      this.over(found.status)
    }
  }

  // --- where it stands ------------------------------------------------------------------------------------------------

  head() {
    const line = made("div", "where", this.box)
    this.pill = made("span", "pill", line)
    this.says = made("span", "said", line)
    this.says.setAttribute("role", "status")
    this.left = made("span", "left", line)
    this.meter = made("div", "meter", this.box)
    this.meter.setAttribute("role", "progressbar")
    this.meter.setAttribute("aria-label", "share of the run that is done")
    this.bar = made("i", "", this.meter)
    this.why = made("p", "why", this.box)
    this.lost = made("p", "trouble", this.box)
    this.trouble = made("p", "trouble", this.box, "The server does not answer. The run goes on without it; trying again …")
    this.trouble.hidden = true
    this.trouble.setAttribute("role", "status")
  }

  where() {
    const { epoch = 0, step = 0, steps = 0, epochs = 1 } = this.state
    const within = this.status === "running" && steps ? Math.min(step / steps, 1) : 0
    const share = this.status === "finished" || this.status === "evaluating" ? 1 : Math.min((epoch + within) / epochs, 1)
    this.pill.className = `pill ${this.status}`
    this.pill.textContent = this.data.titles[this.status] ?? "Gone"
    const said = this.status === "running" && steps ? `${this.words}, step ${SHOW.count(step)} of ${SHOW.count(steps)}` : this.words
    if (this.says.textContent !== said) this.says.textContent = said
    this.meter.className = `meter ${this.status}`
    this.meter.setAttribute("aria-valuenow", Math.round(100 * share))
    this.bar.style.width = `${100 * share}%`
    const left = this.status === "running" ? this.timeLeft(epochs - epoch - within) : null
    const taken = this.state.seconds ? `${lasting(this.state.seconds)} of training` : ""
    this.left.textContent = [`${Math.round(100 * share)} %`, left === null ? taken : `about ${lasting(left)} left`].filter(Boolean).join(" · ")
    this.why.textContent = this.ending
    this.why.hidden = !this.ending || this.status === "failed" || (this.status === "finished" && epoch >= epochs)
  }

  // Seconds that so many epochs take: as the last ones took; before the first is over, as its steps take.
  timeLeft(epochs) {
    // An epoch after a pause, or across a clock that was set, says nothing of how long one takes.
    const last = this.lines.slice(-6).filter((line) => isNumber(line.time) && isNumber(line.seconds))
    const each = last.slice(1).map((line, i) => line.time - last[i].time)
      .filter((time, i) => time >= last[i + 1].seconds && time < 60 + 10 * last[i + 1].seconds).sort((a, b) => a - b)
    let one = each.length ? each[each.length >> 1] : null
    if (one === null) {
      const now = this.steps.filter((step) => step.epoch === (this.steps.at(-1)?.epoch ?? 0) && isNumber(step.time))
      const [first, end] = [now[0], now.at(-1)]
      if (first && end && end.step > first.step && end.time > first.time) one = ((end.time - first.time) / (end.step - first.step)) * end.steps
      else if (isNumber(this.lines.at(-1)?.seconds)) one = this.lines.at(-1).seconds
    }
    if (one === null) return null
    const left = one * Math.max(epochs, 0)
    return this.data.time_limit ? Math.min(left, Math.max(this.data.time_limit - (this.state.seconds ?? 0), 0)) : left
  }

  // --- figures --------------------------------------------------------------------------------------------------------

  controls() {
    const tools = this.tools = made("div", "tools", this.box)
    for (const [paint, name] of [["val", "validation"], ["train", "training"]]) {
      const key = made("span", "key", tools)
      const svg = drawn("svg", { viewBox: "0 0 26 8" }, key)
      drawn("path", { d: "M1 4H25", class: "main" }, drawn("g", { class: `line ${paint}` }, svg))
      key.append(name)
    }
    const label = made("label", "", tools, "Smoothing")
    const slider = made("input", "", label)
    Object.assign(slider, { type: "range", min: 0, max: 0.95, step: 0.05, value: 0 })
    const output = made("output", "", label, "off")
    slider.addEventListener("input", () => {
      this.smoothing = Number(slider.value)
      output.textContent = this.smoothing ? this.smoothing.toFixed(2) : "off"
      this.curves()
    })
    const log = made("label", "", tools)
    const box = made("input", "", log)
    box.type = "checkbox"
    log.append("loss on a logarithmic scale")
    this.device = made("span", "device", tools)
    box.addEventListener("change", () => {
      this.charts.loss.kind = box.checked ? "log" : "plain"
      this.curves()
    })
  }

  draw() {
    this.lines = [...this.metrics.values()].sort((a, b) => a.epoch - b.epoch)
    this.where()
    const nothing = !this.lines.length && !this.steps.length && !AT_WORK.includes(this.status)
    this.lost.hidden = true
    for (const part of [this.tiles, this.tools, this.place]) part.hidden = nothing
    if (nothing) return
    this.device.textContent = this.data.device ? `on ${this.data.device}` : ""
    this.figures()
    this.curves()
    const lost = this.lines.find((line) => line.loss === null)
    this.lost.hidden = !lost
    if (lost) this.lost.textContent = `From epoch ${SHOW.count(lost.epoch)} on the loss is not a number (NaN): the weights grew without bound. A lower learning rate or a warm-up helps.`
  }

  figures() {
    const end = this.lines.at(-1) ?? {}, step = this.steps.at(-1) ?? {}
    const going = this.status === "running"
    const best = this.lines.reduce((found, line) => (isNumber(line.val_accuracy) && !(found?.val_accuracy >= line.val_accuracy) ? line : found), null)
    const speed = going && step.step > 3 ? step.images_per_second ?? end.images_per_second : end.images_per_second
    const flops = end.flops_per_second ?? (isNumber(speed) && this.data.macs ? speed * this.data.macs * 6 : null)
    const { environment: on } = this.data
    const most = this.lines.reduce((found, line) => Math.max(found, line.peak_memory ?? 0), 0)
    const memory = most ? most + on.before : null
    const apart = memory && on.predicted ? Math.round(100 * (memory / on.predicted - 1)) : null
    const top5 = isNumber(end.val_top5_accuracy) ? `top 5: ${show(end.val_top5_accuracy, "share")}` : ""
    const rows = [
      ["Best validation accuracy", show(best?.val_accuracy, "share"), [best ? `in epoch ${SHOW.count(best.epoch)}` : "", top5].filter(Boolean).join("; ")],
      ["Training accuracy", show(end.accuracy ?? step.accuracy, "share"), isNumber(end.val_accuracy) ? `validation ${show(end.val_accuracy, "share")}` : ""],
      ["Validation loss", end.val_loss === null ? "no number" : show(end.val_loss, "plain"), isNumber(end.loss) ? `training ${show(end.loss, "plain")}` : ""],
      ["Throughput", isNumber(speed) ? `${show(speed, "si")}/s` : "–", "pictures a second"],
      ["Achieved", isNumber(flops) ? `${show(flops, "si")}FLOP/s` : "–", on.peak_flops && isNumber(flops) ? `${show(flops / on.peak_flops, "share")} of its peak` : "2 × MACs × 3 × pictures", this.data.flops_rule],
      ["Peak memory", show(memory, "bytes"), on.predicted ? `predicted ${show(on.predicted, "bytes")}${apart === null ? "" : `, ${apart > 0 ? "+" : apart < 0 ? "−" : "±"}${Math.abs(apart)} %`}` : "", on.predicted ? on.before ? "of the whole process, libraries included: measured against predicted" : "given out to training on the GPU: measured against predicted" : ""],
      ["Learning rate", show(going ? step.learning_rate ?? end.learning_rate : this.data.learning_rate, "plain"), this.data.schedule],
    ]
    this.tiles.replaceChildren(...rows.map(([name, value, more, rule]) => {
      const tile = made("div", "tile")
      if (rule) tile.title = rule
      made("dt", "", tile, name)
      made("dd", "", tile, value)
      made("dd", "more", tile, more)
      return tile
    }))
  }

  curves() {
    const done = this.lines.at(-1)?.epoch ?? 0
    const current = this.steps.filter((step) => step.epoch > done)
    const planned = this.state.epochs ?? 1
    const reached = done + (current.length ? current.at(-1).step / current.at(-1).steps : 0)
    const going = AT_WORK.includes(this.status)
    const end = going ? Math.min(planned, Math.max(Math.ceil(reached * 1.25), 4)) : Math.max(done, 1)
    const within = (name) => this.steps.map((step) => [step.epoch - 1 + step.step / step.steps, step[name]])
    const of = (name) => this.lines.map((line) => [line.epoch, line[name] ?? null])
    const begin = this.steps.length && this.steps[0].epoch === 1 ? 0 : Math.min(this.lines[0]?.epoch ?? 0, end - 1)
    const view = { span: [begin, end], smoothing: this.smoothing, note: going ? "" : "no epoch was finished" }
    const pair = (name) => [
      { name: "validation", paint: "val", points: of(`val_${name}`) },
      { name: "training", paint: "train", points: of(name), faint: this.smoothing ? [] : within(name) },
    ]
    const plain = { ...view, smoothing: 0 }
    this.charts.accuracy.show(pair("accuracy"), view)
    this.charts.loss.show(pair("loss"), view)
    const blocks = [...new Set(this.lines.flatMap((line) => Object.keys(line.gradient_norms ?? {})))]
    const norm = (line, block) => (line.gradient_norms && block in line.gradient_norms ? line.gradient_norms[block] : null)
    this.charts.norms.show(blocks.map((block, i) => ({
      name: block, paint: "thin", colour: depth(i, blocks.length), points: this.lines.map((line) => [line.epoch, norm(line, block)]),
    })), view)
    this.charts.profile.show(this.lines)
    this.charts.rate.show([{ name: "learning rate", paint: "only", points: of("learning_rate") }], plain)
    this.charts.speed.show([{ name: "pictures a second", paint: "only", points: of("images_per_second"), faint: within("images_per_second") }], plain)
  }
}
