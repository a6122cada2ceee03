// When a group of commands is begun: once the event loop has nothing left to do, because whatever it still does may bring more, and
// each group costs a write to disk, however many commands are in it.

/** Where the loop always has something to do, no group waits for longer: what some hundred requests take. */
export const GATHERED_MS_MAX = 8

export class Gathering {
  readonly #begin: () => void
  readonly #handled: () => number
  readonly #nowMs: () => number
  #isGathering = false
  #sinceMs = 0
  #turnsLeft = 0
  /** What the loop had handled when it was looked at last. */
  #events = 0

  /** `begin` is called once for each start. What the loop has handled so far, and the time, are a test's own. */
  constructor(
    begin: () => void,
    handled = () => performance.nodeTiming.uvMetricsInfo.events,
    nowMs = () => performance.now(),
  ) {
    this.#begin = begin
    this.#handled = handled
    this.#nowMs = nowMs
  }

  /** So many turns from now at the earliest. Harmless while one is being gathered. */
  start(turnsMin = 1): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#turnsLeft = turnsMin
    this.#sinceMs = this.#nowMs()
    // At the end of this turn there is more to come in any case, or it cannot be known.
    this.#events = -1
    setImmediate(this.#look)
  }

  readonly #look = (): void => {
    const events = this.#handled()
    this.#turnsLeft -= 1
    const isBusy = events !== this.#events && this.#nowMs() - this.#sinceMs < GATHERED_MS_MAX
    if (this.#turnsLeft > 0 || isBusy) {
      this.#events = events
      setImmediate(this.#look)
      return
    }
    this.#isGathering = false
    this.#begin()
  }
}
