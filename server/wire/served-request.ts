// A plain request over a bare socket. Its body either came together with its head, or is told piece by piece to whoever
// listens by the time that the request has been handed over; with nobody listening, it passes by unread.
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { ClientRequest } from './client-exchange.ts'
import type { PlainHead } from './plain-head.ts'

const EACH_ONCE: readonly string[] = []

export class ServedRequest extends EventEmitter implements ClientRequest {
  readonly method = 'POST'
  readonly url: string
  readonly headers: PlainHead['headers']
  readonly rawHeaders = EACH_ONCE
  readonly givesBody = true
  readonly socket: Socket
  complete: boolean
  /** Whether whoever takes the body wants no more of it for now. */
  isPaused = false
  readonly wholeBody: Buffer | undefined
  #hasClosed = false

  constructor(socket: Socket, head: PlainHead, wholeBody: Buffer | undefined) {
    super()
    this.url = head.target
    this.headers = head.headers
    this.socket = socket
    this.complete = wholeBody !== undefined
    this.wholeBody = wholeBody
  }

  /** Holds up the rest of the body. Where there is none, what would be held up is the next request, and that the client leaves. */
  pause(): void {
    if (this.complete) return
    this.isPaused = true
    this.socket.pause()
  }

  resume(): void {
    if (this.complete) return
    this.isPaused = false
    this.socket.resume()
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** The next piece of the body. */
  piece(bytes: Buffer): void {
    this.emit('data', bytes)
  }

  /** With it, all of the body has come. */
  lastPiece(bytes: Buffer): void {
    this.complete = true
    if (bytes.length > 0) this.emit('data', bytes)
    this.emit('end')
  }

  /** Nothing more will be heard of it. */
  close(): void {
    if (this.#hasClosed) return
    this.#hasClosed = true
    this.emit('close')
  }
}
