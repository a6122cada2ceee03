// What can be seen of a chat chunk without parsing it, in one pass over its bytes: how much text it brings, whether it speaks of
// usage or of an error, and the empty usage that most chunks have. This is done for every chunk of every stream, so a chunk is
// looked at where it lies, in `bytes[start, end)`.
import { closingQuote, unescapedBytes } from './stream-meter.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const SPACE = 0x20
const LF = 0x0a
const OPEN_BRACE = 0x7b

/** With its opening quote, which no longer name has in the same place. */
const quoted = (name: string): Buffer => Buffer.from(`"${name}`)
const USAGE = quoted('usage')
const ERROR = quoted('error')

/** The names of texts by their last letter; made once, for all streams. */
export type TextNames = readonly (readonly Buffer[] | undefined)[]

export function byLastLetter(textNames: readonly string[]): TextNames {
  const byLetter: (readonly Buffer[] | undefined)[] = []
  for (const name of textNames) {
    const last = name.charCodeAt(name.length - 1)
    byLetter[last] = [...(byLetter[last] ?? []), quoted(name)]
  }
  return byLetter
}

const SEVERAL = 2

export class ChunkNames {
  /** Bytes of the texts of the chunk that was read last, as `textBytesBehind` counts them. */
  textBytes = 0
  /** Where the only text of it stands, without its quotes; -1 where it has none, or several, or one with escapes. */
  textStart = -1
  textEnd = -1
  hasUsage = false
  hasError = false
  #texts = 0
  readonly #textNames: TextNames

  constructor(textNames: TextNames) {
    this.#textNames = textNames
  }

  read(bytes: Buffer, start: number, end: number): void {
    this.textBytes = 0
    this.textStart = -1
    this.#texts = 0
    this.hasUsage = false
    this.hasError = false
    for (let at = start; at < end; at += 1) if (bytes[at] === QUOTE) at = this.#name(bytes, start, at, end)
    if (this.#texts !== 1) this.textStart = -1
  }

  /** Looks at what ends in the quote at `quote`; the offset of the last byte that was read. */
  #name(bytes: Buffer, start: number, quote: number, end: number): number {
    if (endsIn(bytes, start, quote, USAGE)) this.hasUsage = true
    else if (endsIn(bytes, start, quote, ERROR)) this.hasError = true
    else if (bytes[quote + 1] === COLON && quote + 1 < end && this.#isOfText(bytes, start, quote)) {
      return this.#text(bytes, quote + 2, end)
    }
    return quote
  }

  #isOfText(bytes: Buffer, start: number, quote: number): boolean {
    const candidates = this.#textNames[bytes[quote - 1] ?? 0]
    if (candidates === undefined) return false
    for (const name of candidates) if (endsIn(bytes, start, quote, name)) return true
    return false
  }

  #text(bytes: Buffer, from: number, end: number): number {
    let open = from
    while (open < end && bytes[open] === SPACE) open += 1
    if (open >= end || bytes[open] !== QUOTE) return from - 1
    for (let at = open + 1; at < end; at += 1) {
      const byte = bytes[at]
      if (byte === BACKSLASH) break
      if (byte !== QUOTE) continue
      this.textBytes += at - open - 1
      this.textStart = open + 1
      this.textEnd = at
      this.#texts += 1
      return at
    }
    // One with escapes in it, or without an end.
    this.#texts = SEVERAL
    const event = bytes.subarray(open + 1, end)
    const length = closingQuote(event, 0)
    this.textBytes += unescapedBytes(event, 0, length)
    return open + 1 + length
  }
}

/** Whether `name` stands right before `end`. */
function endsIn(bytes: Buffer, start: number, end: number, name: Buffer): boolean {
  const from = end - name.length
  if (from < start) return false
  for (let at = name.length - 1; at >= 0; at -= 1) if (bytes[from + at] !== name[at]) return false
  return true
}

const DATA = Buffer.from('data:')

/** Whether the data of an event begins with a brace: it is then no `[DONE]`. */
export function isObjectEvent(bytes: Buffer, start: number, end: number): boolean {
  let at = start + DATA.length
  if (at > end || !endsIn(bytes, start, at, DATA)) return false
  while (at < end && bytes[at] === SPACE) at += 1
  return bytes[at] === OPEN_BRACE
}

/** What most chunks say of their usage, where it is asked for. */
export const EMPTY_USAGE = Buffer.from(',"usage":null')
const OBJECT_END = Buffer.from('}\n\n')
const PADDING = Buffer.from(',"obfuscation":"')
const PADDING_LENGTH_MAX = 64

/**
 * Where `EMPTY_USAGE` stands as the last member of a chunk, or before nothing but the padding that OpenAI puts behind it. It is a
 * member of the outermost object then, because the brace behind it is the last one, and its comma is no part of a text. -1 where
 * the chunk may say it elsewhere, or does not begin with its data, or has more than one line.
 */
export function emptyUsageAt(bytes: Buffer, start: number, end: number): number {
  if (!endsIn(bytes, start, end, OBJECT_END) || !isObjectEvent(bytes, start, end)) return -1
  if (bytes.indexOf(LF, start) !== end - 2) return -1
  const before = withoutPadding(bytes, start, end - OBJECT_END.length)
  return endsIn(bytes, start, before, EMPTY_USAGE) ? before - EMPTY_USAGE.length : -1
}

/** Where the outermost object of a chunk is at its end but for the padding; -1 where the chunk ends in anything else. */
export const paddingAt = (bytes: Buffer, start: number, end: number): number =>
  endsIn(bytes, start, end, OBJECT_END) ? withoutPadding(bytes, start, end - OBJECT_END.length) : -1

/** Before the padding, or `end` where there is none. */
function withoutPadding(bytes: Buffer, start: number, end: number): number {
  if (bytes[end - 1] !== QUOTE) return end
  let at = end - 2
  while (at > end - PADDING_LENGTH_MAX && isAlphanumeric(bytes[at])) at -= 1
  return endsIn(bytes, start, at + 1, PADDING) ? at + 1 - PADDING.length : end
}

const isAlphanumeric = (byte = 0): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
