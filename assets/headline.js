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
  return () => wait(state, "")
}

// A request is answered when Keras has, or after a while without a card. Then the page is asked to look again; as it may
// have nothing new to say, which no component hears of, the next request follows.
async function wait(state, answer) {
  if (answer === state.answer) return
  state.aborting?.abort()
  state.answer = answer
  const aborting = (state.aborting = new AbortController())
  while (answer) {
    const card = await ask(answer, aborting.signal)
    if (state.answer !== answer) return
    if (card) return update(state.cards.at(-1), card)
    state.again()
    await new Promise((done) => setTimeout(done, 1000))
    if (state.answer !== answer) return
  }
}

async function ask(answer, signal) {
  try {
    const response = await fetch(answer, { signal })
    if (response.headers.get("content-type")?.includes("json")) return (await response.json()).card
  } catch {
    // aborted by a newer net, or the server is gone
  }
  return null
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
