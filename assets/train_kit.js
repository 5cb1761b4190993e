// What the charts of training runs share: numbers as people read them, scales, and how a chart begins.

const SI = [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]
const BINARY = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]]
const AT_WORK = ["queued", "starting", "running", "evaluating"]
const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" }

const isNumber = (value) => typeof value === "number" && Number.isFinite(value)

function scaled(value, prefixes, unit) {
  for (const [factor, prefix] of prefixes) if (Math.abs(value) >= factor) return `${Number((value / factor).toPrecision(3))} ${prefix}`
  return `${Number(value.toPrecision(3))}${unit}`
}

// Numbers in words, by what they are: share, loss, rate, size …
const SHOW = {
  share: (value) => `${(100 * value).toFixed(1)} %`,
  plain: (value) => (Math.abs(value) >= 1e4 || (value && Math.abs(value) < 1e-3) ? power(value) : String(Number(value.toPrecision(3)))),
  si: (value) => scaled(value, SI, ""),
  bytes: (value) => scaled(value, BINARY, " B"),
  log: (value) => (value ? (value >= 0.01 && value < 1000 ? String(Number(value.toPrecision(3))) : power(value)) : "0"),
  count: (value) => Math.round(value).toLocaleString("en-US"),
}

// 3.2·10⁻⁵
function power(value) {
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-9)
  const front = Number((value / 10 ** exponent).toPrecision(2))
  const raised = `10${String(exponent).replace(/./g, (sign) => SUPERSCRIPT[sign])}`
  return front === 1 ? raised : `${front}·${raised}`
}

function show(value, kind) {
  return isNumber(value) ? SHOW[kind](value) : "–"
}

// 41 s, 3 min 5 s, 2 h 7 min
function lasting(seconds) {
  if (!isNumber(seconds) || seconds < 0) return "–"
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

// Round marks from low to high, about so many; whole ones where asked.
function marks(low, high, wanted, whole = false) {
  const rough = (high - low) / Math.max(wanted, 1)
  if (!(rough > 0)) return [low]
  const factor = 10 ** Math.floor(Math.log10(rough))
  let step = [1, 2, 5, 10].map((times) => times * factor).find((one) => one >= rough * 0.999)
  if (whole) step = Math.max(1, Math.round(step))
  const found = []
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(Number((i * step).toPrecision(12)))
  return found
}

// Marks of a logarithmic scale: powers of ten; 2 and 5 between them where there is room.
function powers(low, high, wanted) {
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high))
  const every = Math.max(1, Math.ceil((last - first) / Math.max(wanted, 2)))
  const found = []
  for (let at = first; at <= last; at++) {
    if (every === 1 && last - first <= 2) found.push(...[1, 2, 5].map((times) => times * 10 ** at))
    else if ((at - first) % every === 0) found.push(10 ** at)
  }
  return found.filter((value) => value >= low * 0.999 && value <= high * 1.001)
}

// Begin a chart anew, as wide as its place; false where that is not in sight.
function begun(chart) {
  chart.width = Math.floor(chart.box.clientWidth)
  if (!chart.width) return false
  chart.svg.replaceChildren()
  chart.svg.setAttribute("viewBox", `0 0 ${chart.width} ${chart.height}`)
  chart.svg.setAttribute("height", chart.height)
  return true
}
