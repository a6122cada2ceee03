// What can be seen of a chat chunk without parsing it, in one pass over its bytes: how much text it brings, whether it speaks of
// usage or of an error, and the empty usage that most chunks have. This is done for every chunk of every stream.
import { closingQuote, unescapedBytes } from './stream-meter.ts'

const QUOTE = 0x22
const COLON = 0x3a
const SPACE = 0x20
const LF = 0x0a
const OPEN_BRACE = 0x7b

/** With its opening quote, which stands unescaped behind no other name's last letters. */
const quoted = (name: string): Buffer => Buffer.from(`"${name}`)
const USAGE = quoted('usage')
const ERROR = quoted('error')

export class ChunkNames {
  /** Bytes of the texts of the chunk that was read last, as `textBytesBehind` counts them. */
  textBytes = 0
  hasUsage = false
  hasError = false
  /** The names of texts by their last letter. */
  readonly #textNames: (readonly Buffer[] | undefined)[] = []

  constructor(textNames: readonly string[]) {
    for (const name of textNames) {
      const last = name.charCodeAt(name.length - 1)
      this.#textNames[last] = [...(this.#textNames[last] ?? []), quoted(name)]
    }
  }

  read(event: Buffer): void {
    this.textBytes = 0
    this.hasUsage = false
    this.hasError = false
    const { length } = event
    let at = 1
    while (at < length) {
      if (event[at] === QUOTE) at = this.#name(event, at)
      at += 1
    }
  }

  /** Looks at what ends in the quote at `quote`; the offset of the last byte that was read. */
  #name(event: Buffer, quote: number): number {
    if (endsIn(event, quote, USAGE)) this.hasUsage = true
    else if (endsIn(event, quote, ERROR)) this.hasError = true
    else if (event[quote + 1] === COLON && this.#isOfText(event, quote)) return this.#text(event, quote + 2)
    return quote
  }

  #isOfText(event: Buffer, quote: number): boolean {
    const candidates = this.#textNames[event[quote - 1] ?? 0]
    if (candidates === undefined) return false
    for (const name of candidates) if (endsIn(event, quote, name)) return true
    return false
  }

  #text(event: Buffer, from: number): number {
    let start = from
    while (event[start] === SPACE) start += 1
    if (event[start] !== QUOTE) return from - 1
    const end = closingQuote(event, start + 1)
    this.textBytes += unescapedBytes(event, start + 1, end)
    return end
  }
}

/** Whether `name` stands right before `end`. */
function endsIn(event: Buffer, end: number, name: Buffer): boolean {
  const start = end - name.length
  if (start < 0) return false
  for (let at = name.length - 1; at >= 0; at -= 1) if (event[start + at] !== name[at]) return false
  return true
}

const DATA = Buffer.from('data:')

/** Whether the data of an event begins with a brace: it is then no `[DONE]`. */
export function isObjectEvent(event: Buffer): boolean {
  if (!endsIn(event, DATA.length, DATA)) return false
  let at = DATA.length
  while (event[at] === SPACE) at += 1
  return event[at] === OPEN_BRACE
}

const EMPTY_USAGE = Buffer.from(',"usage":null')
const OBJECT_END = Buffer.from('}\n\n')
const PADDING = Buffer.from(',"obfuscation":"')
const PADDING_LENGTH_MAX = 64

/**
 * Where a chunk says `"usage":null` as its last member, or before nothing but the padding that OpenAI puts behind it. The comma
 * before it makes it a member of the outermost object, because the brace behind it is the last one. Undefined where the event
 * may say it elsewhere.
 */
export function emptyUsageIn(event: Buffer): Range | undefined {
  const objectEnd = event.length - OBJECT_END.length
  if (!endsIn(event, event.length, OBJECT_END) || !isObjectEvent(event)) return undefined
  // Data on several lines is put on one where it is edited.
  if (event.indexOf(LF) !== event.length - 2) return undefined
  const end = withoutPadding(event, objectEnd)
  return endsIn(event, end, EMPTY_USAGE) ? { start: end - EMPTY_USAGE.length, end } : undefined
}

export interface Range {
  readonly start: number
  readonly end: number
}

/** Before the padding, or `end` where there is none. */
function withoutPadding(event: Buffer, end: number): number {
  if (event[end - 1] !== QUOTE) return end
  let at = end - 2
  while (at > end - PADDING_LENGTH_MAX && isAlphanumeric(event[at])) at -= 1
  return endsIn(event, at + 1, PADDING) ? at + 1 - PADDING.length : end
}

const isAlphanumeric = (byte = 0): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)

export function without(event: Buffer, { start, end }: Range): Buffer {
  const rest = Buffer.allocUnsafe(event.length - (end - start))
  event.copy(rest, 0, 0, start)
  event.copy(rest, start, end)
  return rest
}
