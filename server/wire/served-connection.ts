// A connection on which plain requests are answered one after the other. With the first that is not plain it is handed to
// node:http, with every byte that has not been read as a request yet, and stays there.
import type { Socket } from 'node:net'
import { LastHead } from './last-head.ts'
import { HEAD_BYTES_MAX, type PlainHead, readPlainHead } from './plain-head.ts'
import { ServedRequest } from './served-request.ts'
import { type ResponseEnds, ServedResponse } from './served-response.ts'

export interface ConnectionDeps {
  readonly keepAliveSeconds: number
  /** Whether a plain request is answered here, rather than by node:http. */
  readonly takes: (head: PlainHead, socket: Socket) => boolean
  readonly answer: (req: ServedRequest, res: ServedResponse) => void
  /** Takes the connection over. */
  readonly handOver: (socket: Socket) => void
  /** Told when it is none of these any more: closed, or handed over. */
  readonly onGone: (connection: ServedConnection) => void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END_BYTES = 2
/** What may wait behind a request that is being answered. */
const REST_BYTES_MAX = 64 * 1024

export class ServedConnection implements ResponseEnds {
  readonly keepAliveSeconds: number
  isLast = false
  /** For how many looks nothing has been asked. */
  idleLooks = 0
  /** Whether anything was asked yet. */
  hasServed = false
  readonly #socket: Socket
  readonly #deps: ConnectionDeps
  readonly #lastHead = new LastHead()
  #req: ServedRequest | undefined
  #res: ServedResponse | undefined
  #bodyBytesLeft = 0
  /** What came behind the request that is being answered. */
  #rest: Buffer | undefined
  /** More than enough came behind it: nothing is read until less is left of it. */
  #isHeldBack = false

  constructor(socket: Socket, deps: ConnectionDeps) {
    this.#socket = socket
    this.#deps = deps
    this.keepAliveSeconds = deps.keepAliveSeconds
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
    socket.on('drain', this.#onDrain)
    socket.on('timeout', this.#onTimeout)
  }

  get socket(): Socket {
    return this.#socket
  }

  /** Whether nothing is being answered. */
  get isIdle(): boolean {
    return this.#res === undefined
  }

  /** Called once the kernel has taken the whole answer. */
  readonly onFlushed = (error?: Error | null): void => {
    // Of a connection that broke, the end is told by itself.
    if (error) return
    this.#res?.finish()
    this.#nextIfDone()
  }

  readonly #onData = (bytes: Buffer): void => {
    const req = this.#req
    if (req === undefined) {
      if (this.#rest === undefined) this.#begin(bytes)
      else this.#keep(bytes)
      return
    }
    const ofBody = Math.min(this.#bodyBytesLeft, bytes.length)
    // Kept before the body may be at its end, which is when it is looked for.
    if (ofBody < bytes.length) this.#keep(bytes.subarray(ofBody))
    if (ofBody > 0) this.#takeBody(req, ofBody === bytes.length ? bytes : bytes.subarray(0, ofBody))
  }

  /** A client that says nothing more is gone: it would have to be asked again anyway, and most that do this are. */
  readonly #onEnd = (): void => {
    this.#socket.end()
  }

  readonly #onError = (): void => {
    this.#socket.destroy()
  }

  readonly #onTimeout = (): void => {
    this.#socket.destroy()
  }

  readonly #onDrain = (): void => {
    this.#res?.drained()
  }

  readonly #onClose = (): void => {
    const req = this.#req
    const res = this.#res
    this.#req = undefined
    this.#res = undefined
    this.#rest = undefined
    this.#deps.onGone(this)
    req?.close()
    if (res && !res.writableFinished) res.close()
  }

  #begin(bytes: Buffer): void {
    // An answer would reach nobody, and would be paid for all the same.
    if (!this.#socket.writable) {
      this.#socket.destroy()
      return
    }
    const head = this.#lastHead.find(bytes) ?? this.#readHead(bytes)
    if (!head || !this.#deps.takes(head, this.#socket)) {
      this.#handOver(bytes)
      return
    }
    this.hasServed = true
    this.idleLooks = 0
    const bodyStart = this.#lastHead.end
    const bodyEnd = bodyStart + head.bytes
    const isWhole = bodyEnd <= bytes.length
    const req = new ServedRequest(
      this.#socket,
      head,
      isWhole ? bytes.subarray(bodyStart, bodyEnd) : undefined,
    )
    this.isLast = head.isLast
    const res = new ServedResponse(req, this)
    this.#req = req
    this.#res = res
    this.#bodyBytesLeft = isWhole ? 0 : head.bytes
    if (bodyEnd < bytes.length) this.#keep(bytes.subarray(bodyEnd))
    this.#deps.answer(req, res)
    if (isWhole) req.tellWhole()
    else if (bodyStart < bytes.length) this.#takeBody(req, bytes.subarray(bodyStart))
  }

  #readHead(bytes: Buffer): PlainHead | undefined {
    const headEnd = bytes.indexOf(HEAD_END)
    if (headEnd < 0 || headEnd > HEAD_BYTES_MAX) return undefined
    const head = readPlainHead(bytes.toString('latin1', 0, headEnd + LINE_END_BYTES))
    return head && this.#lastHead.keep(head, bytes, headEnd + HEAD_END.length)
  }

  #takeBody(req: ServedRequest, piece: Buffer): void {
    this.#bodyBytesLeft -= piece.length
    if (this.#bodyBytesLeft > 0) {
      req.piece(piece)
      return
    }
    req.lastPiece(piece)
    this.#nextIfDone()
  }

  /** In memory of its own: what it came with belongs to the request before it. */
  #keep(bytes: Buffer): void {
    this.#rest = this.#rest === undefined ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes])
    if (this.#rest.length <= REST_BYTES_MAX) return
    this.#isHeldBack = true
    this.#socket.pause()
  }

  /** A body that nobody wanted has to pass before the next request can be read. */
  #nextIfDone(): void {
    const res = this.#res
    if (!res?.writableFinished) return
    if (res.isLast) {
      this.#socket.destroySoon()
      return
    }
    if (this.#bodyBytesLeft > 0) return
    const req = this.#req
    this.#req = undefined
    this.#res = undefined
    this.idleLooks = 0
    req?.close()
    if (this.#socket.timeout) this.#socket.setTimeout(0)
    if (this.#rest !== undefined) setImmediate(this.#beginWithRest)
  }

  readonly #beginWithRest = (): void => {
    const rest = this.#rest
    if (rest === undefined || this.#req !== undefined) return
    this.#rest = undefined
    this.#begin(rest)
    // Little may be left although much was there: all of it may be the beginning of one body.
    this.#readOn()
  }

  /** Where little waits again. */
  #readOn(): void {
    const waits = this.#rest?.length ?? 0
    if (!this.#isHeldBack || waits > REST_BYTES_MAX) return
    this.#isHeldBack = false
    if (!this.#req?.isPaused) this.#socket.resume()
  }

  #handOver(bytes: Buffer): void {
    const socket = this.#socket
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.off('error', this.#onError)
    socket.off('close', this.#onClose)
    socket.off('drain', this.#onDrain)
    socket.off('timeout', this.#onTimeout)
    this.#deps.onGone(this)
    this.#readOn()
    this.#deps.handOver(socket)
    socket.unshift(bytes)
  }
}
