// Holds whose rows are not on their way to disk yet: nothing of their answers is relayed before they are settled, so that both
// rows can go together. One whose answer takes longer than a moment goes ahead, for the sake of a start after a crash, which
// lists what was asked for and never charged.
import type { TakenHold } from './taken-holds.ts'

/** How long one waits at least; twice as long at most. */
export const HOLD_WAITS_MS = 5

export class WaitingHolds {
  readonly #write: (hold: TakenHold) => void
  /** In no order. None is kept here that waits no more: what outlives its request grows old in memory. */
  readonly #holds: TakenHold[] = []
  /** How often it was looked for those that have waited long enough. */
  #looks = 0
  #timer: NodeJS.Timeout | undefined

  /** `write` hands in the row of one, which waits no more by then. */
  constructor(write: (hold: TakenHold) => void) {
    this.#write = write
  }

  add(hold: TakenHold): void {
    hold.waits = { place: this.#holds.length, sinceLook: this.#looks }
    this.#holds.push(hold)
    this.#timer ??= setTimeout(this.#look, HOLD_WAITS_MS)
  }

  /** Whether it has waited until now. From here on it does not. */
  take(hold: TakenHold): boolean {
    const { waits } = hold
    if (!waits) return false
    hold.waits = undefined
    // The last one takes its place.
    const last = this.#holds.pop()
    if (last?.waits && last !== hold) {
      this.#holds[waits.place] = last
      last.waits.place = waits.place
    }
    return true
  }

  /** Writes it now where it waits. */
  goAhead(hold: TakenHold): void {
    if (this.take(hold)) this.#write(hold)
  }

  allGoAhead(): void {
    for (const hold of [...this.#holds]) this.goAhead(hold)
  }

  readonly #look = (): void => {
    const due = this.#holds.filter(({ waits }) => waits && waits.sinceLook < this.#looks)
    for (const hold of due) this.goAhead(hold)
    this.#looks += 1
    this.#timer = this.#holds.length > 0 ? setTimeout(this.#look, HOLD_WAITS_MS) : undefined
  }
}
