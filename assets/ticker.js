// Nothing to see: asks the server again after data.poll milliseconds, as long as it is told to.

export default function ({ data, setTriggerValue }) {
  if (!data?.poll) return undefined
  const timer = setTimeout(() => setTriggerValue("poll", Date.now()), data.poll)
  return () => clearTimeout(timer)
}
