// How views of training runs ask the server.

// Asks again and again: as often as `every()` says (0: not while the tab is hidden), less often where no answer comes.
class Poll {
  constructor({ address, answered, every, trouble }) {
    Object.assign(this, { address, answered, every, trouble, failed: 0, round: 0 })
    this.seen = () => document.visibilityState === "visible" && this.ask()
  }

  start() {
    document.addEventListener("visibilitychange", this.seen)
    this.running = true
    this.ask()
  }

  stop() {
    document.removeEventListener("visibilitychange", this.seen)
    this.running = false
    this.round += 1
    clearTimeout(this.timer)
    this.abort?.abort()
  }

  async ask() {
    clearTimeout(this.timer)
    if (!this.running) return
    const round = (this.round += 1)
    this.abort?.abort()
    this.abort = new AbortController()
    const patience = setTimeout(() => this.abort.abort(), 15000)
    let found = null
    try {
      const response = await fetch(this.address(), { signal: this.abort.signal, cache: "no-store" })
      if (response.headers.get("content-type")?.includes("json")) found = await response.json()
    } catch {
      // the server is gone or slow; it may come back
    }
    clearTimeout(patience)
    if (round !== this.round) return
    if (found) {
      this.failed = 0
      this.trouble(0)
      this.answered(found)
    } else {
      this.failed += 1
      if (this.failed > 1) this.trouble(this.failed)
    }
    if (!this.running || round !== this.round) return
    const wait = found ? (found.more ? 20 : this.every(document.visibilityState === "hidden")) : Math.min(1000 * 2 ** (this.failed - 1), 15000)
    if (wait) this.timer = setTimeout(() => this.ask(), wait)
  }
}
