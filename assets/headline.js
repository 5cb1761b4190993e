// The headline figures. While Keras is at work the component asks the server again after data.poll milliseconds.

const states = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  let state = states.get(parentElement)
  if (!state) {
    parentElement.querySelector?.(".cards")?.remove()
    const grid = document.createElement("div")
    grid.className = "cards"
    parentElement.append(grid)
    state = { grid, cards: [], asked: 0 }
    states.set(parentElement, state)
  }
  clearInterval(state.timer)
  if (!data) return
  data.cards.forEach((card, i) => {
    state.cards[i] ??= build(state.grid)
    update(state.cards[i], card)
  })
  if (data.poll) state.timer = setInterval(() => setTriggerValue("poll", ++state.asked), data.poll) // an equal answer is not drawn again
  return () => clearInterval(state.timer)
}

function build(grid) {
  const element = document.createElement("div")
  const parts = { element }
  for (const name of ["label", "value", "change", "note"]) {
    parts[name] = document.createElement("span")
    parts[name].className = name
    element.append(parts[name])
  }
  grid.append(element)
  return parts
}

function update(parts, card) {
  parts.element.className = `card ${card.tone}`
  parts.element.title = card.exact
  for (const name of ["label", "value", "change", "note"]) {
    if (parts[name].textContent !== card[name]) parts[name].textContent = card[name]
  }
  parts.change.hidden = !card.change
  parts.note.hidden = Boolean(card.change) && card.tone !== "same" ? true : card.tone === "same"
}
