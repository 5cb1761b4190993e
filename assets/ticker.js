// Nothing to see: asks the server again after data.poll milliseconds, as long as it is told to.

export default function ({ data, setTriggerValue }) {
  if (!data?.poll) return undefined
  const timer = setInterval(() => setTriggerValue("poll", Date.now()), data.poll) // an equal answer is not drawn again
  return () => clearInterval(timer)
}
