// All runs, live: the table, curves of the chosen ones over one another, accuracy against cost. What is chosen is kept
// in this browser tab. Only when runs come, go or end the page is drawn again.

const KEPT = "cnnviz-runs"
const PAINTS = 8
const MEASURES = {
  val_accuracy: { name: "Validation accuracy", kind: "share", axis: "right answers", of: (line) => line.val_accuracy },
  val_error: { name: "Validation error", kind: "share", axis: "wrong answers", of: (line) => 1 - line.val_accuracy, from: "val_accuracy" },
  error: { name: "Training error", kind: "share", axis: "wrong answers", of: (line) => 1 - line.accuracy, from: "accuracy" },
  val_loss: { name: "Validation loss", kind: "plain", axis: "mean for a picture", of: (line) => line.val_loss },
  loss: { name: "Training loss", kind: "plain", axis: "mean for a picture", of: (line) => line.loss },
}
const overviews = new WeakMap()

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  let view = overviews.get(parentElement)
  if (!view?.box.isConnected) overviews.set(parentElement, (view = new Overview(parentElement)))
  view.opened = (id) => setTriggerValue("open", id)
  view.over = () => setTriggerValue("changed", Date.now())
  view.take(JSON.parse(text))
  return () => {
    view.end()
    overviews.delete(parentElement)
  }
}

class Overview {
  constructor(parent) {
    this.runs = new Map() // id → {next, metrics}: what the server has told of a run
    this.kept = remembered()
    this.chosen = this.kept.chosen
    parent.querySelector?.(".training")?.remove()
    this.box = made("div", "training all-runs", parent)
    this.trouble = made("p", "trouble", this.box, "The server does not answer; runs go on without it. Trying again …")
    this.trouble.hidden = true
    this.filters = made("div", "tools filters", this.box)
    this.study = this.select(this.filters, "Study", (value) => this.keep({ study: value }))
    this.set = this.select(this.filters, "Data", (value) => this.keep({ set: value }))
    this.count = made("span", "count", this.filters)
    const clear = made("button", "clear", this.filters, "Clear choice")
    clear.type = "button"
    clear.addEventListener("click", () => this.choose([]))
    this.table = new Table(this.box, { opened: (id) => this.opened(id), chosen: (id, on) => this.choose(on ? [...this.chosen, id] : this.chosen.filter((one) => one !== id)) })
    const charts = made("div", "charts", this.box)
    const left = made("section", "", charts), right = made("section", "", charts)
    this.overlayTools(made("div", "tools", left))
    this.overlay = new Curves(left, { title: "", kind: "share", axis: "", group: new Group(), height: 268 })
    this.legend = made("div", "legend", left)
    const cost = made("div", "tools", right)
    this.by = this.select(cost, "Cost", (value) => this.keep({ by: value }), [["macs", "MACs"], ["parameters", "Parameters"]])
    this.scatter = new Scatter(right, (id) => this.opened(id))
    this.poll = new Poll({
      address: () => `${this.data.path}?${this.asked().map(([id, at]) => `run=${id},${at.metrics},${at.steps},${at.files}`).join("&")}`,
      answered: (found) => this.answered(found),
      every: (hidden) => (this.data.rows.some((row) => AT_WORK.includes(row.status)) ? (hidden ? 10000 : 1500) : hidden ? 0 : 5000),
      trouble: (times) => { this.trouble.hidden = !times },
    })
  }

  end() {
    this.poll.stop()
    this.overlay.watching.disconnect()
    this.scatter.watching.disconnect()
    this.box.remove()
  }

  take(data) {
    const first = !this.data
    this.data = data
    const known = new Set(data.rows.map((row) => row.id))
    this.chosen = this.chosen.filter((id) => known.has(id))
    if (first && data.asked?.length) this.chosen = data.asked.filter((id) => known.has(id)).slice(0, PAINTS)
    if (first && !this.chosen.length) this.chosen = suggested(data.rows)
    this.options(this.study, [["", "all"], ...data.studies.map((name) => [name, name])], this.kept.study)
    this.options(this.set, [["", "all"], ...data.data.map((name) => [name, name])], this.kept.set)
    this.study.parentElement.hidden = !data.studies.length
    this.by.value = this.kept.by ?? "macs"
    this.draw()
    if (first) this.poll.start()
    else this.poll.ask()
  }

  // --- what is asked for ----------------------------------------------------------------------------------------------

  // Those at work, and the chosen ones until all of their lines are there.
  asked() {
    return this.data.rows
      .filter((row) => AT_WORK.includes(row.status) || (this.chosen.includes(row.id) && !this.runs.get(row.id)?.whole))
      .slice(0, 60)
      .map((row) => [row.id, this.runs.get(row.id)?.next ?? { metrics: 0, steps: 0, files: "" }])
  }

  answered({ runs, changed }) {
    let news = false, over = this.changed !== undefined && changed !== this.changed
    this.changed = changed
    for (const [id, found] of Object.entries(runs)) {
      const row = this.data.rows.find((one) => one.id === id)
      if (!row) continue
      const kept = this.runs.get(id) ?? { metrics: new Map() }
      if (found.fresh?.includes("metrics")) kept.metrics = new Map()
      for (const line of found.metrics) kept.metrics.set(line.epoch, line)
      kept.next = found.next
      kept.whole = !found.more && !AT_WORK.includes(found.status)
      this.runs.set(id, kept)
      news ||= found.metrics.length > 0 || found.fresh?.length > 0 || this.update(row, found, kept)
      if (found.status !== row.told && !(AT_WORK.includes(found.status) && AT_WORK.includes(row.told ?? row.status))) over ||= found.status !== row.status
      row.told = found.status
      row.status = found.status
    }
    if (news || over) this.draw()
    if (over) this.over()
  }

  // What has changed of a run at work.
  update(row, found, kept) {
    if (!found.state) return false
    const { epoch, step, steps, epochs, seconds } = found.state
    const within = steps ? Math.min(step / steps, 1) : 0
    const same = row.epoch === epoch && row.within === within && row.status === found.status
    Object.assign(row, { epoch, epochs, within: found.status === "running" ? within : 0, said: found.words, word: this.data.titles[found.status] ?? row.word })
    if (seconds) row.seconds = seconds
    for (const line of kept.metrics.values()) {
      if (isNumber(line.val_accuracy) && !(row.best >= line.val_accuracy)) Object.assign(row, { best: line.val_accuracy, best_epoch: line.epoch })
    }
    return !same
  }

  // --- what is drawn --------------------------------------------------------------------------------------------------

  draw() {
    const rows = this.data.rows.filter((row) => (!this.study.value || row.study === this.study.value) && (!this.set.value || row.data === this.set.value))
    const chosen = this.chosen.map((id) => rows.find((row) => row.id === id)).filter(Boolean)
    const paint = (row) => (chosen.includes(row) ? `o${chosen.indexOf(row) % PAINTS}` : "")
    const going = rows.filter((row) => AT_WORK.includes(row.status)).length
    this.count.textContent = `${SHOW.count(rows.length)} ${rows.length === 1 ? "run" : "runs"}${going ? `, ${going} at work or waiting` : ""}; ${chosen.length} overlaid`
    this.table.show(rows, paint)
    this.curves(chosen)
    this.scatter.show(rows, { by: this.by.value, paint, sets: [...new Set(rows.map((row) => row.data))] })
  }

  curves(chosen) {
    const measure = MEASURES[this.measure.value], isTime = this.across.value === "time"
    const series = chosen.map((row, at) => {
      const lines = [...(this.runs.get(row.id)?.metrics.values() ?? [])].sort((a, b) => a.epoch - b.epoch)
      let minutes = 0
      const points = lines.map((line) => {
        minutes += (line.seconds ?? 0) / 60
        const value = isNumber(line[measure.from ?? this.measure.value]) ? measure.of(line) : null
        return [isTime ? minutes : line.epoch, value]
      })
      return { name: row.title, paint: `o${at % PAINTS}`, points }
    })
    const ends = series.flatMap((one) => one.points.map(([x]) => x))
    Object.assign(this.overlay, { title: measure.name, kind: measure.kind, axis: measure.axis })
    this.overlay.show(series, {
      span: [isTime ? 0 : 1, Math.max(isTime ? 0.1 : 2, ...ends)],
      smoothing: Number(this.smoothing.value),
      over: isTime ? "minutes" : "epoch",
      note: chosen.length ? "no epoch is finished yet" : "tick runs in the table to lay their curves over one another",
    })
    this.legend.replaceChildren(...chosen.map((row, at) => {
      const key = made("span", "key")
      const svg = drawn("svg", { viewBox: "0 0 26 8" }, key)
      drawn("path", { d: "M1 4H25", class: "main" }, drawn("g", { class: `line o${at % PAINTS}` }, svg))
      made("span", "", key, shortened(row.title, 40))
      return key
    }))
  }

  // --- choices --------------------------------------------------------------------------------------------------------

  choose(ids) {
    this.chosen = ids.slice(-PAINTS)
    this.remember()
    this.draw()
    this.poll.ask()
  }

  keep(what) {
    Object.assign(this.kept, what)
    this.remember()
    this.draw()
  }

  remember() {
    this.kept.chosen = this.chosen
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.kept))
    } catch {
      // a browser that keeps nothing
    }
  }

  overlayTools(tools) {
    this.measure = this.select(tools, "Curves of", () => this.draw(), Object.entries(MEASURES).map(([key, { name }]) => [key, name]))
    this.across = this.select(tools, "over", () => this.draw(), [["epoch", "epochs"], ["time", "time"]])
    const label = made("label", "", tools, "Smoothing")
    this.smoothing = made("input", "", label)
    Object.assign(this.smoothing, { type: "range", min: 0, max: 0.95, step: 0.05, value: 0 })
    this.smoothing.addEventListener("input", () => this.draw())
  }

  select(parent, name, changed, options = []) {
    const select = made("select", "", made("label", "", parent, name))
    this.options(select, options)
    select.addEventListener("change", () => changed(select.value))
    return select
  }

  options(select, options, value) {
    select.replaceChildren(...options.map(([key, name]) => {
      const option = made("option", "", null, name)
      option.value = key
      return option
    }))
    if (value && options.some(([key]) => key === value)) select.value = value
  }
}

function remembered() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT))
    const texts = Array.isArray(kept?.chosen) ? kept.chosen.filter((id) => typeof id === "string") : []
    return { study: String(kept?.study ?? ""), set: String(kept?.set ?? ""), by: kept?.by === "parameters" ? "parameters" : "macs", chosen: texts.slice(0, PAINTS) }
  } catch {
    return { study: "", set: "", by: "macs", chosen: [] }
  }
}

// At first: the newest runs that can be held against each other, at most six; else the newest one.
function suggested(rows) {
  const measured = rows.filter((row) => row.epoch && isNumber(row.best))
  const alike = (row) => measured.filter((one) => one.data === row.data && one.study === row.study && one.epochs === row.epochs)
  const found = measured.map(alike).find((group) => group.length > 1) ?? measured.slice(0, 1)
  return found.slice(0, 6).map((row) => row.id)
}
