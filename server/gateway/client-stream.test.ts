// The client's end of a stream: when a heartbeat is sent and when not, how a slow reader slows the upstream down, and when
// somebody who takes nothing is given up.
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ClientStream, type ClientStreamOptions } from './client-stream.ts'
import { Drains } from './drains.ts'
import { LiveRequest } from './live-requests.ts'
import { HEARTBEAT_COMMENT } from './stream-meter.ts'

const BOUNDS = { drainSecondsMax: 60, drainBytesMax: 1_000, drainsPerUserMax: 10, drainsMax: 10 }
const MINUTE_MS = 60_000

/** A response as far as a stream writes to one. */
class Written {
  readonly pieces: string[] = []
  isTaken = true
  destroyed = false
  writableEnded = false
  socket = null
  #drained: () => void = () => {}
  write(bytes: Buffer): boolean {
    this.pieces.push(bytes.toString())
    return this.isTaken
  }
  end(bytes?: Buffer): void {
    if (bytes) this.pieces.push(bytes.toString())
    this.writableEnded = true
  }
  once(_event: 'drain', listener: () => void): void {
    this.#drained = listener
  }
  drain(): void {
    this.isTaken = true
    this.#drained()
  }
}

function streaming(more: Partial<ClientStreamOptions> = {}) {
  const written = new Written()
  const live = new LiveRequest({ userId: 'user_1', keyId: 'key_1' }, new Drains(() => BOUNDS))
  const calls: string[] = []
  const stream = new ClientStream({
    res: written as unknown as ServerResponse, // what a stream writes to is all that is asked of it
    live,
    source: { pause: () => void calls.push('pause'), resume: () => void calls.push('resume') },
    clock: { monotonicMs: () => Date.now() },
    heartbeatMs: 15_000,
    heartbeat: () => HEARTBEAT_COMMENT,
    ...more,
  })
  return { written, live, calls, stream }
}

describe('a silence', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('of twenty minutes is never longer than half a minute for the client', () => {
    const { written, stream } = streaming()
    stream.write([Buffer.from('data: thinking\n\n')])
    let longestMs = 0
    let silentMs = 0
    let seen = written.pieces.length
    for (let ms = 0; ms < 20 * MINUTE_MS; ms += 1_000) {
      vi.advanceTimersByTime(1_000)
      silentMs = written.pieces.length > seen ? 0 : silentMs + 1_000
      seen = written.pieces.length
      longestMs = Math.max(longestMs, silentMs)
    }
    expect(longestMs).toBeLessThanOrEqual(30_000)
    expect(written.pieces.length).toBeGreaterThan(70)
    stream.write([Buffer.from('data: answer\n\n')])
    expect(written.pieces.at(-1)).toBe('data: answer\n\n')
  })

  test('is not broken while anything comes', () => {
    const { written, stream } = streaming()
    for (let count = 0; count < 100; count += 1) {
      stream.write([Buffer.from('data: x\n\n')])
      vi.advanceTimersByTime(10_000)
    }
    expect(written.pieces.every((piece) => piece === 'data: x\n\n')).toBe(true)
  })

  test('is not broken within an event, for a client that has not read what there is, nor behind the end', () => {
    let isWithin = true
    const { written, stream, calls } = streaming({
      heartbeat: () => (isWithin ? undefined : HEARTBEAT_COMMENT),
    })
    vi.advanceTimersByTime(MINUTE_MS)
    expect(written.pieces).toEqual([])
    isWithin = false
    written.isTaken = false
    stream.write([Buffer.from('data: x\n\n')])
    vi.advanceTimersByTime(MINUTE_MS)
    expect(written.pieces).toHaveLength(1)
    expect(calls).toEqual(['pause'])
    written.drain()
    expect(calls).toEqual(['pause', 'resume'])
    vi.advanceTimersByTime(MINUTE_MS)
    expect(written.pieces.length).toBeGreaterThan(1)
    stream.end()
    const { length } = written.pieces
    vi.advanceTimersByTime(MINUTE_MS)
    expect(written.pieces).toHaveLength(length)
  })

  test('is not broken for a client that has left, and nothing is written to it', () => {
    const { written, stream, live } = streaming()
    live.leave()
    vi.advanceTimersByTime(MINUTE_MS)
    stream.write([Buffer.from('data: x\n\n')])
    stream.end([Buffer.from('data: y\n\n')])
    expect(written.pieces).toEqual([])
    live.close()
  })

  test('stays one where heartbeats are off', () => {
    const { written } = streaming({ heartbeatMs: 0 })
    vi.advanceTimersByTime(20 * MINUTE_MS)
    expect(written.pieces).toEqual([])
  })

  test('that is broken is still no first byte of the answer', () => {
    const { stream } = streaming()
    vi.advanceTimersByTime(MINUTE_MS)
    expect(stream.firstByteMonoMs).toBeUndefined()
    stream.write([Buffer.from('data: x\n\n')])
    expect(stream.firstByteMonoMs).toBe(Date.now())
  })

  test('takes the byte-order mark from the stream that begins behind it, where it would be text', () => {
    const { written, stream } = streaming()
    const marked = Buffer.from('\ufeffdata: x\n\n')
    vi.advanceTimersByTime(MINUTE_MS)
    stream.write([marked])
    stream.write([marked])
    expect(written.pieces.slice(-2)).toEqual(['data: x\n\n', '\ufeffdata: x\n\n'])
    const early = streaming()
    early.stream.write([marked])
    expect(early.written.pieces).toEqual(['\ufeffdata: x\n\n'])
  })
})

test('a client that takes nothing at all is given up, and the upstream is read on without it', async () => {
  const { promise: gone, resolve: leave } = Promise.withResolvers<LiveRequest>()
  const server = createServer((_req, res) => {
    const live = new LiveRequest({ userId: 'user_1', keyId: 'key_1' }, new Drains(() => BOUNDS))
    live.watch(res)
    res.once('close', () => leave(live))
    const { stream } = streaming({ res, live, heartbeatMs: 0, stalledMsMax: 100 })
    const event = Buffer.alloc(1024 * 1024, 'x')
    for (let count = 0; count < 32; count += 1) stream.write([event])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with that port.
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.pause()
  socket.on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const live = await gone
  expect(live.isGone).toBe(true)
  live.close()
  socket.destroy()
  server.close()
})
