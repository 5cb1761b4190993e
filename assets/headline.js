// The headline figures. While Keras builds the net, its card waits for the answer at data.answer.

const states = new WeakMap()
const PARTS = ["label", "value", "change", "note"]

export default function ({ data: text, parentElement, setTriggerValue }) {
  const data = text && JSON.parse(text)
  let state = states.get(parentElement)
  if (!state) {
    parentElement.querySelector?.(".cards")?.remove()
    const grid = made("div", "cards", parentElement)
    state = { grid, cards: [], asked: 0, answer: "" }
    states.set(parentElement, state)
  }
  state.again = () => setTriggerValue("poll", ++state.asked)
  if (!data) return
  data.cards.forEach((card, i) => {
    state.cards[i] ??= build(state.grid)
    update(state.cards[i], card)
  })
  wait(state, data.answer)
}

// One request that is answered when Keras has; where there is no such route, the page is asked to look again.
async function wait(state, answer) {
  if (answer === state.answer) return
  state.aborting?.abort()
  state.answer = answer
  if (!answer) return
  const aborting = (state.aborting = new AbortController())
  let card = null
  try {
    const response = await fetch(answer, { signal: aborting.signal })
    if (response.headers.get("content-type")?.includes("json")) card = (await response.json()).card
  } catch {
    // aborted by a newer net, or the server is gone
  }
  if (state.answer !== answer) return
  if (card) update(state.cards.at(-1), card)
  else setTimeout(() => { if (state.answer === answer) { state.answer = ""; state.again() } }, 1000)
}

function build(grid) {
  const element = made("div", "", grid)
  element.setAttribute("role", "group") // its name is the label; the exact figure, in the title, describes it
  const parts = { element }
  for (const name of PARTS) parts[name] = made("span", name, element)
  return parts
}

function update(parts, card) {
  parts.element.className = `card ${card.tone}`
  parts.element.title = card.exact
  parts.element.setAttribute("aria-label", card.label)
  for (const name of PARTS) {
    if (parts[name].textContent !== card[name]) parts[name].textContent = card[name]
  }
  parts.change.hidden = !card.change
  parts.note.hidden = Boolean(card.change)
}
