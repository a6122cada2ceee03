// Reads what an upstream has put on the wire of a stream, byte for byte, as somebody would who has never seen the gateway:
// the usage it reported last, the text it generated, and whether it came to its end.
import { asJson, type Reported, reportedIn } from './by-hand.ts'

export interface StreamFacts {
  readonly reported: Reported | undefined
  /** Bytes of generated text in UTF-8, without the escapes of JSON. */
  readonly textBytes: number
  /** The searches that were begun, by the ids of their items. */
  readonly searches: ReadonlySet<string>
  /** The upstream said itself that it failed. */
  readonly hasFailed: boolean
  /** The event that ends a stream was there. */
  readonly hasEnded: boolean
}

/** `isTailRead`: whether what stands behind the last whole event counts as an event (the body ended properly). */
export function readSentStream(bytes: Buffer, isTailRead: boolean): StreamFacts {
  // One character for each byte, so that an event which is cut within a character keeps its length.
  const events = bytes.toString('latin1').split('\n\n')
  const tail = events.pop() ?? ''
  if (isTailRead && tail !== '') events.push(tail)
  const facts = {
    reported: undefined as Reported | undefined,
    textBytes: 0,
    searches: new Set<string>(),
    hasFailed: false,
    hasEnded: false,
  }
  for (const event of events) {
    if (facts.hasEnded) break
    takeEvent(event, facts)
  }
  return facts
}

type Taken = { -readonly [Name in keyof StreamFacts]: StreamFacts[Name] } & { searches: Set<string> }

function takeEvent(event: string, facts: Taken): void {
  const data = /^data: (.*)$/m.exec(event)?.[1]
  if (data === undefined) return
  if (data === '[DONE]') {
    facts.hasEnded = true
    return
  }
  const message = parsed(Buffer.from(data, 'latin1').toString('utf8'))
  if (!message) {
    facts.textBytes += cutTextBytes(event, data)
    return
  }
  facts.textBytes += chatTextBytes(message) + deltaBytes(message)
  const response = asJson(message.response)
  for (const item of [message.item, ...listIn(response?.output)]) takeSearch(item, facts.searches)
  facts.reported =
    reportedIn(message.usage) ??
    reportedIn(response?.usage, response?.tool_usage, facts.searches.size) ??
    facts.reported
  const { type } = message
  facts.hasFailed ||= message.error != null || type === 'error' || type === 'response.failed'
  facts.hasEnded ||=
    type === 'error' || /^response\.(completed|incomplete|failed)$/.test(typeof type === 'string' ? type : '')
}

function takeSearch(item: unknown, searches: Set<string>): void {
  const { type, id } = asJson(item) ?? {}
  if (type === 'web_search_call') searches.add(String(id))
}

function parsed(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asJson(JSON.parse(data))
  } catch {
    return undefined
  }
}

const bytesOf = (text: unknown): number => (typeof text === 'string' ? Buffer.byteLength(text) : 0)

const deltaBytes = (message: Readonly<Record<string, unknown>>): number =>
  String(message.type).endsWith('.delta') ? bytesOf(message.delta) : 0

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Text of the choices of a chat chunk, or of a whole chat completion. */
export function chatTextBytes(message: Readonly<Record<string, unknown>>): number {
  let total = 0
  for (const choice of listIn(message.choices)) {
    const said = asJson(asJson(choice)?.delta) ?? asJson(asJson(choice)?.message)
    total += bytesOf(said?.content) + bytesOf(said?.refusal) + bytesOf(said?.reasoning_content)
    for (const call of listIn(said?.tool_calls)) {
      total += bytesOf(asJson(asJson(call)?.function)?.arguments)
      total += bytesOf(asJson(asJson(call)?.custom)?.input)
    }
  }
  return total
}

const TEXT_MEMBER = /"(?:content|refusal|reasoning_content|arguments|input|delta)":"((?:[^"\\]|\\.)*\\?)/gs
const REPEATING_EVENT = /^event: (?!.*\.delta$)/m

/**
 * What came of an event that was cut off in the middle, and is new: the events of a response that are no deltas repeat what
 * its deltas have said. There is one character for each byte.
 */
function cutTextBytes(event: string, data: string): number {
  if (REPEATING_EVENT.test(event)) return 0
  let total = 0
  for (const [, text = ''] of data.matchAll(TEXT_MEMBER)) total += text.replace(ESCAPE, unescaped).length
  return total
}

const ESCAPE = /\\(?:u([0-9a-f]{4})|[^u])/gi

/** As many characters as what is escaped has bytes in UTF-8; half of a pair of surrogates has two of four. */
function unescaped(_escape: string, hex: string | undefined): string {
  const unit = hex === undefined ? 0 : Number.parseInt(hex, 16)
  const isSurrogate = unit >= 0xd800 && unit <= 0xdfff
  if (unit < 0x80) return '.'
  return unit < 0x800 || isSurrogate ? '..' : '...'
}
