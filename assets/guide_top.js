// A page that is turned to begins at its top. On a wide page the text scrolls by itself; on a narrow one all of it does.

const shown = new WeakMap()

export default function ({ data: name, parentElement }) {
  const before = shown.get(parentElement)
  shown.set(parentElement, name)
  if (before !== undefined && before !== name) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
}
