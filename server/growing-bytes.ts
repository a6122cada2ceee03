// Collects bytes that come in pieces. A piece of one byte costs one byte here: what comes is copied into memory of our own,
// and not kept together with the whole buffer that the socket was read into.
import { giveBackMemoryOf } from './given-memory.ts'

const FIRST_BYTES_MAX = 256 * 1024
const FIRST_BYTES_UNTOLD = 16 * 1024
/** From here on a copy costs more than what is kept along with a piece; a socket is read 64 KiB at a time. */
const KEPT_AS_IT_IS_BYTES_MIN = 32 * 1024

export class GrowingBytes {
  #bytes: Buffer | undefined
  #length = 0
  readonly #expected: number
  readonly #arePiecesOurs: boolean

  /**
   * `expectedBytes` is what the sender has told, 0 where it has not; it is believed only as far as bytes come. `arePiecesOurs`:
   * nobody else uses the memory that a piece lies in, so that it is given back with the copy.
   */
  constructor(expectedBytes: number, arePiecesOurs = false) {
    this.#expected = expectedBytes
    this.#arePiecesOurs = arePiecesOurs
  }

  get length(): number {
    return this.#length
  }

  /** What is taken up, which is at most twice the length, and some kilobytes. */
  get capacity(): number {
    return this.#bytes?.length ?? 0
  }

  add(piece: Buffer): void {
    if (this.#length === 0 && piece.length === this.#expected && piece.length >= KEPT_AS_IT_IS_BYTES_MIN) {
      this.#bytes = piece
      this.#length = piece.length
      return
    }
    const needed = this.#length + piece.length
    const bytes = this.#bytes !== undefined && needed <= this.#bytes.length ? this.#bytes : this.#grow(needed)
    piece.copy(bytes, this.#length)
    this.#length = needed
    if (this.#arePiecesOurs) giveBackMemoryOf(piece)
  }

  /** All bytes that came. Nothing may be added afterwards. */
  take(): Buffer {
    return this.#bytes?.subarray(0, this.#length) ?? Buffer.alloc(0)
  }

  /** Doubling keeps all copies together below twice the length; what was told is not passed by it. */
  #grow(needed: number): Buffer {
    const first = Math.min(this.#expected || FIRST_BYTES_UNTOLD, FIRST_BYTES_MAX)
    const doubled = Math.max(first, this.capacity * 2)
    const bounded = needed <= this.#expected ? Math.min(doubled, this.#expected) : doubled
    const bytes = Buffer.allocUnsafe(Math.max(needed, bounded))
    this.#bytes?.copy(bytes, 0, 0, this.#length)
    this.#bytes = bytes
    return bytes
  }
}
