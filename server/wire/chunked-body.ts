// The chunked coding (RFC 9112, section 7.1), read wherever the bytes happen to be cut. All that one read brings is one piece: its
// chunks are moved together where they lie. Extensions and trailers are read over. Strict: CR and LF end each line, and a size is
// hexadecimal digits alone.
import { WireError } from './wire-error.ts'

/** Of a line that carries a size, and of all trailers together. */
const OVERHEAD_BYTES_MAX = 16 * 1024
/** Beyond it another digit would not be exact. */
const SIZE_MAX = 2 ** 49

const SIZE_START = 0
const SIZE = 1
const EXTENSION = 2
const SIZE_LF = 3
const DATA = 4
const DATA_CR = 5
const DATA_LF = 6
const TRAILER_START = 7
const TRAILER = 8
const TRAILER_LF = 9
const END_LF = 10
const DONE = 11

const CR = 0x0d
const LF = 0x0a
const SEMICOLON = 0x3b

/** The value of each hexadecimal digit, -1 for any other byte. */
const DIGITS = new Int8Array(256).fill(-1)
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16)
  DIGITS[digit.charCodeAt(0)] = value
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value
}

export class ChunkedBody {
  /** The bytes that the last `read` came to, also where it threw; undefined where it came to none. */
  piece: Buffer | undefined
  #state = SIZE_START
  #size = 0
  #overhead = 0

  get isDone(): boolean {
    return this.#state === DONE
  }

  /** Before another body. */
  reset(): void {
    this.#state = SIZE_START
    this.#size = 0
    this.#overhead = 0
    this.piece = undefined
  }

  /**
   * Reads `bytes` from `from` on, up to the end of the body or as far as they go, and changes them: what is read is of no use to
   * anybody else any more. Returns where it stopped; throws a WireError.
   */
  read(bytes: Buffer, from: number): number {
    this.piece = undefined
    let at = from
    let start = from
    let end = from
    try {
      while (at < bytes.length && this.#state !== DONE) {
        if (this.#state !== DATA) {
          this.#step(bytes[at] ?? 0)
          at += 1
          continue
        }
        const size = Math.min(bytes.length - at, this.#size)
        if (end > start) bytes.copyWithin(end, at, at + size)
        else {
          start = at
          end = at
        }
        end += size
        at += size
        this.#size -= size
        if (this.#size === 0) this.#state = DATA_CR
      }
    } finally {
      if (end > start) this.piece = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
    }
    return at
  }

  #step(byte: number): void {
    switch (this.#state) {
      case SIZE_START:
      case SIZE:
        this.#sizeByte(byte)
        return
      case EXTENSION:
        this.#lineByte(byte, SIZE_LF)
        return
      case SIZE_LF:
        this.#expect(byte, LF)
        this.#overhead = 0
        this.#state = this.#size > 0 ? DATA : TRAILER_START
        return
      case DATA_CR:
        this.#expect(byte, CR)
        this.#state = DATA_LF
        return
      case DATA_LF:
        this.#expect(byte, LF)
        this.#state = SIZE_START
        return
      case TRAILER_START:
        if (byte === CR) this.#state = END_LF
        else {
          this.#state = TRAILER
          this.#lineByte(byte, TRAILER_LF)
        }
        return
      case TRAILER:
        this.#lineByte(byte, TRAILER_LF)
        return
      case TRAILER_LF:
        this.#expect(byte, LF)
        this.#state = TRAILER_START
        return
      case END_LF:
        this.#expect(byte, LF)
        this.#state = DONE
    }
  }

  #sizeByte(byte: number): void {
    const digit = DIGITS[byte] ?? -1
    if (digit >= 0) {
      if (this.#size >= SIZE_MAX) throw broken('a chunk that is too large')
      this.#size = this.#size * 16 + digit
      this.#count()
      this.#state = SIZE
    } else if (this.#state === SIZE && byte === CR) this.#state = SIZE_LF
    else if (this.#state === SIZE && byte === SEMICOLON) this.#state = EXTENSION
    else throw broken('a size that is no number')
  }

  /** A byte of an extension or a trailer, which nobody here reads. */
  #lineByte(byte: number, behindCr: number): void {
    if (byte === CR) this.#state = behindCr
    else if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) throw broken('a control character')
    this.#count()
  }

  #count(): void {
    this.#overhead += 1
    if (this.#overhead > OVERHEAD_BYTES_MAX) throw broken('more around a chunk than anyone needs')
  }

  #expect(byte: number, expected: number): void {
    if (byte !== expected) throw broken('a line or a chunk that does not end where it should')
  }
}

const broken = (what: string): WireError =>
  new WireError('ERR_WIRE_NOT_HTTP', `the chunked coding has ${what}`)
