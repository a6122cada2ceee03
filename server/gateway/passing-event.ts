// Reads an event that is too large to be kept, while its bytes pass: its name, and the JSON of its data lines.
// Line ends may be LF, CRLF or CR, as everywhere in a stream of events.
import { PassingJson, type PassingRules } from './passing-json.ts'

const NAME_BYTES_MAX = 128
const FIELD_BYTES_MAX = 16

const LF = 0x0a
const CR = 0x0d
const COLON = 0x3a
const SPACE = 0x20
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf'

export class PassingEvent {
  /** What the line `event:` says, where it has come. */
  name: string | undefined
  readonly #json: PassingJson
  #field = ''
  #value = ''
  /** Where in a line the reading is. */
  #part: 'field' | 'space' | 'value' = 'field'

  constructor(rules: PassingRules) {
    this.#json = new PassingJson(rules)
  }

  /** Bytes of the texts that the event carries. */
  get textBytes(): number {
    return this.#json.textBytes
  }

  /** What of this piece, and of what was held back before it, passes on. */
  push(piece: Buffer): readonly Buffer[] {
    this.#json.beginPiece(piece)
    let at = 0
    while (at < piece.length)
      at = this.#part === 'value' ? this.#readValue(piece, at) : this.#readStart(piece, at)
    return this.#json.endPiece()
  }

  /** What was still held back when the event ended. */
  end(): readonly Buffer[] {
    return this.#json.letGo()
  }

  /** The field's name, the colon and the space behind it, byte by byte. */
  #readStart(piece: Buffer, at: number): number {
    const byte = piece[at] ?? 0
    if (this.#part === 'space') {
      this.#part = 'value'
      return byte === SPACE ? at + 1 : at
    }
    if (byte === COLON) this.#part = 'space'
    else if (byte === LF || byte === CR) this.#field = ''
    else if (this.#field.length < FIELD_BYTES_MAX) this.#field += String.fromCharCode(byte)
    return at + 1
  }

  /** The rest of the line, with its end: within JSON, that is white space. */
  #readValue(piece: Buffer, from: number): number {
    const lineEnd = endOfLine(piece, from)
    const end = lineEnd < 0 ? piece.length : lineEnd + 1
    const field = this.#field.startsWith(BYTE_ORDER_MARK) ? this.#field.slice(3) : this.#field
    if (field === 'data') this.#json.read(from, end)
    else if (field === 'event' && this.#value.length < NAME_BYTES_MAX)
      this.#value += piece.toString('latin1', from, Math.min(end, from + NAME_BYTES_MAX))
    if (lineEnd < 0) return end
    if (field === 'event') this.name = this.#value.slice(0, NAME_BYTES_MAX).trimEnd()
    this.#field = ''
    this.#value = ''
    this.#part = 'field'
    return end
  }
}

function endOfLine(piece: Buffer, from: number): number {
  const lf = piece.indexOf(LF, from)
  const cr = piece.subarray(from, lf < 0 ? piece.length : lf).indexOf(CR)
  return cr < 0 ? lf : from + cr
}
