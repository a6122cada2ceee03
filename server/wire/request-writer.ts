// Puts a request on a socket: head and body in one write where the body is there already, or the body as it is read, as fast as
// the upstream takes it and not a byte more or less than was announced.
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { headEnd } from './request-head.ts'
import { WireError } from './wire-error.ts'
import type { WireRequest } from './wire-request.ts'

/** Larger bodies are not copied behind their head. */
const JOINED_BYTES_MAX = 64 * 1024

/** Used again as soon as the system has taken what was in it, which it mostly has when the write returns. */
let place = Buffer.allocUnsafeSlow(JOINED_BYTES_MAX)

/** Writes a request whose body is there already, or that has none. */
export function writeWhole(socket: Socket, { options, fields, length }: WireRequest, host: string): void {
  const start = fields.startFor(options, host)
  const end = headEnd(length)
  const body = Buffer.isBuffer(options.body) ? options.body : undefined
  const headBytes = start.text.length + end.length
  const size = headBytes + (body?.length ?? 0)
  if (size > JOINED_BYTES_MAX) {
    socket.cork()
    socket.write(start.text + end, 'latin1')
    if (body) socket.write(body)
    socket.uncork()
    return
  }
  if (start.bytes) place.set(start.bytes)
  else place.write(start.text, 0, 'latin1')
  place.write(end, start.text.length, 'latin1')
  if (body) place.set(body, headBytes)
  socket.write(place.subarray(0, size))
  if (socket.writableLength > 0) place = Buffer.allocUnsafeSlow(JOINED_BYTES_MAX)
}

/** A body on its way out of a stream, whose errors are told to the request elsewhere. */
export class BodyUpload {
  readonly #socket: Socket
  readonly #body: Readable
  readonly #request: WireRequest
  readonly #onProgress: () => void
  #written = 0
  isOver = false

  constructor(socket: Socket, request: WireRequest, body: Readable, host: string, onProgress: () => void) {
    this.#socket = socket
    this.#body = body
    this.#request = request
    this.#onProgress = onProgress
    const { text } = request.fields.startFor(request.options, host)
    socket.write(text + headEnd(request.length), 'latin1')
    socket.on('drain', this.#drained)
    body.on('data', this.#data).on('end', this.#ended).on('close', this.#closed)
  }

  /** Nothing is written any more. The stream is left to whoever it belongs to. */
  stop(): void {
    if (this.isOver) return
    this.isOver = true
    this.#socket.off('drain', this.#drained)
    this.#body.off('data', this.#data).off('end', this.#ended).off('close', this.#closed)
  }

  readonly #data = (bytes: Buffer): void => {
    this.#written += bytes.length
    // What stands behind the announced length would be read as the next request.
    if (this.#written > this.#length) this.#fail('longer')
    else {
      this.#onProgress()
      if (!this.#socket.write(bytes)) this.#body.pause()
    }
  }

  readonly #drained = (): void => {
    this.#onProgress()
    this.#body.resume()
  }

  readonly #ended = (): void => {
    if (this.#written === this.#length) this.stop()
    else this.#fail('shorter')
  }

  readonly #closed = (): void => this.#fail('shorter')

  #fail(how: 'longer' | 'shorter'): void {
    this.stop()
    this.#request.abort(new WireError('ERR_WIRE_BODY_LENGTH', `the body is ${how} than was announced`))
  }

  get #length(): number {
    return this.#request.length ?? 0
  }
}
