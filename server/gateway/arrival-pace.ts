// How fast something has to come in: so many bytes in every window, in pieces that are not too many, and all of it in its time.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { ArrivalBounds } from './body-arrival.ts'

/** Every piece costs some time whatever its size, so there are not to be arbitrarily many small ones. */
const PIECES_UNQUESTIONED = 65_536
const BYTES_PER_PIECE_MIN = 16

export class ArrivalPace {
  readonly #bounds: ArrivalBounds
  readonly #onSlow: () => void
  readonly #startedAt = performance.now()
  #bytes = 0
  #pieces = 0
  #bytesAtWindow = 0
  /** Since when it is us who take nothing, and for how long that was so in this window. */
  #heldUpSince: number | undefined
  #heldUpMs = 0
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

  /** While it is us who take nothing, nobody is too slow: that time is given back to the window. */
  pause(): void {
    this.#heldUpSince ??= performance.now()
  }

  resume(): void {
    if (this.#heldUpSince === undefined) return
    this.#heldUpMs += performance.now() - this.#heldUpSince
    this.#heldUpSince = undefined
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #judge(): void {
    const { windowMs, windowBytesMin, totalMs } = this.#bounds
    if (performance.now() - this.#startedAt >= totalMs) {
      this.#onSlow()
      return
    }
    const heldUpMs = this.#takeHeldUpMs()
    const isSlow = this.#bytes - this.#bytesAtWindow < windowBytesMin
    if (!isSlow) this.#bytesAtWindow = this.#bytes
    else if (heldUpMs < 1) {
      this.#onSlow()
      return
    }
    const nextMs = isSlow ? Math.min(heldUpMs, windowMs) : windowMs
    this.#timer = setTimeout(() => this.#judge(), nextMs)
  }

  /** For how long we took nothing since this was last asked. */
  #takeHeldUpMs(): number {
    const isHeldUp = this.#heldUpSince !== undefined
    this.resume()
    const heldUpMs = this.#heldUpMs
    this.#heldUpMs = 0
    if (isHeldUp) this.pause()
    return heldUpMs
  }
}
