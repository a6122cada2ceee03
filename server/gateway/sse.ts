// Splits a stream of server-sent events into whole events without changing a byte, and reads an event where asked to.
// Line ends may be LF, CRLF or CR (WHATWG HTML, "Server-sent events"); an event ends behind its blank line.

const LF = 0x0a
const CR = 0x0d
const BLANK_LINE = Buffer.from('\n\n')

/** Offset behind the blank line that ends the event starting at `from`, or -1 while it is not there yet. */
export function eventEnd(bytes: Buffer, from: number, hasCr: boolean): number {
  if (bytes[from] === LF) return from + 1
  if (!hasCr) {
    const at = bytes.indexOf(BLANK_LINE, from)
    return at < 0 ? -1 : at + 2
  }
  return eventEndWithCr(bytes, from)
}

function eventEndWithCr(bytes: Buffer, from: number): number {
  let lineStart = from
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte !== LF && byte !== CR) continue
    // A CR at the very end may have an LF coming; that LF then passes as an empty event of its own, which changes nothing.
    const behind = byte === CR && bytes[at + 1] === LF ? at + 2 : at + 1
    if (at === lineStart) return behind
    lineStart = behind
    at = behind - 1
  }
  return -1
}

export class EventSplitter {
  #carry: Buffer | undefined
  readonly #maxEventBytes: number

  /** An event longer than `maxEventBytes` is handed on in pieces as it comes, and cannot be read. */
  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes
  }

  /** Calls `onEvent(bytes, start, end)` for each event that is complete with this chunk. */
  push(chunk: Buffer, onEvent: (bytes: Buffer, start: number, end: number) => void): void {
    const bytes = this.#carry ? Buffer.concat([this.#carry, chunk]) : chunk
    const hasCr = bytes.indexOf(CR) >= 0
    let start = 0
    while (start < bytes.length) {
      const end = eventEnd(bytes, start, hasCr)
      if (end < 0) break
      onEvent(bytes, start, end)
      start = end
    }
    if (bytes.length - start > this.#maxEventBytes) {
      onEvent(bytes, start, bytes.length)
      start = bytes.length
    }
    this.#carry = start < bytes.length ? bytes.subarray(start) : undefined
  }

  /** What is left when the stream has ended: an event without its last blank line, or nothing. */
  rest(): Buffer | undefined {
    const rest = this.#carry
    this.#carry = undefined
    return rest
  }
}

export interface EventFields {
  readonly name: string | undefined
  /** The data lines joined by LF, or undefined where the event carries none. */
  readonly data: string | undefined
  /** Where the data stands on one line: its offsets in the event's bytes. */
  readonly dataRange: { readonly start: number; readonly end: number } | undefined
}

const BOM = '\uFEFF'

/** Reads the fields of one raw event. */
export function readEvent(event: Buffer): EventFields {
  let name: string | undefined
  let data: string | undefined
  let dataRange: EventFields['dataRange']
  let at = event[0] === 0xef && event[1] === 0xbb && event[2] === 0xbf ? 3 : 0
  while (at < event.length) {
    let end = at
    while (end < event.length && event[end] !== LF && event[end] !== CR) end += 1
    const line = event.toString('utf8', at, end)
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const hasSpace = line[colon + 1] === ' '
    const value = colon < 0 ? '' : line.slice(colon + (hasSpace ? 2 : 1))
    if (field.replace(BOM, '') === 'event') name = value
    if (field.replace(BOM, '') === 'data') {
      dataRange = data === undefined ? { start: at + colon + (hasSpace ? 2 : 1), end } : undefined
      data = data === undefined ? value : `${data}\n${value}`
    }
    at = event[end] === CR && event[end + 1] === LF ? end + 2 : end + 1
  }
  return { name, data, dataRange }
}
