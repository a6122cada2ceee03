// For tests of server/wire: an upstream on bare sockets that says whatever it likes, a pool to it, and somebody who is told of
// an answer.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Fields } from '../../server/wire/field-lines.ts'
import { OriginPool, type OriginPoolOptions } from '../../server/wire/origin-pool.ts'
import type { AnswerHandler, WireRequest, WireRequestOptions } from '../../server/wire/wire-request.ts'

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port // of a server that listens on a port
}

export interface RawUpstream {
  readonly port: number
  /** Every connection that was made, in their order. */
  readonly sockets: Socket[]
  /** Everything that came, connection by connection. */
  readonly received: string[]
  /** Requests without bodies, in the order of their heads. */
  readonly heads: string[]
}

/** `onRequest` is called for each head that ends a read, with the number of the request, the first being 1. */
export async function rawUpstream(
  onRequest: (socket: Socket, count: number) => void,
  host?: string,
): Promise<RawUpstream> {
  const upstream = { sockets: [] as Socket[], received: [] as string[], heads: [] as string[] }
  const server = createServer((socket) => {
    const at = upstream.sockets.push(socket) - 1
    upstream.received.push('')
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1')
      upstream.received[at] += text
      if (!text.includes('\r\n\r\n')) return
      upstream.heads.push(text)
      onRequest(socket, upstream.heads.length)
    })
    onTestFinished(() => void socket.destroy())
  })
  return { port: await listen(server, host), ...upstream }
}

const OPTIONS: OriginPoolOptions = {
  lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  refuseHost: () => {},
  connectionsMax: 100,
  connectMsMax: 5_000,
  silenceMsMax: 5_000,
  // Longer than a test may take: what is closed earlier is closed for a reason.
  idleMsMax: 600_000,
}

export function openPool(
  origin: string | { readonly port: number },
  options: Partial<OriginPoolOptions> = {},
) {
  const url = typeof origin === 'string' ? origin : `http://127.0.0.1:${origin.port}`
  const pool = new OriginPool(new URL(url), { ...OPTIONS, ...options })
  onTestFinished(() => pool.destroy())
  return pool
}

export class Told implements AnswerHandler {
  request: WireRequest | undefined
  status = 0
  fields: Fields = {}
  text = ''
  ends = 0
  error: (Error & { code?: string }) | undefined
  isStale = false
  readonly over: Promise<this>
  /** Called with each piece. */
  onPiece: (piece: Buffer) => void = () => {}
  readonly begun: Promise<void>
  #resolveOver: () => void = () => {}
  #resolveBegun: () => void = () => {}

  constructor() {
    this.over = new Promise((resolve) => {
      this.#resolveOver = () => resolve(this)
    })
    this.begun = new Promise((resolve) => {
      this.#resolveBegun = resolve
    })
  }

  onRequest(request: WireRequest): void {
    this.request = request
  }

  onHead(status: number, fields: Fields): void {
    this.status = status
    this.fields = fields
    this.#resolveBegun()
  }

  onData(piece: Buffer): void {
    this.text += piece.toString('latin1')
    this.onPiece(piece)
  }

  onEnd(): void {
    this.ends += 1
    this.#resolveOver()
  }

  onError(error: Error, isStale: boolean): void {
    this.ends += 1
    this.error = error
    this.isStale = isStale
    this.#resolveOver()
  }
}

export function ask(pool: OriginPool, options: Partial<WireRequestOptions> = {}): Told {
  const told = new Told()
  pool.dispatch({ method: 'POST', path: '/v1/x', body: Buffer.from('{}'), ...options }, told)
  return told
}

/** A chunked answer of one letter, in pieces of 4 to 40 KB that leave at different times. */
export const LETTERS = 'abcdefgh'
export const LETTERS_EACH = 55 * 0x1000

export async function writeLetters(socket: Pick<Socket, 'write'>, letter: string): Promise<void> {
  socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
  for (let part = 1; part <= 10; part += 1) {
    socket.write(`${part.toString(16)}000\r\n${letter.repeat(part * 0x1000)}\r\n`)
    if (part % 3 === 0) await new Promise((resolve) => void setTimeout(resolve, 1))
  }
  socket.write('0\r\n\r\n')
}

/** Asks for each letter at once; pieces are only borrowed, written over, and followed by a pause. */
export async function borrowLetters(pool: OriginPool): Promise<string[]> {
  const all = Array.from(LETTERS, () => {
    const told = Object.assign(new Told(), { borrows: true })
    told.onPiece = (piece) => {
      piece.fill('#')
      told.request?.pause()
      setTimeout(() => told.request?.resume(), 1)
    }
    pool.dispatch({ method: 'GET', path: '/' }, told)
    return told.over
  })
  return (await Promise.all(all)).map(({ text }) => text).sort()
}
