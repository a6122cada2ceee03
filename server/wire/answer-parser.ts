// Answers of HTTP/1.1 (RFC 9112) out of the bytes of a connection, however these are cut. Tells the head, the pieces of the body
// and that it is whole; 1xx answers are for the two of us and are told to nobody. As strict as llhttp is by default, or
// stricter: what it refuses and why stands in docs/adr/0154-an-http-client-of-our-own.md.
import { ChunkedBody } from './chunked-body.ts'
import { type Fields, parseFieldLines } from './field-lines.ts'
import { WireError } from './wire-error.ts'

/** Of the status line and the fields together. */
export const HEAD_BYTES_MAX = 16 * 1024
/** Before one answer. An upstream that says every few seconds that it is at work is far below it. */
const INFORMATIONAL_MAX = 1_000

export interface AnswerEvents {
  onHead(status: number, fields: Fields): void
  onBody(piece: Buffer): void
}

const HEAD = 0
const LENGTH = 1
const CHUNKED = 2
const UNTIL_CLOSE = 3
const COMPLETE = 4

const STATUS_LINE = /HTTP\/1\.[01] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y
const VERSION = 'HTTP/1.'
const HEAD_END = Buffer.from('\r\n\r\n')
const CONTENT_LENGTH = /^[0-9]{1,15}$/
const CLOSES = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i
const KEEP_ALIVE_SECONDS = /(?:^|[,;\t ])timeout[\t ]*=[\t ]*"?([0-9]{1,9})/i

export class AnswerParser {
  /** What has come stays unread, but for a head, until this is false again and `execute` is called. */
  isPaused = false
  /** The connection may serve another request, as far as the answer says. */
  mayKeep = false
  /** For how long the upstream says that it keeps an idle connection, undefined where it does not. */
  keptSeconds: number | undefined
  readonly #events: AnswerEvents
  readonly #chunked = new ChunkedBody()
  #state = COMPLETE
  #isHead = false
  #left = 0
  #informational = 0
  /** The beginning of a head that came in several reads. */
  #carry: Buffer | undefined
  #carried = 0

  constructor(events: AnswerEvents) {
    this.#events = events
  }

  get isComplete(): boolean {
    return this.#state === COMPLETE
  }

  get isHeadRead(): boolean {
    return this.#state !== HEAD
  }

  /** Before the answer to another request. `isHead`: the request's method is HEAD, whose answers have no body. */
  begin(isHead: boolean): void {
    this.#state = HEAD
    this.#isHead = isHead
    this.#informational = 0
    this.#carry = undefined
    this.isPaused = false
    this.mayKeep = false
    this.keptSeconds = undefined
  }

  /** Nothing of what comes is read any more. */
  stop(): void {
    this.#state = COMPLETE
    this.mayKeep = false
  }

  /** Reads on; returns how many of the bytes were read, which is fewer where it is paused or complete. Throws a WireError. */
  execute(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length) {
      if (this.#state === HEAD) at = this.#head(bytes, at)
      else if (this.#state === COMPLETE || this.isPaused) break
      else if (this.#state === CHUNKED) at = this.#chunk(bytes, at)
      else at = this.#plain(bytes, at)
    }
    return at
  }

  /** The upstream has ended its side: whether the answer is whole by that. */
  finish(): boolean {
    if (this.#state === UNTIL_CLOSE) this.#state = COMPLETE
    return this.#state === COMPLETE
  }

  #head(bytes: Buffer, from: number): number {
    if (this.#carry) return this.#carriedHead(this.#carry, bytes, from)
    const end = bytes.indexOf(HEAD_END, from)
    if (end < 0) {
      if (bytes.length - from >= HEAD_BYTES_MAX) throw tooLarge()
      this.#carry = Buffer.allocUnsafe(HEAD_BYTES_MAX)
      this.#carried = bytes.copy(this.#carry, 0, from)
      refuseEarly(this.#carry, 0, this.#carried)
      return bytes.length
    }
    const size = end + HEAD_END.length - from
    if (size > HEAD_BYTES_MAX) throw tooLarge()
    this.#understand(bytes.toString('latin1', from, end + 2))
    return from + size
  }

  /** Looks for the end with three bytes of what came before. */
  #carriedHead(carry: Buffer, bytes: Buffer, from: number): number {
    const before = this.#carried
    this.#carried += bytes.copy(carry, before, from)
    const end = carry.subarray(0, this.#carried).indexOf(HEAD_END, Math.max(0, before - 3))
    if (end < 0) {
      if (this.#carried === HEAD_BYTES_MAX) throw tooLarge()
      refuseEarly(carry, before, this.#carried)
      return bytes.length
    }
    this.#carry = undefined
    this.#understand(carry.toString('latin1', 0, end + 2))
    return from + end + HEAD_END.length - before
  }

  #understand(text: string): void {
    STATUS_LINE.lastIndex = 0
    if (!STATUS_LINE.test(text)) throw broken('does not begin as an answer does')
    const fields = parseFieldLines(text, STATUS_LINE.lastIndex)
    if (!fields) throw broken('has a field that is none')
    const status = Number(text.slice(9, 12))
    if (status < 200) {
      this.#informational += 1
      if (status === 101 || this.#informational > INFORMATIONAL_MAX) throw broken(`has a status of ${status}`)
      return
    }
    this.#frame(status, fields)
    this.mayKeep &&= text.charCodeAt(VERSION.length) === 0x31 && !closes(fields.connection)
    if (this.mayKeep && fields['keep-alive'] !== undefined) {
      const seconds = KEEP_ALIVE_SECONDS.exec(String(fields['keep-alive']))?.[1]
      this.keptSeconds = seconds === undefined ? undefined : Number(seconds)
    }
    this.#events.onHead(status, fields)
  }

  /** Where the body ends (RFC 9112, section 6.3). */
  #frame(status: number, fields: Fields): void {
    const coding = fields['transfer-encoding']
    const length = fields['content-length']
    if (coding !== undefined && length !== undefined) throw broken('says twice where it ends')
    if (coding !== undefined && (typeof coding !== 'string' || coding.toLowerCase() !== 'chunked'))
      throw broken('is coded in a way that nobody asked for')
    if (length !== undefined && (typeof length !== 'string' || !CONTENT_LENGTH.test(length)))
      throw broken('has a length that is none')
    this.#left = length === undefined ? 0 : Number(length)
    if (this.#isHead || status === 204 || status === 304) {
      this.#state = COMPLETE
      // Whoever announces a body where none is allowed may send it, and the next answer would begin with it.
      this.mayKeep = !this.#isHead && coding === undefined && this.#left === 0
    } else if (coding !== undefined) {
      this.#chunked.reset()
      this.#state = CHUNKED
      this.mayKeep = true
    } else if (length !== undefined) {
      this.#state = this.#left === 0 ? COMPLETE : LENGTH
      this.mayKeep = true
    } else {
      this.#state = UNTIL_CLOSE
      this.mayKeep = false
    }
  }

  #chunk(bytes: Buffer, from: number): number {
    const chunked = this.#chunked
    let at = bytes.length
    try {
      at = chunked.read(bytes, from)
      if (chunked.isDone) this.#state = COMPLETE
    } finally {
      // What came before it broke is part of the answer all the same.
      if (chunked.piece) this.#events.onBody(chunked.piece)
    }
    return at
  }

  #plain(bytes: Buffer, from: number): number {
    const isCounted = this.#state === LENGTH
    const end = isCounted ? Math.min(bytes.length, from + this.#left) : bytes.length
    if (isCounted) {
      this.#left -= end - from
      if (this.#left === 0) this.#state = COMPLETE
    }
    this.#events.onBody(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end))
    return end
  }
}

const broken = (how: string): WireError => new WireError('ERR_WIRE_NOT_HTTP', `the answer ${how}`)

const tooLarge = (): WireError =>
  new WireError('ERR_WIRE_HEAD_TOO_LARGE', `the head of the answer has more than ${HEAD_BYTES_MAX} bytes`)

const closes = (connection: string | string[] | undefined): boolean =>
  connection !== undefined && connection !== 'keep-alive' && CLOSES.test(String(connection))

/** What is no answer for sure is not waited for: another protocol, or lines that end without CR. */
function refuseEarly(carry: Buffer, from: number, to: number): void {
  for (let at = from; at < to; at += 1) {
    const isVersion = at >= VERSION.length || carry[at] === VERSION.charCodeAt(at)
    const isBareLf = carry[at] === 0x0a && (at === 0 || carry[at - 1] !== 0x0d)
    if (!isVersion || isBareLf) throw broken('does not begin as an answer does')
  }
}
