// Splits a stream of server-sent events into whole events without changing a byte, and reads an event where asked to.
// Line ends may be LF, CRLF or CR (WHATWG HTML, "Server-sent events"); an event ends behind its blank line.

const LF = 0x0a
const CR = 0x0d
export const BLANK_LINE = Buffer.from('\n\n')

export class EventSplitter {
  /** What has come of an event whose end has not: each byte is looked at once, however many pieces an event comes in. */
  #pieces: Buffer[] = []
  #piecesBytes = 0
  #isLineStart = true
  #isBehindCr = false
  /** The event that is coming is longer than what is kept of one. */
  #isPassing = false
  readonly #maxEventBytes: number

  /** An event longer than `maxEventBytes` is handed on in pieces, as it comes. */
  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes
  }

  /**
   * Calls `onEvent(bytes, start, end)` for each event that is complete with this chunk, and `onPiece(piece, isLast)` for
   * each piece of one that is too long. Nothing is kept of the chunk itself: all pieces but the last are copies.
   */
  push(
    chunk: Buffer,
    onEvent: (bytes: Buffer, start: number, end: number) => void,
    onPiece: (piece: Buffer, isLast: boolean) => void,
  ): void {
    const hasCr = this.#isBehindCr || chunk.includes(CR)
    let start = 0
    while (start < chunk.length) {
      const end = hasCr ? this.#eventEndWithCr(chunk, start) : this.#eventEnd(chunk, start)
      if (end < 0) break
      if (this.#isPassing) {
        this.#isPassing = false
        onPiece(chunk.subarray(start, end), true)
      } else if (this.#pieces.length === 0) {
        onEvent(chunk, start, end)
      } else {
        this.#pieces.push(chunk.subarray(start, end))
        const event = this.#takePieces()
        onEvent(event, 0, event.length)
      }
      start = end
    }
    if (start === chunk.length) return
    const rest = Buffer.from(chunk.subarray(start))
    if (!this.#isPassing) {
      this.#pieces.push(rest)
      this.#piecesBytes += rest.length
    }
    if (!this.#isPassing && this.#piecesBytes <= this.#maxEventBytes) return
    onPiece(this.#isPassing ? rest : this.#takePieces(), false)
    this.#isPassing = true
  }

  /** What is left when the stream has ended: an event without its last blank line, or nothing. */
  rest(): Buffer | undefined {
    return this.#pieces.length === 0 ? undefined : this.#takePieces()
  }

  #takePieces(): Buffer {
    const [only] = this.#pieces
    const bytes = this.#pieces.length === 1 && only ? only : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#piecesBytes = 0
    return bytes
  }

  /** Offset behind the blank line that ends the event, or -1 while it is not there yet. */
  #eventEnd(bytes: Buffer, from: number): number {
    if (this.#isLineStart && bytes[from] === LF) return from + 1
    const last = bytes.length - 1
    // To look for one byte, mostly twice, costs less than to look for two.
    let at = bytes.indexOf(LF, from)
    while (at >= 0 && at < last && bytes[at + 1] !== LF) at = bytes.indexOf(LF, at + 2)
    const isThere = at >= 0 && at < last
    this.#isLineStart = isThere || bytes[last] === LF
    return isThere ? at + 2 : -1
  }

  #eventEndWithCr(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at]
      const isBehindCr = this.#isBehindCr
      this.#isBehindCr = byte === CR
      if (byte === LF && isBehindCr) continue
      const isLineEnd = byte === LF || byte === CR
      const isBlankLine = isLineEnd && this.#isLineStart
      this.#isLineStart = isLineEnd
      if (!isBlankLine) continue
      // A CR at the very end may have an LF coming; that LF then passes as an empty event of its own, which changes nothing.
      this.#isBehindCr = false
      return byte === CR && bytes[at + 1] === LF ? at + 2 : at + 1
    }
    return -1
  }
}

/** Whether an event that came without its blank line is all there: what it carries can be read. */
export function isWholeEvent(event: Buffer): boolean {
  const { data } = readEvent(event)
  if (data === undefined) return false
  try {
    JSON.parse(data)
    return true
  } catch {
    return data === '[DONE]'
  }
}

export interface EventFields {
  readonly name: string | undefined
  /** The data lines joined by LF, or undefined where the event carries none. */
  readonly data: string | undefined
  /** Where the data stands on one line: its offsets in the event's bytes. */
  readonly dataRange: { readonly start: number; readonly end: number } | undefined
}

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
    const valueAt = colon < 0 ? line.length : colon + (line[colon + 1] === ' ' ? 2 : 1)
    const value = line.slice(valueAt)
    if (field === 'event') name = value
    if (field === 'data') {
      dataRange = data === undefined ? { start: at + valueAt, end } : undefined
      data = data === undefined ? value : `${data}\n${value}`
    }
    at = event[end] === CR && event[end + 1] === LF ? end + 2 : end + 1
  }
  return { name, data, dataRange }
}
