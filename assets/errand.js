// A measurement under way: a bar, what is done just now, a button to give it up. Asks at data.path how far it is.

const states = new WeakMap()
const EVERY = 300 // milliseconds

export default function ({ data: text, parentElement, setTriggerValue }) {
  if (!text) return
  const data = JSON.parse(text)
  let state = states.get(parentElement)
  if (!state) states.set(parentElement, (state = build(parentElement)))
  state.over = () => setTriggerValue("over", Date.now())
  state.cancel.onclick = () => setTriggerValue("cancel", Date.now())
  state.verb = data.verb ?? "Measuring"
  state.cancel.hidden = data.cancel === false
  show(state, data)
  clearTimeout(state.timer)
  state.path = data.path
  state.timer = setTimeout(() => ask(state, data.path), EVERY)
  return () => { clearTimeout(state.timer); state.path = "" }
}

function build(parent) {
  parent.querySelector?.(".errand")?.remove()
  const box = made("div", "errand", parent)
  const bar = made("progress", "", box)
  bar.max = 1
  bar.setAttribute("aria-label", "share of the measurement that is done")
  const said = made("span", "said", box)
  said.setAttribute("role", "status")
  const cancel = made("button", "", box, "Stop")
  cancel.type = "button"
  return { bar, said, cancel, timer: 0, path: "", verb: "Measuring" }
}

function show(state, { share, said }) {
  if (share) state.bar.value = share
  else state.bar.removeAttribute("value")
  state.said.textContent = said ? `${state.verb}: ${said} …` : `${state.verb} …`
}

async function ask(state, path) {
  let found = null
  try {
    const response = await fetch(path)
    if (response.headers.get("content-type")?.includes("json")) found = await response.json()
  } catch {
    // the server is gone, or has no such route
  }
  if (state.path !== path) return
  if (found && !found.over) {
    show(state, found)
    state.timer = setTimeout(() => ask(state, path), EVERY)
  } else {
    state.timer = setTimeout(() => state.path === path && state.over(), found ? 0 : 1000)
  }
}
