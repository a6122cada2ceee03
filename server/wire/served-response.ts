// The answer to a plain request, written to a bare socket as Node's own would write it, in as few pieces as can be: a head goes
// out together with what comes first behind it, a chunk together with its frame.
import type { OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { ClientResponse } from './client-exchange.ts'
import { Listeners } from './listeners.ts'
import { CLOSE, flat, HeadLines, keepAliveLines, stands } from './response-head.ts'
import type { ServedRequest } from './served-request.ts'

/** Up to here a copy costs less than a further piece for the kernel. */
const COPIED_BYTES_MAX = 16 * 1024
/** What is lent is copied in any case; up to here, which one read of the upstream rarely exceeds, into memory that is used again. */
const LENT_BYTES_MAX = 66 * 1024
const LAST_CHUNK = '0\r\n\r\n'
const CHUNK_END = '\r\n'

export interface ResponseEnds {
  /** Seconds for which the connection waits for another request; told to the client. */
  readonly keepAliveSeconds: number
  /** Whether the client wants the connection closed. */
  readonly isLast: boolean
  /** Called once the kernel has taken the whole answer. */
  readonly onFlushed: (error?: Error | null) => void
}

export class ServedResponse extends Listeners<'close' | 'drain'> implements ClientResponse {
  readonly req: ServedRequest
  statusCode = 200
  headersSent = false
  destroyed = false
  writableEnded = false
  writableFinished = false
  /** Whether the connection is to be closed behind it. */
  isLast: boolean
  #socket: Socket | null
  readonly #ends: ResponseEnds
  /** What was set before the head was written, names and values in turns. */
  #ahead: string[] | undefined
  /** The head, until it is written. */
  #head = ''
  #isChunked = false
  #hasBody = true
  /** What was written in this turn. */
  #pieces: Buffer[] = []
  #pieceBytes = 0
  #isDrainDue = false

  constructor(req: ServedRequest, ends: ResponseEnds) {
    super()
    this.req = req
    this.isLast = ends.isLast
    this.#socket = req.socket
    this.#ends = ends
  }

  get socket(): Socket | null {
    return this.#socket
  }

  setHeader(name: string, value: string): void {
    if (this.headersSent) throw new Error('The head of this answer has been written already.')
    if (name.toLowerCase() === 'connection') {
      this.isLast = value.toLowerCase() === 'close'
      return
    }
    this.#ahead ??= []
    this.#ahead.push(name, value)
  }

  writeHead(status: number, headers: OutgoingHttpHeaders | readonly string[] = []): void {
    if (this.headersSent) throw new Error('The head of this answer has been written already.')
    const given = Array.isArray(headers) ? headers : flat(headers as OutgoingHttpHeaders)
    const lines = new HeadLines(status)
    const ahead = this.#ahead
    if (ahead)
      for (let at = 0; at < ahead.length; at += 2)
        if (!stands(given, ahead[at])) lines.add(ahead[at], ahead[at + 1])
    for (let at = 0; at < given.length; at += 2) lines.add(given[at], given[at + 1])
    // None of it is said before all of it can be: who could not write this head may write another one.
    this.headersSent = true
    this.statusCode = status
    this.#hasBody = status >= 200 && status !== 204 && status !== 304
    this.#isChunked = this.#hasBody && !lines.hasLength
    this.#head = lines.end(this.isLast ? CLOSE : keepAliveLines(this.#ends.keepAliveSeconds), this.#isChunked)
  }

  flushHeaders(): void {
    if (!this.headersSent) this.writeHead(this.statusCode)
    if (this.#head !== '') this.#socket?.write(this.#takeHead(), 'latin1')
  }

  /** A client that asks before it sends its body is none of the plain ones. */
  writeContinue(): void {}

  /** What is written in one turn goes out together, as one chunk. */
  write(bytes: Buffer): boolean {
    const socket = this.#socket
    if (this.writableEnded || socket === null || this.destroyed) return false
    if (!this.headersSent) this.writeHead(this.statusCode)
    if (bytes.length === 0 || !this.#hasBody) return true
    if (this.#pieces.length === 0) process.nextTick(flush, this)
    this.#pieces.push(bytes)
    this.#pieceBytes += bytes.length
    const hasRoom = socket.writableLength + this.#pieceBytes < socket.writableHighWaterMark
    if (!hasRoom) this.#isDrainDue = true
    return hasRoom
  }

  writeLent(pieces: readonly Buffer[]): boolean {
    const socket = this.#socket
    if (this.writableEnded || socket === null || this.destroyed) return false
    if (!this.headersSent) this.writeHead(this.statusCode)
    if (!this.#hasBody) return true
    for (const piece of pieces) {
      if (piece.length === 0) continue
      this.#pieces.push(piece)
      this.#pieceBytes += piece.length
    }
    if (this.#pieceBytes === 0) return true
    const hasRoom = this.#writePieces(socket, this.#isChunked ? CHUNK_END : '', true)
    if (!hasRoom) this.#isDrainDue = true
    return hasRoom
  }

  /** Hands what was written to the socket. */
  flushPieces(): void {
    const socket = this.#socket
    if (socket === null || this.#pieces.length === 0) return
    const hasRoom = this.#writePieces(socket, this.#isChunked ? CHUNK_END : '', false)
    if (hasRoom && this.#isDrainDue) this.drained()
  }

  /** The socket has room again. */
  drained(): void {
    if (!this.#isDrainDue) return
    this.#isDrainDue = false
    this.tell('drain')
  }

  end(content?: Buffer | string, encoding: 'latin1' = 'latin1'): void {
    const socket = this.#socket
    if (this.writableEnded || socket === null || this.destroyed) return
    this.writableEnded = true
    if (!this.headersSent) this.writeHead(this.statusCode)
    const { onFlushed } = this.#ends
    const last = this.#isChunked ? LAST_CHUNK : ''
    const isText = typeof content === 'string'
    if (isText && !this.#isChunked && this.#hasBody && this.#pieces.length === 0) {
      socket.write(this.#takeHead() + content, encoding, onFlushed)
      return
    }
    const bytes = isText ? Buffer.from(content, encoding) : content
    if (bytes !== undefined && bytes.length > 0 && this.#hasBody) {
      this.#pieces.push(bytes)
      this.#pieceBytes += bytes.length
    }
    if (this.#pieces.length === 0) socket.write(this.#takeHead() + last, 'latin1', onFlushed)
    else this.#writePieces(socket, this.#isChunked ? CHUNK_END + last : '', false, onFlushed)
  }

  destroy(): void {
    this.destroyed = true
    this.#socket?.destroy()
  }

  /** The kernel has taken all of it. */
  finish(): void {
    this.writableFinished = true
    this.#socket = null
    this.tell('close')
  }

  /** The connection is gone. */
  close(): void {
    this.destroyed = true
    this.#socket = null
    this.tell('close')
  }

  #takeHead(): string {
    const head = this.#head
    this.#head = ''
    return head
  }

  /** False where more should wait for the socket to drain. */
  #writePieces(
    socket: Socket,
    behind: string,
    areLent: boolean,
    onFlushed?: (error?: Error | null) => void,
  ): boolean {
    const before = this.#takeHead() + (this.#isChunked ? `${this.#pieceBytes.toString(16)}\r\n` : '')
    const pieces = this.#pieces
    const length = before.length + this.#pieceBytes + behind.length
    this.#pieceBytes = 0
    const hasRoom =
      areLent || length <= COPIED_BYTES_MAX
        ? writeCopy(socket, { before, pieces, behind, length }, onFlushed)
        : writeEach(socket, { before, pieces, behind, length }, onFlushed)
    pieces.length = 0
    return hasRoom
  }
}

const flush = (response: ServedResponse): void => response.flushPieces()

/** Whether the system mostly takes what is written to it now when the write returns: never so with TLS, or behind something. */
const isTakenAtOnce = (socket: Socket): boolean => socket.writableLength === 0 && !('encrypted' in socket)

/** Places to put together what is written at once: a small one, because a slow reader may keep it, and one for long bursts. */
const places = [COPIED_BYTES_MAX, LENT_BYTES_MAX].map((size) => Buffer.allocUnsafeSlow(size))

interface Parts {
  readonly before: string
  readonly pieces: readonly Buffer[]
  readonly behind: string
  /** Of all together. */
  readonly length: number
}

/** In one piece. False where more should wait for the socket to drain. */
function writeCopy(
  socket: Socket,
  { before, pieces, behind, length }: Parts,
  onFlushed?: (error?: Error | null) => void,
): boolean {
  const index = length <= COPIED_BYTES_MAX ? 0 : 1
  const place = length <= LENT_BYTES_MAX && isTakenAtOnce(socket) ? places[index] : undefined
  const together = place ?? Buffer.allocUnsafe(length)
  let at = together.write(before, 0, 'latin1')
  for (const piece of pieces) {
    together.set(piece, at)
    at += piece.length
  }
  if (behind !== '') together.write(behind, at, 'latin1')
  const hasRoom = socket.write(together.subarray(0, length), onFlushed)
  const isTaken = socket.writableLength === 0
  // Used again only where the system has taken what is in it, which it mostly has when the write returns.
  if (place && !isTaken) places[index] = Buffer.allocUnsafeSlow(place.length)
  return hasRoom || isTaken
}

/** Piece by piece, without a copy. */
function writeEach(
  socket: Socket,
  { before, pieces, behind }: Parts,
  onFlushed?: (error?: Error | null) => void,
): boolean {
  socket.cork()
  if (before !== '') socket.write(before, 'latin1')
  const last = pieces.length - 1
  let hasRoom = true
  for (const [index, piece] of pieces.entries())
    hasRoom = socket.write(piece, index === last && behind === '' ? onFlushed : undefined)
  if (behind !== '') hasRoom = socket.write(behind, 'latin1', onFlushed)
  socket.uncork()
  return hasRoom
}
