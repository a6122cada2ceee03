// Sends load and counts: sockets without an HTTP client, requests made once, so that the core it shares with the upstream
// is not what limits. Started as a process of its own. Usage: load-client.ts '<LoadOrder as JSON>', prints a LoadResult.
import { connect, type Socket } from 'node:net'
import {
  bodyOf,
  type LoadOrder,
  type LoadResult,
  type Percentiles,
  STAMP_DIGITS,
  STAMP_MARK,
} from './wire.ts'

// Written by the bench itself, in the shape that wire.ts declares.
const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder

const body = bodyOf(order.body)
const request = Buffer.from(
  `POST ${order.path} HTTP/1.1\r\nHost: 127.0.0.1:${order.port}\r\nContent-Type: application/json\r\n` +
    `${order.headers.map((line) => `${line}\r\n`).join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
)

const HEAD_END = Buffer.from('\r\n\r\n')
const CHUNKED_END = Buffer.from('0\r\n\r\n')
const MARK = Buffer.from(STAMP_MARK)
const STAMP_BYTES = MARK.length + STAMP_DIGITS

const latencies: number[] = []
const trace: [number, number][] = []
const firstBytes: number[] = []
const chunkDelays: number[] = []
let requests = 0
let errors = 0
let chunks = 0
let isOver = false

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n)

class Connection {
  readonly #onIdle: (connection: Connection) => void
  #socket: Socket
  #sentAtUs = 0
  #isBusy = false
  #status = ''
  #bytesLeft = 0
  #isChunked = false
  #hasFirst = false
  #carry: Buffer = Buffer.alloc(0)

  constructor(onIdle: (connection: Connection) => void) {
    this.#onIdle = onIdle
    this.#socket = this.#open()
  }

  #open(): Socket {
    const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true })
    socket.on('data', (data) => this.#onData(data, nowUs()))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (isOver) return
      errors += 1
      this.#isBusy = false
      this.#socket = this.#open()
      // A target that refuses connections must not be asked in a circle.
      setTimeout(() => this.#onIdle(this), 10)
    })
    return socket
  }

  send(atUs: number): void {
    this.#sentAtUs = atUs
    this.#isBusy = true
    this.#status = ''
    this.#hasFirst = false
    this.#carry = Buffer.alloc(0)
    this.#socket.write(request)
  }

  end(): void {
    this.#socket.destroy()
  }

  #onData(data: Buffer, atUs: number): void {
    if (!this.#isBusy) return
    let rest = data
    if (this.#status === '') {
      const bytes = this.#carry.length === 0 ? data : Buffer.concat([this.#carry, data])
      const end = bytes.indexOf(HEAD_END)
      if (end < 0) {
        this.#carry = bytes
        return
      }
      const head = bytes.toString('latin1', 0, end)
      this.#status = head.slice(9, 12)
      const length = /content-length: *(\d+)/i.exec(head)?.[1]
      this.#isChunked = length === undefined
      this.#bytesLeft = Number(length ?? 0)
      this.#carry = Buffer.alloc(0)
      rest = bytes.subarray(end + HEAD_END.length)
    }
    if (order.mode === 'stream') rest = this.#countChunks(rest, atUs)
    this.#bytesLeft -= rest.length
    const isEnd = this.#isChunked ? endsWithLastChunk(this.#carry, rest) : this.#bytesLeft <= 0
    if (order.mode !== 'stream' && this.#isChunked)
      this.#carry = Buffer.from(rest.subarray(-CHUNKED_END.length))
    if (isEnd) this.#done(atUs)
  }

  /** Counts the stamped chunks; a stamp that is cut in two is kept until its rest comes. */
  #countChunks(data: Buffer, atUs: number): Buffer {
    const bytes = this.#carry.length === 0 ? data : Buffer.concat([this.#carry, data])
    let from = 0
    for (;;) {
      const at = bytes.indexOf(MARK, from)
      if (at < 0 || at + STAMP_BYTES > bytes.length) {
        this.#carry = Buffer.from(bytes.subarray(at < 0 ? Math.max(from, bytes.length - STAMP_BYTES) : at))
        return bytes
      }
      if (!this.#hasFirst) firstBytes.push(atUs - this.#sentAtUs)
      this.#hasFirst = true
      chunks += 1
      const writtenAtUs = Number(bytes.toString('latin1', at + MARK.length, at + STAMP_BYTES)) / 1000
      chunkDelays.push(atUs - writtenAtUs)
      from = at + STAMP_BYTES
    }
  }

  #done(atUs: number): void {
    this.#isBusy = false
    this.#carry = Buffer.alloc(0)
    requests += 1
    if (this.#status !== '200') errors += 1
    latencies.push(atUs - this.#sentAtUs)
    if (order.isTraced) trace.push([this.#sentAtUs, atUs - this.#sentAtUs])
    this.#onIdle(this)
  }
}

function endsWithLastChunk(carry: Buffer, rest: Buffer): boolean {
  if (rest.length >= CHUNKED_END.length) return rest.subarray(-CHUNKED_END.length).equals(CHUNKED_END)
  return Buffer.concat([carry, rest]).subarray(-CHUNKED_END.length).equals(CHUNKED_END)
}

/** Every connection sends its next request when it has its answer. */
function closedLoop(): readonly Connection[] {
  const again = (connection: Connection) => {
    if (!isOver) connection.send(nowUs())
  }
  const connections = Array.from({ length: order.connections }, () => new Connection(again))
  for (const connection of connections) connection.send(nowUs())
  return connections
}

/** So many requests a second, however slow the answers: one that finds no free connection waits, and its wait counts. */
function openLoop(rate: number): readonly Connection[] {
  const waiting: number[] = []
  const idle: Connection[] = []
  const free = (connection: Connection) => {
    const dueAtUs = waiting.shift()
    if (dueAtUs === undefined) idle.push(connection)
    else connection.send(dueAtUs)
  }
  const connections = Array.from({ length: order.connections }, () => new Connection(free))
  idle.push(...connections)
  const startUs = nowUs()
  let scheduled = 0
  const tick = setInterval(() => {
    if (isOver) return clearInterval(tick)
    const atUs = nowUs()
    for (const due = ((atUs - startUs) * rate) / 1e6; scheduled < due; scheduled += 1) {
      const connection = idle.shift()
      if (connection) connection.send(atUs)
      else waiting.push(atUs)
    }
  }, 1)
  return connections
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort()
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

const startedUs = nowUs()
const connections = order.mode === 'open' ? openLoop(order.rate ?? 1000) : closedLoop()
setTimeout(() => {
  isOver = true
  const seconds = (nowUs() - startedUs) / 1e6
  for (const connection of connections) connection.end()
  const { user, system } = process.cpuUsage()
  const result: LoadResult = {
    requests,
    errors,
    seconds,
    chunks,
    latency: percentiles(latencies),
    firstByte: percentiles(firstBytes),
    chunkDelay: percentiles(chunkDelays),
    ownCpuSeconds: (user + system) / 1e6,
    ...(order.isTraced ? { trace } : {}),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}, order.seconds * 1000)
