// Lets others have the core now and then while much is written. On Linux a thread that has begun keeps its core for a slice of some
// three milliseconds, whatever the priorities, and a request that comes meanwhile waits for all of it.

/** Called between two statements. */
export type Pause = () => void

export const noPause: Pause = () => undefined

const WORKED_MS_MAX = 0.2
/** The system makes some 0.07 of it. */
const PAUSE_MS = 0.02
/** Where others want the core all the while, each pause lasts for a slice of theirs, and there has to be an end to it. */
const PAUSING_MS_MAX = 50

/** Nobody wakes it: this is the shortest sleep that a thread has. */
const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
const sleepFor = (ms: number): void => void Atomics.wait(NEVER_WOKEN, 0, 0, ms)

export class Pauses {
  readonly #nowMs: () => number
  readonly #sleep: (ms: number) => void
  #untilMs = 0
  #awakeSinceMs = 0

  /** Time and sleep are a test's own. */
  constructor(nowMs = () => performance.now(), sleep = sleepFor) {
    this.#nowMs = nowMs
    this.#sleep = sleep
  }

  /** What follows pauses for so long. */
  begin(): void {
    this.#awakeSinceMs = this.#nowMs()
    this.#untilMs = this.#awakeSinceMs + PAUSING_MS_MAX
  }

  readonly pause: Pause = () => {
    const nowMs = this.#nowMs()
    if (nowMs - this.#awakeSinceMs < WORKED_MS_MAX || nowMs >= this.#untilMs) return
    this.#sleep(PAUSE_MS)
    this.#awakeSinceMs = this.#nowMs()
  }
}
