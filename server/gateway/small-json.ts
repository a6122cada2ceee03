// Reads a small body in one pass over its bytes, where the scan and the parser take one each. It reads what clients usually write, and
// gives undefined for everything else: for what is no JSON, and for what is odd (a name that stands twice, deep nesting). Whoever
// calls then reads it the longer way, which tells what is wrong with it.
import { NAME_BYTES_MAX } from './body-scan.ts'
import { BEGINNING_BYTES_MAX, CUT, endOfBeginning } from './body-text.ts'
import type { JsonObject } from './json-object.ts'
import { asciiName } from './name-table.ts'

/** Of more than this the parser is as quick: it takes longer to begin, and less for each byte. */
export const SMALL_BYTES_MAX = 8 * 1024

const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const POINT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a
const UPPER_E = 0x45
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const LOWER_E = 0x65
const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const BEYOND_ASCII = 0x80
/** What is deeper is odd. */
const DEPTH_MAX = 24
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** A whole number of so many digits is exact. */
const EXACT_DIGITS_MAX = 15
/** A longer piece of a text is a window of it, and would keep all of it in memory for as long as it is kept itself. */
const COPIED_LENGTH_MAX = 12

export class SmallJson {
  readonly #bytes: Buffer
  /** A character for each byte. */
  readonly #text: string
  /** Texts of more bytes are cut. */
  readonly #shortBytesMax: number
  /** Offset behind what was read last, or -1 where that is nothing. */
  #end = 0
  /** What is in the text that was read last. */
  #hasEscape = false
  #isAscii = true
  /** Offset of the opening brace. */
  start = 0
  /** Offset of the closing brace. */
  closingBrace = 0
  /** Of each member of the whole object where its name begins and ends, and its value. */
  readonly places: number[] = []
  /** As the scan of a body finds them. */
  readonly longTexts: number[] = []

  constructor(bytes: Buffer, shortBytesMax: number) {
    this.#bytes = bytes
    this.#text = bytes.toString('latin1')
    this.#shortBytesMax = shortBytesMax
  }

  /** The whole object. */
  object(): JsonObject | undefined {
    this.start = behindSpace(this.#bytes, 0)
    if (this.#bytes[this.start] !== OPEN_BRACE) return undefined
    const object = this.#object(this.start, 1, this.places)
    this.closingBrace = this.#end - 1
    return this.#isOver() ? object : undefined
  }

  /** Behind all that was read there is nothing more. */
  #isOver(): boolean {
    return this.#end >= 0 && behindSpace(this.#bytes, this.#end) === this.#bytes.length
  }

  /** What is no value has no end either. */
  #none(): undefined {
    this.#end = -1
  }

  #value(at: number, depth: number): unknown {
    switch (this.#bytes[at]) {
      case QUOTE:
        return this.#textValue(at)
      case OPEN_BRACE:
        return depth === DEPTH_MAX ? this.#none() : this.#object(at, depth + 1)
      case OPEN_BRACKET:
        return depth === DEPTH_MAX ? this.#none() : this.#list(at, depth + 1)
      case LOWER_T:
        return this.#word(at, 'true', true)
      case LOWER_F:
        return this.#word(at, 'false', false)
      case LOWER_N:
        return this.#word(at, 'null', null)
      default:
        return this.#number(at)
    }
  }

  #object(from: number, depth: number, places?: number[]): JsonObject | undefined {
    const bytes = this.#bytes
    const object: Record<string, unknown> = {}
    let at = behindSpace(bytes, from + 1)
    if (bytes[at] === CLOSE_BRACE) {
      this.#end = at + 1
      return object
    }
    for (;;) {
      const nameStart = at
      const name = this.#name(at)
      // A name that every object knows is as odd as one that stands twice.
      if (name === undefined || object[name] !== undefined) return this.#none()
      const valueStart = this.#end
      if (places) places.push(nameStart, this.#nameEnd, valueStart)
      object[name] = this.#value(valueStart, depth)
      if (this.#end < 0) return undefined
      if (places) places.push(this.#end)
      at = behindSpace(bytes, this.#end)
      if (bytes[at] !== COMMA) break
      at = behindSpace(bytes, at + 1)
    }
    this.#end = bytes[at] === CLOSE_BRACE ? at + 1 : -1
    return object
  }

  #list(from: number, depth: number): unknown[] | undefined {
    const bytes = this.#bytes
    const list: unknown[] = []
    let at = behindSpace(bytes, from + 1)
    if (bytes[at] === CLOSE_BRACKET) {
      this.#end = at + 1
      return list
    }
    for (;;) {
      list.push(this.#value(at, depth))
      if (this.#end < 0) return undefined
      at = behindSpace(bytes, this.#end)
      if (bytes[at] !== COMMA) break
      at = behindSpace(bytes, at + 1)
    }
    this.#end = bytes[at] === CLOSE_BRACKET ? at + 1 : -1
    return list
  }

  /** Offset behind the name that was read last. */
  #nameEnd = 0

  /** The name of a member; what was read ends before its value. */
  #name(from: number): string | undefined {
    const bytes = this.#bytes
    const end = bytes[from] === QUOTE ? this.#textEnd(from) : -1
    if (end < 0 || end - from - 2 > NAME_BYTES_MAX) return undefined
    this.#nameEnd = end
    const isPlainName = this.#isAscii && !this.#hasEscape
    const name = isPlainName ? asciiName(bytes, from + 1, end - 1) : this.#shortText(from, end)
    const colon = behindSpace(bytes, end)
    if (bytes[colon] !== COLON) return undefined
    this.#end = behindSpace(bytes, colon + 1)
    return name
  }

  #textValue(from: number): string | undefined {
    if (this.#bytes.length > this.#shortBytesMax) {
      const behind = this.#behindQuote(from + 1)
      if (behind - from - 2 > this.#shortBytesMax) return this.#cutText(from, behind)
    }
    const end = this.#textEnd(from)
    return end < 0 ? this.#none() : this.#shortText(from, end)
  }

  /** Offset behind the quote that ends what begins at `from`, or -1. Of a long text, no more is looked at. */
  #behindQuote(from: number): number {
    let at = this.#text.indexOf('"', from)
    while (at >= 0) {
      let backslashes = 0
      while (at - backslashes > from && this.#bytes[at - backslashes - 1] === BACKSLASH) backslashes += 1
      if (backslashes % 2 === 0) return at + 1
      at = this.#text.indexOf('"', at + 1)
    }
    return -1
  }

  /** Offset behind the text that opens at `from`, with what is in it noted. Whether its escapes are any is seen when it is read. */
  #textEnd(from: number): number {
    const bytes = this.#bytes
    const { length } = bytes
    let hasEscape = false
    let isAscii = true
    let at = from + 1
    while (at < length) {
      const byte = bytes[at] ?? 0
      if (byte === QUOTE) break
      if (byte < SPACE) return -1
      if (byte >= BEYOND_ASCII) isAscii = false
      if (byte === BACKSLASH) {
        hasEscape = true
        at += 1
      }
      at += 1
    }
    this.#hasEscape = hasEscape
    this.#isAscii = isAscii
    return at < length ? at + 1 : -1
  }

  /** The text that was found to stand there. */
  #shortText(from: number, end: number): string | undefined {
    this.#end = end
    if (this.#hasEscape || !this.#isAscii) {
      const written = this.#bytes.toString('utf8', from, end)
      return this.#hasEscape ? this.#unescaped(written) : written.slice(1, -1)
    }
    return end - from - 2 > COPIED_LENGTH_MAX
      ? this.#bytes.toString('latin1', from + 1, end - 1)
      : this.#text.slice(from + 1, end - 1)
  }

  /** The same of a long one: what `cutText` leaves of it. */
  #cutText(from: number, end: number): string | undefined {
    this.#end = end
    this.longTexts.push(from, end)
    const beginning = this.#beginning(from + 1)
    return beginning === undefined ? undefined : `${beginning}${CUT}${end - from - 2}`
  }

  #beginning(from: number): string | undefined {
    const bytes = this.#bytes
    const end = from + BEGINNING_BYTES_MAX
    let at = from
    while (at < end && isPlain(bytes[at] ?? 0)) at += 1
    return at === end
      ? bytes.toString('latin1', from, end)
      : this.#unescaped(`"${bytes.toString('utf8', from, endOfBeginning(bytes, from))}"`)
  }

  #unescaped(written: string): string | undefined {
    try {
      return String(JSON.parse(written))
    } catch {
      return this.#none()
    }
  }

  #number(from: number): number | undefined {
    const bytes = this.#bytes
    let at = from
    let value = 0
    while (isDigit(bytes[at])) {
      value = value * 10 + (bytes[at] ?? 0) - DIGIT_0
      at += 1
    }
    const digits = at - from
    const isShort = digits === 1 || (digits > 1 && digits <= EXACT_DIGITS_MAX && bytes[from] !== DIGIT_0)
    const next = bytes[at]
    if (isShort && next !== POINT && next !== LOWER_E && next !== UPPER_E) {
      this.#end = at
      return value
    }
    return this.#otherNumber(from)
  }

  #otherNumber(from: number): number | undefined {
    NUMBER.lastIndex = from
    const [written] = NUMBER.exec(this.#text) ?? []
    if (written === undefined) return this.#none()
    this.#end = from + written.length
    return Number(written)
  }

  #word<Value>(from: number, word: string, value: Value): Value {
    this.#end = this.#text.startsWith(word, from) ? from + word.length : -1
    return value
  }
}

/** Stands in a text as itself and takes one byte. */
const isPlain = (byte: number): boolean => byte >= SPACE && byte < BEYOND_ASCII && byte !== BACKSLASH

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= DIGIT_0 && byte < DIGIT_0 + 10

const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB

function behindSpace(bytes: Buffer, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at += 1
  return at
}
