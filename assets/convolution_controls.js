// The controls of a panel: what is drawn in it, how large it is. Lists to choose from, and numbers with − and +.

class Controls {
  constructor(parent, onSend) {
    this.onSend = onSend
    this.box = made("div", "controls", parent)
    this.title = made("span", "title", this.box)
    this.shape = ""
    this.control = []
  }

  update(title, controls) {
    this.title.textContent = title
    const shape = controls.map((one) => `${one.kind}${one.name}${one.part}`).join()
    if (shape !== this.shape) {
      this.box.replaceChildren(this.title)
      this.control = controls.map((one) => (one.kind === "select" ? this.select(one) : this.stepper(one)))
    }
    this.shape = shape
    this.control.forEach((update, i) => update(controls[i]))
  }

  select(control) {
    const select = made("select", "", this.box)
    select.setAttribute("aria-label", control.label)
    for (const [value, label] of control.options) made("option", "", select, label).value = value
    select.addEventListener("change", () => this.onSend({ set: control.name, value: select.value }))
    return (now) => (select.value = now.value)
  }

  // A number with − and +. Quick clicks count on from what was asked for last, not from what has come back.
  stepper(control) {
    const box = made("span", "stepper", this.box)
    const less = made("button", "", box, "−")
    const value = made("output", "", box)
    const more = made("button", "", box, "+")
    made("span", "unit", box, control.label)
    let now = control
    const one = () => (now.part < 0 ? now.value : now.value[now.part])
    const paint = () => {
      value.textContent = one()
      less.disabled = one() <= now.low
      more.disabled = one() >= now.high
    }
    const go = (by) => {
      const next = Math.min(Math.max(one() + by, now.low), now.high)
      now = { ...now, value: now.part < 0 ? next : now.value.map((old, i) => (i === now.part ? next : old)) }
      paint()
      this.onSend({ set: now.name, value: now.value })
    }
    for (const [button, by, word] of [[less, -1, "fewer"], [more, 1, "more"]]) {
      button.type = "button"
      button.setAttribute("aria-label", `${word} ${control.label}`)
      button.addEventListener("click", () => go(by))
    }
    return (given) => {
      now = given
      paint()
    }
  }
}
