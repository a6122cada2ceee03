// A plain request over a bare socket. Its body either came together with its head, or is told piece by piece to whoever
// listens by the time that the request has been handed over; with nobody listening, it passes by unread.
import type { Socket } from 'node:net'
import type { ClientRequest } from './client-exchange.ts'
import { Listeners } from './listeners.ts'
import type { PlainHead } from './plain-head.ts'

const EACH_ONCE: readonly string[] = []

export class ServedRequest extends Listeners<'data' | 'end' | 'close' | 'error'> implements ClientRequest {
  readonly method = 'POST'
  readonly url: string
  readonly headers: PlainHead['headers']
  readonly alike: object | undefined
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
    this.alike = head.alike
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
    this.tell('data', bytes)
  }

  /** For whoever listens although all of it is there, as for one that has to be unpacked. */
  tellWhole(): void {
    if (this.wholeBody !== undefined && this.isHeard('data')) this.lastPiece(this.wholeBody)
  }

  /** With it, all of the body has come. */
  lastPiece(bytes: Buffer): void {
    this.complete = true
    if (bytes.length > 0) this.tell('data', bytes)
    this.tell('end')
  }

  /** Nothing more will be heard of it. */
  close(): void {
    if (this.#hasClosed) return
    this.#hasClosed = true
    this.tell('close')
  }
}
