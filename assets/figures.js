// Numbers as a chart shows them: with a prefix, exactly, and as round marks of an axis.

const PREFIX = ["", "k", "M", "G", "T", "P", "E"]

const exact = (number) => number.toLocaleString("en-US")

function short(value) {
  let step = 0
  while (Math.abs(value) >= 999.5 && step < PREFIX.length - 1) [value, step] = [value / 1000, step + 1]
  return `${Number(value.toPrecision(3))}${step ? " " + PREFIX[step] : ""}`
}

// From 0 on, about `count` round steps that end at or past `most`.
function steps(most, count) {
  const rough = most / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max([1, 2, 5, 10].find((factor) => factor * power >= rough) * power, 1)
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step)
}
