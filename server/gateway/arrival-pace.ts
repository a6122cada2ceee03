// How fast something has to come in: so many bytes in every window, in pieces that are not too many, and all of it in its time.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { ArrivalBounds } from './body-arrival.ts'

/** Every piece costs some time whatever its size, so there are not to be arbitrarily many small ones. */
const PIECES_UNQUESTIONED = 65_536
const BYTES_PER_PIECE_MIN = 16

export class ArrivalPace {
  readonly #bounds: ArrivalBounds
  readonly #onSlow: () => void
  #bytes = 0
  #pieces = 0
  #bytesAtWindow = 0
  #windows = 0
  #isHeldUp = false
  #timer: NodeJS.Timeout

  /** `onSlow` is called at most once, and not behind `stop`. */
  constructor(bounds: ArrivalBounds, onSlow: () => void) {
    this.#bounds = bounds
    this.#onSlow = onSlow
    this.#timer = setTimeout(() => this.#judge(), bounds.windowMs)
  }

  piece(bytes: number): Refusal | undefined {
    this.#bytes += bytes
    this.#pieces += 1
    const areTooSmall = this.#pieces > PIECES_UNQUESTIONED && this.#bytes < this.#pieces * BYTES_PER_PIECE_MIN
    return areTooSmall
      ? refusal('body_too_complex', { problem: 'it comes in too many small pieces.' })
      : undefined
  }

  /** While it is us who take nothing, nobody is too slow. */
  pause(): void {
    this.#isHeldUp = true
  }

  resume(): void {
    this.#isHeldUp = false
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #judge(): void {
    const { windowMs, windowBytesMin, totalMs } = this.#bounds
    this.#windows += 1
    const isSlow = this.#bytes - this.#bytesAtWindow < windowBytesMin && !this.#isHeldUp
    if (isSlow || this.#windows * windowMs >= totalMs) {
      this.#onSlow()
      return
    }
    this.#bytesAtWindow = this.#bytes
    this.#timer = setTimeout(() => this.#judge(), windowMs)
  }
}
