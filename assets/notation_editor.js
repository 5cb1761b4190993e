// A text editor with line numbers. It sends its text when Apply is clicked or with Ctrl + Enter.

const editors = new WeakMap()

export default function ({ data: text, parentElement, setTriggerValue }) {
  const data = text && JSON.parse(text)
  let editor = editors.get(parentElement)
  if (!editor) {
    editor = build(parentElement)
    editors.set(parentElement, editor)
  }
  editor.send = () => setTriggerValue("apply", editor.area.value)
  if (!data) return
  if (data.version !== editor.version || (data.text !== editor.text && editor.area.value === editor.text)) {
    editor.area.value = data.text
    editor.version = data.version
  }
  editor.text = data.text
  editor.area.maxLength = data.most
  editor.problem = data.problem
  draw(editor)
}

function build(root) {
  root.querySelector?.(".editor")?.remove()
  const box = made("div", "editor", root)
  const frame = made("div", "frame", box)
  const editor = { gutter: made("div", "gutter", frame), area: made("textarea", "", frame), message: made("p", "problem", box) }
  const foot = made("div", "foot", box)
  Object.assign(editor, { button: made("button", "apply", foot, "Apply"), state: made("span", "state", foot) })
  editor.area.spellcheck = false
  editor.area.wrap = "off"
  editor.area.setAttribute("aria-label", "Notation of the network")
  editor.message.setAttribute("role", "alert")
  editor.button.type = "button"
  editor.button.title = "Ctrl + Enter"
  editor.area.addEventListener("input", () => draw(editor))
  editor.area.addEventListener("scroll", () => { editor.gutter.scrollTop = editor.area.scrollTop })
  editor.area.addEventListener("keydown", (event) => {
    event.stopPropagation()
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    editor.send()
  })
  editor.button.addEventListener("click", () => editor.send())
  return editor
}

function draw(editor) {
  const lines = editor.area.value.split("\n").length
  const changed = editor.area.value !== editor.text
  const wrong = changed ? 0 : editor.problem?.line || 0
  const numbers = []
  for (let i = 1; i <= lines; i += 1) numbers.push(made("span", i === wrong ? "wrong" : "", null, String(i)))
  editor.gutter.replaceChildren(...numbers)
  editor.gutter.scrollTop = editor.area.scrollTop
  editor.area.style.height = `${Math.min(Math.max(lines + 1, 10), 28) * 19 + 20}px`
  editor.message.hidden = !editor.problem
  editor.message.textContent = editor.problem?.message || ""
  editor.button.disabled = !changed
  editor.state.textContent = changed ? "not applied yet · Ctrl + Enter" : editor.problem ? "the last good net stays on screen" : ""
}
