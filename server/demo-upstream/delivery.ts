// Sends a reply as its scenario wants it: when, in which writes, and up to where. Slow readers are waited for.
import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { Encoder } from './encoder.ts'
import { createFramer, WriteSplitter } from './framing.ts'
import type { RequestRecord } from './received-request.ts'
import type { BreakPoint, Scenario, StreamEvent } from './scenario.ts'

/** How fast a model answers: the time to its first word, and between words. */
export interface Pace {
  readonly firstWordMs: number
  readonly wordMs: number
}

export type Reply =
  | {
      readonly kind: 'body'
      readonly status: number
      readonly headers: OutgoingHttpHeaders
      readonly body: Buffer
      readonly words: number
    }
  | {
      readonly kind: 'stream'
      readonly status: number
      readonly headers: OutgoingHttpHeaders
      /** Bytes are sent as they are, everything else is framed. */
      readonly events: Iterable<StreamEvent | Buffer>
    }

export interface Exchange {
  readonly response: ServerResponse
  readonly record: RequestRecord
  readonly pace: Pace
  /** Aborted when the client has gone or the upstream stops. */
  readonly signal: AbortSignal
}

/** A model that answers a whole body at once would have taken no longer than this. */
const BODY_PACE_MS_MAX = 10_000

export async function deliver(exchange: Exchange, reply: Reply, scenario: Scenario): Promise<void> {
  const delivery = new Delivery(exchange, scenario)
  if (!(await delivery.open(reply))) return
  const isWhole =
    reply.kind === 'stream' ? await delivery.stream(reply.events) : await delivery.body(reply.body)
  if (isWhole) delivery.end()
}

class Delivery {
  readonly #exchange: Exchange
  readonly #scenario: Scenario
  readonly #splitter: WriteSplitter
  readonly #encoder: Encoder | undefined

  constructor(exchange: Exchange, scenario: Scenario) {
    this.#exchange = exchange
    this.#scenario = scenario
    this.#splitter = new WriteSplitter(scenario.framing ?? {})
    this.#encoder = scenario.contentEncoding === undefined ? undefined : new Encoder(scenario.contentEncoding)
  }

  // Each step answers whether the delivery goes on.

  async open(reply: Reply): Promise<boolean> {
    const { response, record } = this.#exchange
    const { delays, informational } = this.#scenario
    for (const { status, headers } of informational ?? []) writeInformational(response, status, headers ?? {})
    if (!(await this.#wait((delays?.beforeHeadersMs ?? 0) + this.#paceMsOf(reply)))) return false
    if (delays?.headersBehind && !(await this.#waitFor(delays.headersBehind))) return false
    if (await this.#breaksAt('before_headers')) return false
    this.#setHeaders(reply)
    record.status = reply.status
    response.writeHead(reply.status)
    const firstMs = delays?.beforeFirstEventMs ?? 0
    const breaksEarly = this.#scenario.cut === 'after_headers' || this.#scenario.stall === 'after_headers'
    // A body that follows at once leaves in one packet with its headers.
    if (reply.kind === 'stream' || breaksEarly || firstMs > 0) response.flushHeaders()
    if (await this.#breaksAt('after_headers')) return false
    return this.#wait(firstMs)
  }

  /** A whole answer comes when its last word would have. */
  #paceMsOf(reply: Reply): number {
    if (reply.kind === 'stream' || reply.words === 0) return 0
    const { firstWordMs, wordMs } = this.#exchange.pace
    return Math.min(firstWordMs + wordMs * reply.words, BODY_PACE_MS_MAX)
  }

  #setHeaders(reply: Reply): void {
    const { response } = this.#exchange
    const { headers, trailers, contentEncoding } = this.#scenario
    for (const [name, value] of Object.entries(reply.headers)) {
      if (value !== undefined) response.setHeader(name, value)
    }
    const isPlainBody = reply.kind === 'body' && !trailers && !contentEncoding
    if (isPlainBody) response.setHeader('content-length', reply.body.length)
    if (contentEncoding) response.setHeader('content-encoding', contentEncoding)
    if (trailers) response.setHeader('trailer', Object.keys(trailers).join(', '))
    for (const [name, value] of Object.entries(headers ?? {})) {
      if (value === null) response.removeHeader(name)
      else response.setHeader(name, value)
    }
  }

  async body(bytes: Buffer): Promise<boolean> {
    const { cut, stall } = this.#scenario
    // A body is one event: what breaks behind a number of events breaks in the middle of it.
    const isBreaking = hasEvents(cut) !== undefined || hasEvents(stall) !== undefined
    if (!(await this.#write(isBreaking ? bytes.subarray(0, bytes.length >> 1) : bytes))) return false
    if (!isBreaking) return this.#finish()
    await this.#breakOff(hasEvents(cut) ? 'cut' : 'stall')
    return false
  }

  async stream(events: Iterable<StreamEvent | Buffer>): Promise<boolean> {
    const frame = createFramer(this.#scenario.framing ?? {})
    const iterator = events[Symbol.iterator]()
    let sent = 0
    let hasSpoken = false
    for (let next = iterator.next(); ; ) {
      if (await this.#breaksBehind(sent)) return false
      if (next.done) break
      const event = next.value
      // One is read ahead to know the last one.
      next = iterator.next()
      const isWord = !Buffer.isBuffer(event) && event.isPaced === true
      const delayMs = this.#delayBefore(isWord, sent, hasSpoken)
      hasSpoken ||= isWord
      if (delayMs > 0 && !(await this.#wait(delayMs))) return false
      const bytes = Buffer.isBuffer(event) ? event : frame(event, next.done === true)
      if (!(await this.#write(bytes))) return false
      // Writes of one turn of the event loop would leave as one packet.
      if (Buffer.isBuffer(event)) await nextTurn()
      sent += 1
      this.#exchange.record.eventsSent = sent
    }
    return this.#finish()
  }

  end(): void {
    const { response } = this.#exchange
    if (this.#scenario.trailers) response.addTrailers(this.#scenario.trailers)
    response.end()
  }

  #delayBefore(isWord: boolean, sent: number, hasSpoken: boolean): number {
    const { delays } = this.#scenario
    const silenceMs = delays?.silence?.afterEvents === sent ? delays.silence.ms : 0
    if (delays?.betweenEventsMs !== undefined) return silenceMs + (sent === 0 ? 0 : delays.betweenEventsMs)
    const { firstWordMs, wordMs } = this.#exchange.pace
    if (!isWord) return silenceMs
    return silenceMs + (hasSpoken ? wordMs : firstWordMs)
  }

  async #finish(): Promise<boolean> {
    if (this.#encoder && !(await this.#send(this.#splitter.push(await this.#encoder.finish())))) return false
    return this.#send(this.#splitter.rest())
  }

  async #write(bytes: Buffer): Promise<boolean> {
    const encoded = this.#encoder ? await this.#encoder.encode(bytes) : bytes
    return this.#send(this.#splitter.push(encoded))
  }

  async #send(writes: readonly Buffer[]): Promise<boolean> {
    const { response, record, signal } = this.#exchange
    for (const bytes of writes) {
      const room = this.#room()
      const part = bytes.length >= room ? bytes.subarray(0, room) : bytes
      if (signal.aborted) return false
      record.bytesSent += part.length
      const isTaken = part.length === 0 || response.write(part)
      if (bytes.length >= room) {
        await this.#breakOff(hasBytes(this.#scenario.cut) ? 'cut' : 'stall')
        return false
      }
      if (!isTaken && !(await this.#drained())) return false
      // Writes of one turn of the event loop would leave as one packet.
      if (this.#splitter.isActive) await nextTurn()
    }
    return true
  }

  /** Bytes that may be sent until the body breaks. */
  #room(): number {
    const { cut, stall } = this.#scenario
    const at = Math.min(hasBytes(cut)?.afterBytes ?? Infinity, hasBytes(stall)?.afterBytes ?? Infinity)
    return at - this.#exchange.record.bytesSent
  }

  async #drained(): Promise<boolean> {
    const { response, signal } = this.#exchange
    try {
      await once(response, 'drain', { signal })
      return true
    } catch {
      // The reader has gone or the upstream stops: there is nobody to write to.
      return false
    }
  }

  async #wait(ms: number): Promise<boolean> {
    const { signal } = this.#exchange
    if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined)
    return !signal.aborted
  }

  async #waitFor(promise: Promise<unknown>): Promise<boolean> {
    const { signal } = this.#exchange
    await Promise.race([promise, signal.aborted || once(signal, 'abort')])
    return !signal.aborted
  }

  async #breaksAt(point: BreakPoint): Promise<boolean> {
    if (this.#scenario.cut === point) await this.#breakOff('cut')
    else if (this.#scenario.stall === point) await this.#breakOff('stall')
    else return false
    return true
  }

  async #breaksBehind(sent: number): Promise<boolean> {
    const { cut, stall } = this.#scenario
    const isCut = hasEvents(cut)?.afterEvents === sent
    if (!isCut && hasEvents(stall)?.afterEvents !== sent) return false
    if (await this.#send(this.#splitter.rest())) await this.#breakOff(isCut ? 'cut' : 'stall')
    return true
  }

  async #breakOff(kind: 'cut' | 'stall'): Promise<void> {
    const { response, record, signal } = this.#exchange
    if (kind === 'stall') {
      if (!signal.aborted) await once(signal, 'abort')
      return
    }
    await handedOver(response)
    if (signal.aborted) return
    record.end('cut')
    const how = this.#scenario.cutBy ?? 'close'
    if (how === 'end' && response.headersSent) response.end()
    else if (how === 'reset') response.socket?.resetAndDestroy()
    else response.socket?.destroy()
  }
}

const hasEvents = (point: BreakPoint | undefined) =>
  typeof point === 'object' && 'afterEvents' in point ? point : undefined

const hasBytes = (point: BreakPoint | undefined) =>
  typeof point === 'object' && 'afterBytes' in point ? point : undefined

/** Node has no call for an informational answer with any status and headers, so it is written as it stands on the wire. */
function writeInformational(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  response.socket?.write(`HTTP/1.1 ${status} Informational\r\n${lines.join('')}\r\n`)
}

const HANDOVER_TURNS_MAX = 500

/** Waits until the kernel has all that was written: destroying a socket throws away what it has not. */
async function handedOver(response: ServerResponse): Promise<void> {
  await nextTurn()
  for (let turn = 0; turn < HANDOVER_TURNS_MAX && (response.socket?.writableLength ?? 0) > 0; turn += 1)
    await sleep(2)
}
