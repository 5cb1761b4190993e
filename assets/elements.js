// What components draw with: elements of HTML and of SVG, put into their parent, and texts cut to their room.

const SVG = "http://www.w3.org/2000/svg"

function made(tag, kind, parent, text) {
  const element = document.createElement(tag)
  if (kind) element.className = kind
  if (text !== undefined) element.textContent = text
  parent?.append(element)
  return element
}

function drawn(tag, attributes, parent, text) {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  if (text !== undefined) element.textContent = text
  parent?.append(element)
  return element
}

function shortened(text, letters) {
  return text.length > letters ? `${text.slice(0, Math.max(2, letters - 1))}…` : text
}
