// Nothing to see: waits for Keras' answer at data.answer, then has its fragment drawn again.

const asked = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const answer = data && JSON.parse(data).answer
  const waits = () => asked.get(parentElement) === answer
  if (!answer || waits()) return
  asked.set(parentElement, answer)
  const forget = () => asked.delete(parentElement)
  const ask = async () => {
    const answered = await fetch(answer).then((response) => response.headers.get("content-type")?.includes("json"), () => false)
    setTimeout(again, answered ? 0 : 1000)
  }
  // Where the page has nothing new to draw, this is not heard of: then the next request follows.
  const again = () => {
    if (!waits()) return
    setTriggerValue("poll", Date.now())
    setTimeout(() => waits() && ask(), 1000)
  }
  ask()
  return forget
}
