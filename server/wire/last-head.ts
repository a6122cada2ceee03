// The head that came last on a connection. A client says the same in each of its requests but for the length of the body, so
// that a head which is alike byte for byte is not read a second time.
import { copyOfFields } from './field-lines.ts'
import type { PlainHead } from './plain-head.ts'

/** A longer one would be kept by every connection that is open. */
const KEPT_BYTES_MAX = 4 * 1024
/** A client whose heads differ in more, in an id of each request for example, is not kept in mind any more. */
const MISSES_MAX = 3
/** As many as a plain head may have. */
const DIGITS_MAX = 10
const DIGIT_0 = 0x30
/** Where the length of the body begins, in a head in which it stands once. */
const BEFORE_LENGTH = /\r\ncontent-length:[\t ]*/i

export class LastHead {
  #head: PlainHead | undefined
  /** All of it, with the empty line. */
  #bytes: Buffer | undefined
  /** Where the digits of its length begin and end. */
  #digitsStart = 0
  #digitsEnd = 0
  #misses = 0
  /** Offset behind the head that was found, or kept, last. */
  end = 0

  /** The head that `bytes` begin with, where it is like the last one: what reading it would say. */
  find(bytes: Buffer): PlainHead | undefined {
    const kept = this.#bytes
    const head = this.#head
    if (!kept || !head) return undefined
    const start = this.#digitsStart
    if (bytes.length < kept.length - DIGITS_MAX || !areSame(bytes, 0, kept, 0, start)) return undefined
    let digitsEnd = start
    let length = 0
    while (digitsEnd < bytes.length && digitsEnd - start <= DIGITS_MAX) {
      const digit = (bytes[digitsEnd] ?? 0) - DIGIT_0
      if (digit < 0 || digit > 9) break
      length = length * 10 + digit
      digitsEnd += 1
    }
    const digits = digitsEnd - start
    if (digits === 0 || digits > DIGITS_MAX) return undefined
    const rest = kept.length - this.#digitsEnd
    if (!areSame(bytes, digitsEnd, kept, this.#digitsEnd, rest)) return undefined
    this.#misses = 0
    this.end = digitsEnd + rest
    return length === head.bytes && digits === this.#digitsEnd - start
      ? head
      : withLength(head, bytes.toString('latin1', start, digitsEnd))
  }

  /** Keeps a head that was read in `bytes`, up to `end`. What is returned is to be used in its place. */
  keep(head: PlainHead, bytes: Buffer, end: number): PlainHead {
    this.end = end
    if (this.#misses === MISSES_MAX) return head
    this.#misses += 1
    this.#bytes = undefined
    this.#head = undefined
    if (this.#misses === MISSES_MAX || end > KEPT_BYTES_MAX) return head
    const found = BEFORE_LENGTH.exec(bytes.toString('latin1', 0, end))
    const digits = head.headers['content-length'] ?? ''
    if (!found || digits === '') return head
    this.#digitsStart = found.index + found[0].length
    this.#digitsEnd = this.#digitsStart + digits.length
    // In memory of its own: a place in Node's pool would hold all 64 KiB of it for as long as the connection is open.
    this.#bytes = Buffer.allocUnsafeSlow(end)
    bytes.copy(this.#bytes, 0, 0, end)
    this.#head = { ...head, alike: head.headers }
    return this.#head
  }
}

function areSame(a: Buffer, aStart: number, b: Buffer, bStart: number, length: number): boolean {
  const aEnd = aStart + length
  return aEnd <= a.length && a.compare(b, bStart, bStart + length, aStart, aEnd) === 0
}

function withLength(head: PlainHead, digits: string): PlainHead {
  const headers: Record<string, string> = copyOfFields(head.headers)
  headers['content-length'] = digits
  return { ...head, headers, bytes: Number(digits) }
}
