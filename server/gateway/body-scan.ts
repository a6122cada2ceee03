// Scans a whole request body in one pass over its bytes, before any of it is parsed: how deep it is nested and how many
// values it has, whether a name stands twice in any object, where its top-level members stand, and which texts are long.
// Whether it is JSON at all is left to JSON.parse: of text that is none, the pass only promises to end.
import { fail, ok, type Result } from '../../contract/result.ts'
import { NameStack, readName } from './body-names.ts'
import type { JsonMember, JsonObjectScan } from './json-scan.ts'

/** Schemas of tools are the deepest that clients send, and stay far below. */
export const DEPTH_MAX = 100
/** The largest input of an embedding, 300,000 tokens as numbers, and as much room again. */
export const VALUES_MAX = 600_000
/** What is left for the parser once long texts are cut; it takes some milliseconds for each megabyte. */
export const PARSED_BYTES_MAX = 8 * 1024 * 1024
/** No member has a longer name; a parser takes its time for names. */
export const NAME_BYTES_MAX = 1_024
/** A text of more bytes than this is a long one. */
export const SHORT_TEXT_BYTES_MAX = 256

export interface BodyScan extends JsonObjectScan {
  /** The long texts that are values, in their order: for each the offset of its opening quote and that behind its closing one. */
  readonly longTexts: readonly number[]
  /** The same of the names that may be written with escapes. */
  readonly escapedNames: readonly number[]
}

export type BodyScanProblem =
  | { readonly kind: 'not_an_object' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'duplicate'; readonly name: string }
  | { readonly kind: 'name_too_long' }
  | { readonly kind: 'too_deep' }
  | { readonly kind: 'too_many_values' }
  | { readonly kind: 'too_many_members' }
  | { readonly kind: 'too_much_to_parse' }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c
const COLON = 0x3a
/** White space and control characters end here. */
const SPACE = 0x20

export const scanBody = (bytes: Buffer): Result<BodyScan, BodyScanProblem> => new BodyScanner(bytes).scan()

class BodyScanner {
  readonly #bytes: Buffer
  readonly #names: NameStack
  /** Of each top-level member where its name begins and ends, and its value. */
  readonly #members: number[] = []
  readonly #longTexts: number[] = []
  /** What the brackets around the innermost one are. */
  readonly #outerAreObjects: boolean[] = []
  #isInObject = false
  /** Whether the next text is the name of a member. */
  #expectsName = false
  #values = 0
  #nameStart = 0
  #nameEnd = 0
  /** Behind the colon of the top-level member that is being read; -1 between two. */
  #topLevelColonEnd = -1
  #closingBrace = -1
  /** Where the pass ends if no more long texts come. */
  #passEnd = PARSED_BYTES_MAX
  #problem: BodyScanProblem | undefined

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#names = new NameStack(bytes)
  }

  scan(): Result<BodyScan, BodyScanProblem> {
    const bytes = this.#bytes
    const { length } = bytes
    const start = skipSpace(bytes, 0)
    if (bytes[start] !== OPEN_BRACE) return fail({ kind: 'not_an_object' })
    let at = start
    while (at < length && this.#problem === undefined) {
      if (at >= this.#passEnd) return fail({ kind: 'too_much_to_parse' })
      const byte = bytes[at]
      if (byte === undefined || byte <= SPACE) {
        at += 1
        continue
      }
      if (byte === QUOTE) {
        at = this.#text(at)
        continue
      }
      if (byte === COMMA) this.#comma(at)
      else if (byte === COLON) this.#colon(at)
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#open(byte === OPEN_BRACE)
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#close(at)
      at += 1
    }
    if (this.#problem) return fail(this.#problem)
    if (this.#closingBrace < 0) return fail({ kind: 'malformed' })
    const { escaped } = this.#names
    return ok(new ScannedBody(bytes, this.#members, start, this.#closingBrace, this.#longTexts, escaped))
  }

  get #depth(): number {
    return this.#outerAreObjects.length
  }

  /** Offset behind the text that opens at `at`. */
  #text(at: number): number {
    const end = textEnd(this.#bytes, at)
    if (end < 0) {
      this.#problem = { kind: 'malformed' }
      return at + 1
    }
    if (!this.#expectsName) {
      if (end - at - 2 > SHORT_TEXT_BYTES_MAX) {
        this.#longTexts.push(at, end)
        this.#passEnd += end - at
      }
      return end
    }
    this.#expectsName = false
    this.#name(at, end)
    return end
  }

  #name(at: number, end: number): void {
    if (end - at - 2 > NAME_BYTES_MAX) this.#problem = { kind: 'name_too_long' }
    else if (this.#names.isFull) this.#problem = { kind: 'too_many_members' }
    else if (!this.#names.add(at, end))
      this.#problem = { kind: 'duplicate', name: readName(this.#bytes, at, end) }
    else if (this.#depth === 1) {
      this.#nameStart = at
      this.#nameEnd = end
    }
  }

  #comma(at: number): void {
    this.#countValue()
    if (!this.#isInObject) return
    this.#expectsName = true
    if (this.#depth === 1) this.#endMember(at)
  }

  #colon(at: number): void {
    if (this.#depth === 1) this.#topLevelColonEnd = at + 1
  }

  #open(isObject: boolean): void {
    this.#countValue()
    if (this.#depth === DEPTH_MAX) this.#problem = { kind: 'too_deep' }
    this.#outerAreObjects.push(this.#isInObject)
    this.#isInObject = isObject
    this.#expectsName = isObject
    if (isObject) this.#names.open()
  }

  #close(at: number): void {
    if (this.#depth === 0) {
      this.#problem = { kind: 'malformed' }
      return
    }
    if (this.#depth === 1) {
      this.#endMember(at)
      this.#closingBrace = at
    }
    if (this.#isInObject) this.#names.close()
    this.#isInObject = this.#outerAreObjects.pop() === true
    this.#expectsName = false
  }

  /** Every value but the first of a list or an object has a comma before it; the first is counted with its bracket. */
  #countValue(): void {
    this.#values += 1
    if (this.#values > VALUES_MAX) this.#problem = { kind: 'too_many_values' }
  }

  #endMember(at: number): void {
    if (this.#topLevelColonEnd < 0) return
    const valueStart = skipSpace(this.#bytes, this.#topLevelColonEnd)
    let valueEnd = at
    while (valueEnd > valueStart && isSpace(this.#bytes[valueEnd - 1])) valueEnd -= 1
    this.#members.push(this.#nameStart, this.#nameEnd, valueStart, valueEnd)
    this.#topLevelColonEnd = -1
  }
}

export class ScannedBody implements BodyScan {
  readonly start: number
  readonly closingBrace: number
  readonly longTexts: readonly number[]
  readonly escapedNames: readonly number[]
  readonly #bytes: Buffer
  readonly #places: readonly number[]
  #members: readonly JsonMember[] | undefined

  constructor(
    bytes: Buffer,
    places: readonly number[],
    start: number,
    closingBrace: number,
    longTexts: readonly number[],
    escapedNames: readonly number[],
  ) {
    this.#bytes = bytes
    this.#places = places
    this.start = start
    this.closingBrace = closingBrace
    this.longTexts = longTexts
    this.escapedNames = escapedNames
  }

  /** Their names are read when somebody asks: most bodies are sent on as they came, and nobody does. */
  get members(): readonly JsonMember[] {
    this.#members ??= this.#read()
    return this.#members
  }

  #read(): readonly JsonMember[] {
    const members: JsonMember[] = []
    for (let at = 0; at < this.#places.length; at += 4) {
      const [nameStart = 0, nameEnd = 0, valueStart = 0, valueEnd = 0] = this.#places.slice(at, at + 4)
      members.push({ name: readName(this.#bytes, nameStart, nameEnd), nameStart, valueStart, valueEnd })
    }
    return members
  }
}

const isSpace = (byte: number | undefined): boolean => byte !== undefined && byte <= SPACE

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at += 1
  return at
}

/** Short texts are read byte by byte; for the others a search for the next quote is faster. */
const LOOKED_AT_BYTES = 48

/** Offset behind the closing quote of the text that opens at `from`, or -1. */
function textEnd(bytes: Buffer, from: number): number {
  const { length } = bytes
  let at = from + 1
  for (;;) {
    const near = Math.min(at + LOOKED_AT_BYTES, length)
    while (at < near) {
      const byte = bytes[at]
      if (byte === QUOTE) return at + 1
      at += byte === BACKSLASH ? 2 : 1
    }
    if (at >= length) return -1
    // Here a character begins: nothing before it escapes the next quote.
    const quote = bytes.indexOf(QUOTE, at)
    if (quote < 0) return -1
    let backslashes = 0
    while (quote - backslashes > at && bytes[quote - backslashes - 1] === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}
