// Bodies that are made to cost more than they say: slow ones, compressed bombs, crumbs, and many at once.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { type ArrivalBounds, bodyOf, SLOWEST } from './body-arrival.ts'
import { decoderFor } from './body-decoder.ts'
import { type BodyMemory, createBodyMemory } from './body-memory.ts'

const MEBIBYTE = 1024 * 1024
const QUICK = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Outcome {
  /** A refusal's code, `client_left`, or the number of bytes of the body. */
  readonly outcome: string | number
  readonly tookMs: number
  readonly growthBytes: number
}

/** A server that only reads bodies, under these bounds. */
async function arrivals(bounds: Partial<ArrivalBounds> = {}, memory: BodyMemory = createBodyMemory()) {
  const all: Promise<Outcome>[] = []
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<Outcome> => {
    const startedMs = performance.now()
    const before = process.memoryUsage().arrayBuffers
    const share = memory.shareFor(String(req.headers['x-user'] ?? 'user_1'))
    const decode = decoderFor(req.headers['content-encoding'])
    const body = await bodyOf(req, { ...SLOWEST, bytesMax: 32 * MEBIBYTE, ...bounds }, share, decode)
    const refused = body.ok || body.error === 'client_left' ? undefined : body.error.code
    res.statusCode = refused === undefined ? 200 : 400
    res.end(refused)
    return {
      outcome: body.ok ? body.value.length : (refused ?? 'client_left'),
      tookMs: performance.now() - startedMs,
      growthBytes: process.memoryUsage().arrayBuffers - before,
    }
  }
  const server = createServer((req, res) => void all.push(handle(req, res)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  // A server that listens on a port has an address with that port.
  const { port } = server.address() as AddressInfo

  function open(headers: string): Socket {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    cleanups.push(() => socket.destroy())
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n`)
    return socket
  }
  const arrived = async (at: number): Promise<void> => {
    while (all.length <= at) await sleep(2)
  }
  const outcomeOf = async (at: number): Promise<Outcome> => {
    await arrived(at)
    return await (all[at] as Promise<Outcome>)
  }
  return { open, arrived, outcomeOf, url: `http://127.0.0.1:${port}/` }
}

describe('a slow sender', () => {
  const bounds = { windowMs: 100, windowBytesMin: 1_000, totalMs: 3_600_000 }

  test('that falls silent is refused after one window', async () => {
    const { open, outcomeOf } = await arrivals(bounds)
    open('content-length: 5000').write('{"a":')
    const { outcome, tookMs } = await outcomeOf(0)
    expect(outcome).toBe('request_timeout')
    expect(tookMs).toBeGreaterThanOrEqual(95)
  })

  test('that sends a byte now and then is refused all the same, however much came before', async () => {
    const { open, outcomeOf } = await arrivals(bounds)
    const socket = open('content-length: 5000000')
    socket.write(Buffer.alloc(1_000_000, ' '))
    const dripping = setInterval(() => socket.write(' '), 5)
    cleanups.push(() => clearInterval(dripping))
    expect((await outcomeOf(0)).outcome).toBe('request_timeout')
  })

  test('that keeps up with the least there has to be is waited for', async () => {
    const { open, outcomeOf } = await arrivals({ ...bounds, windowMs: 200 })
    const socket = open('content-length: 20000')
    for (let sent = 0; sent < 20_000; sent += 1_000) {
      socket.write(Buffer.alloc(1_000, ' '))
      await sleep(20)
    }
    const { outcome, tookMs } = await outcomeOf(0)
    expect(outcome).toBe(20_000)
    expect(tookMs).toBeGreaterThan(300)
  })

  test('that keeps up for ever is refused in the end', async () => {
    const { open, outcomeOf } = await arrivals({ windowMs: 50, windowBytesMin: 1, totalMs: 150 })
    const socket = open('content-length: 5000000')
    const dripping = setInterval(() => socket.write('    '), 5)
    cleanups.push(() => clearInterval(dripping))
    const { outcome, tookMs } = await outcomeOf(0)
    expect(outcome).toBe('request_timeout')
    expect(tookMs).toBeGreaterThanOrEqual(140)
  })

  test('of a real upload has half a minute for eight kilobytes', () => {
    expect(SLOWEST).toEqual({ windowMs: 30_000, windowBytesMin: 8_192, totalMs: 3_600_000 })
  })
})

describe('a body in crumbs', () => {
  test('of one byte each takes up no more than its bytes, and is refused when they do not end', async () => {
    const { open, outcomeOf } = await arrivals()
    const socket = open('transfer-encoding: chunked')
    const crumbs = Buffer.from('1\r\nx\r\n'.repeat(10_000))
    for (let count = 0; count < 8; count += 1) await new Promise((resolve) => socket.write(crumbs, resolve))
    const { outcome, growthBytes } = await outcomeOf(0)
    expect(outcome).toBe('body_too_complex')
    expect(growthBytes).toBeLessThan(4 * MEBIBYTE)
  })

  test('of which there are some thousands is whole', async () => {
    const { open, outcomeOf } = await arrivals()
    open('transfer-encoding: chunked').write(`${'1\r\nx\r\n'.repeat(20_000)}0\r\n\r\n`)
    expect((await outcomeOf(0)).outcome).toBe(20_000)
  })
})

describe('a compressed bomb', () => {
  const post = async (url: string, encoding: string, body: Buffer) =>
    (
      await fetch(url, {
        method: 'POST',
        headers: { 'content-encoding': encoding },
        body: new Uint8Array(body),
      })
    ).text()

  test.each([
    ['gzip', gzipSync],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes, QUICK)],
    ['zstd', zstdCompressSync],
  ] as const)(
    'in %s is refused once it has grown a hundredfold, long before it is unpacked',
    async (encoding, compress) => {
      const { url, outcomeOf } = await arrivals()
      const bomb = compress(Buffer.alloc(30 * MEBIBYTE, ' '))
      expect(await post(url, encoding, bomb)).toBe('invalid_content_encoding')
      expect((await outcomeOf(0)).growthBytes).toBeLessThan(16 * MEBIBYTE)
    },
  )

  test('that stays below a hundredfold is unpacked up to the largest size of a body, and no further', async () => {
    const { url, outcomeOf } = await arrivals({ bytesMax: 2 * MEBIBYTE })
    const line = Array.from({ length: 40 }, (_, at) => String.fromCharCode(33 + ((at * 37) % 90))).join('')
    const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, at) => `${line}${at}`).join(''))
    expect(await post(url, 'gzip', gzipSync(bytes))).toBe('request_too_large')
    expect((await outcomeOf(0)).growthBytes).toBeLessThan(16 * MEBIBYTE)
  })

  test('that asks for a huge window gets none', async () => {
    const { url } = await arrivals()
    // A frame whose header names its window, 2^23 and 2^27 bytes, and one raw block of two bytes (RFC 8878, section 3.1.1).
    const frame = (window: number) =>
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, window, 0x11, 0x00, 0x00, 0x7b, 0x7d])
    expect(await post(url, 'zstd', frame((23 - 10) << 3))).toBe('')
    expect(await post(url, 'zstd', frame((27 - 10) << 3))).toBe('invalid_content_encoding')
  })
})

describe('many bodies at once', () => {
  test('of one person take up no more than their share, and others have theirs', async () => {
    const memory = createBodyMemory(3 * MEBIBYTE, 100 * MEBIBYTE)
    const { open, outcomeOf } = await arrivals({}, memory)
    for (let count = 0; count < 3; count += 1) {
      open('content-length: 2000000').write(Buffer.alloc(1_000_000, ' '))
      // Each has arrived before the next one begins.
      while (memory.bytes < (count + 1) * 1_000_000) await sleep(2)
    }
    open('content-length: 2000000').write(Buffer.alloc(1_000_000, ' '))
    expect((await outcomeOf(3)).outcome).toBe('upload_limit_exceeded')
    open('x-user: user_2\r\ncontent-length: 1000000').write(Buffer.alloc(1_000_000, ' '))
    expect((await outcomeOf(4)).outcome).toBe(1_000_000)
  })

  test('take up nothing any more once they are given back, and no more than all together may', () => {
    const memory = createBodyMemory(100, 150)
    const [ann, ben, again] = [memory.shareFor('ann'), memory.shareFor('ben'), memory.shareFor('ann')]
    expect([ann.grow(60), ann.grow(50), again.grow(41), again.grow(40)]).toEqual([true, true, false, true])
    expect([ben.grow(51), ben.grow(50), memory.bytes]).toEqual([false, true, 150])
    ann.release()
    ann.release()
    expect([memory.bytes, ben.grow(100), again.grow(50), again.grow(51)]).toEqual([90, true, true, false])
  })
})

test('a client that leaves in the middle of a compressed body is nobody to answer', async () => {
  const { open, arrived, outcomeOf } = await arrivals()
  const socket = open('content-encoding: gzip\r\ncontent-length: 5000')
  socket.write(gzipSync('x'.repeat(10_000)).subarray(0, 20))
  await arrived(0)
  socket.destroy()
  expect((await outcomeOf(0)).outcome).toBe('client_left')
})
