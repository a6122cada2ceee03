// Reading a body over a real connection: bounded, whole or not at all, and asked for only when it is wanted.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBodyMemory } from '../body-memory.ts'
import { answerRefusal } from '../openai-error.ts'
import type { Admitted } from '../request.ts'
import { read } from './read.ts'

const BODY_BYTES_MAX = 100_000
const JSON_TYPE = { 'content-type': 'application/json' }

let server: Server
let port: number
/** How many requests have begun to be read. */
let arrived = 0
/** What came of each request, in order: the body's text, or the reason why there is none. */
let outcomes: string[]
/** Resolves with the next outcome. */
let nextOutcome: () => Promise<string>

beforeEach(async () => {
  outcomes = []
  arrived = 0
  let waiting: ((outcome: string) => void)[] = []
  nextOutcome = () => new Promise((resolve) => waiting.push(resolve))
  const tell = (outcome: string) => {
    outcomes.push(outcome)
    for (const resolve of waiting) resolve(outcome)
    waiting = []
  }
  server = createServer({ keepAliveTimeout: 60_000 })
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    arrived += 1
    // Of an admitted request only its connection and its endpoint's bound are looked at.
    const admitted = { req, res, endpoint: { maxBodyBytes: BODY_BYTES_MAX } } as unknown as Admitted
    const body = await read(admitted, createBodyMemory().shareFor('user_1'))
    if (body.ok) {
      tell(body.value.body.toString())
      res.end('ok')
    } else if (body.error === 'client_left') {
      tell('client_left')
    } else {
      tell(body.error.code)
      answerRefusal(res, 'req_1', body.error)
    }
  }
  const listener = (req: IncomingMessage, res: ServerResponse) => void handle(req, res)
  server.on('request', listener)
  server.on('checkContinue', listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with that port.
  port = (server.address() as AddressInfo).port
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function post(body: RequestInit['body'], headers: Record<string, string> = JSON_TYPE) {
  // `duplex` is asked for by Node's fetch for streams, and is missing in its type.
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
  const response = await fetch(`http://127.0.0.1:${port}/v1/responses`, init)
  return { status: response.status, text: await response.text() }
}

/** A body without content-length, in pieces. */
const chunked = (pieces: number, pieceBytes: number) => {
  let left = pieces
  return new ReadableStream({
    pull(controller) {
      left -= 1
      if (left < 0) controller.close()
      else controller.enqueue(Buffer.alloc(pieceBytes, 'x'))
    },
  })
}

function open(): { socket: Socket; received: () => string } {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString()
  })
  socket.on('error', () => {})
  return { socket, received: () => text }
}

describe('a body', () => {
  test('is read whole, byte for byte, with its length told or not', async () => {
    const text = JSON.stringify({ input: '门🌕 '.repeat(5_000) })
    expect((await post(text)).status).toBe(200)
    expect((await post(new Blob([text]).stream())).status).toBe(200)
    expect(outcomes).toEqual([text, text])
  })

  test('may be empty', async () => {
    await post('')
    expect(outcomes).toEqual([''])
  })

  test('may be exactly as large as the bound', async () => {
    await post(Buffer.alloc(BODY_BYTES_MAX, 'x'))
    await post(chunked(10, BODY_BYTES_MAX / 10))
    expect(outcomes.map((body) => body.length)).toEqual([BODY_BYTES_MAX, BODY_BYTES_MAX])
  })

  test('that arrives in single bytes is the same body', async () => {
    const { socket } = open()
    const outcome = nextOutcome()
    const body = '{"a":"门"}'
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`)
    for (const byte of Buffer.from(body)) {
      socket.write(Buffer.from([byte]))
      await sleep(1)
    }
    expect(await outcome).toBe(body)
    socket.destroy()
  })
})

describe('a body that is too large', () => {
  test('is refused by its told length, before a byte of it is read', async () => {
    const { socket, received } = open()
    const outcome = nextOutcome()
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${BODY_BYTES_MAX + 1}\r\n\r\n`)
    expect(await outcome).toBe('request_too_large')
    while (!received().includes('}')) await sleep(5)
    expect(received()).toMatch(/^HTTP\/1\.1 413 /)
    expect(received()).toContain(`larger than ${BODY_BYTES_MAX} bytes`)
    socket.destroy()
  })

  test('is refused as soon as it passes the bound, where it tells no length', async () => {
    expect(await post(chunked(3, BODY_BYTES_MAX / 2))).toMatchObject({ status: 413 })
    expect(outcomes).toEqual(['request_too_large'])
  })

  test('is refused to a client that reads nothing before it has sent its all', async () => {
    const { socket, received } = open()
    socket.pause()
    const piece = `${(60_000).toString(16)}\r\n${'x'.repeat(60_000)}\r\n`
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${piece}`)
    for (let count = 0; count < 4; count += 1) await new Promise((resolve) => socket.write(piece, resolve))
    await new Promise((resolve) => socket.write('0\r\n\r\n', resolve))
    socket.resume()
    while (!received().includes('}')) await sleep(5)
    expect(received()).toMatch(/^HTTP\/1\.1 413 /)
    // The connection is whole: it carries another request.
    const outcome = nextOutcome()
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}')
    expect(await outcome).toBe('{}')
    socket.destroy()
  })

  test('that never ends has its connection ended', async () => {
    const { socket } = open()
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
    const piece = `${(60_000).toString(16)}\r\n${'x'.repeat(60_000)}\r\n`
    const isClosed = new Promise<boolean>((resolve) => socket.on('close', () => resolve(true)))
    const writing = setInterval(() => socket.write(piece), 1)
    expect(await isClosed).toBe(true)
    clearInterval(writing)
    expect(outcomes).toEqual(['request_too_large'])
  })
})

describe('a client that leaves', () => {
  test.each([
    ['in the middle of its body', 'content-length: 100\r\n\r\n{"a":'],
    ['before its body', 'content-length: 100\r\n\r\n'],
    ['in the middle of a chunk', 'transfer-encoding: chunked\r\n\r\n5\r\n{"a"'],
  ])('%s is not answered, and nothing waits for it', async (_when, rest) => {
    const { socket } = open()
    const outcome = nextOutcome()
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${rest}`)
    while (arrived === 0) await sleep(5)
    socket.destroy()
    expect(await outcome).toBe('client_left')
  })
})

describe('a content type', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; charset=utf8; profile=x',
    'Application/JSON',
    'application/vnd.api+json',
  ])('%s is read', async (type) => {
    expect((await post('{}', { 'content-type': type })).status).toBe(200)
  })

  // A browser sends the first three to any address without asking; a form has other rules for what it means.
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json-patch+xml',
    // Whoever decodes it that way reads another body than the one that was checked.
    'application/json; charset=utf-7',
    'application/json; charset=utf-16le',
    'application/json; profile=x; charset="iso-8859-1"',
    'application/json; charset=utf-8; charset=utf-7',
    'text/json',
    ' ',
  ])('%j is refused', async (type) => {
    const { status, text } = await post('{}', { 'content-type': type })
    expect(status).toBe(415)
    expect(text).toContain('unsupported_media_type')
  })

  test('that is missing is taken for JSON', async () => {
    const { socket } = open()
    const outcome = nextOutcome()
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}')
    expect(await outcome).toBe('{}')
    socket.destroy()
  })
})

describe('a content encoding', () => {
  test.each(['compress', 'gzip, identity', 'gzip, gzip', 'br;q=1', 'x'.repeat(300)])(
    '%j that is not known is refused, and named',
    async (encoding) => {
      const { status, text } = await post('{}', { ...JSON_TYPE, 'content-encoding': encoding })
      expect(status).toBe(415)
      expect(text).toContain('unsupported_content_encoding')
      expect(text).toContain(encoding.slice(0, 40))
      expect(text.length).toBeLessThan(400)
    },
  )

  test('of identity is none', async () => {
    expect((await post('{}', { ...JSON_TYPE, 'content-encoding': 'Identity' })).status).toBe(200)
  })

  const text = JSON.stringify({ input: '门🌕 '.repeat(5_000) })
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)(
    '%s is decoded, told in whatever letters, and in whatever pieces it comes',
    async (encoding, compress) => {
      const bytes = compress(text)
      const headers = { ...JSON_TYPE, 'content-encoding': encoding }
      expect((await post(bytes, headers)).status).toBe(200)
      const { socket } = open()
      const outcome = nextOutcome()
      socket.write(
        `POST / HTTP/1.1\r\nhost: x\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${bytes.length}\r\n\r\n`,
      )
      for (const byte of bytes) socket.write(Buffer.from([byte]))
      await outcome
      socket.destroy()
      expect(outcomes).toEqual([text, text])
    },
  )

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)(
    '%s of a body that is damaged, cut off or something else is refused',
    async (encoding, compress) => {
      const headers = { ...JSON_TYPE, 'content-encoding': encoding }
      const whole = compress(Buffer.from(text))
      const damaged = Buffer.from(whole)
      damaged.fill(0xff, 0, 8)
      for (const bytes of [whole.subarray(0, whole.length - 5), damaged, Buffer.from('{"a":1}')]) {
        const answer = await post(bytes, headers)
        expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([400, 'invalid_content_encoding'])
      }
    },
  )

  test('that unpacks to more than a body may have is refused as too large, and the connection goes on', async () => {
    for (const [encoding, compress] of COMPRESSORS) {
      const bytes = compress(Buffer.alloc(BODY_BYTES_MAX + 1, 'x'))
      const answer = await post(bytes, { ...JSON_TYPE, 'content-encoding': encoding })
      expect([encoding, answer.status]).toEqual([encoding, 413])
    }
    expect((await post('{}')).status).toBe(200)
  })
})

const COMPRESSORS = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const

describe('a client that asks before it sends its body', () => {
  async function ask(
    headers: Record<string, string | number>,
  ): Promise<{ status: number; isContinued: boolean }> {
    const asked = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { expect: '100-continue', ...JSON_TYPE, ...headers },
    })
    let isContinued = false
    asked.on('continue', () => {
      isContinued = true
      asked.end('{}')
    })
    asked.flushHeaders()
    const status = await new Promise<number>((resolve, reject) => {
      asked.on('response', (response) => resolve(response.statusCode ?? 0))
      asked.on('error', reject)
    })
    asked.destroy()
    return { status, isContinued }
  }

  test('is told to go on when its body is wanted', async () => {
    expect(await ask({ 'content-length': 2 })).toEqual({ status: 200, isContinued: true })
    expect(outcomes).toEqual(['{}'])
  })

  test('is refused without sending a byte where its body is not wanted', async () => {
    expect(await ask({ 'content-length': BODY_BYTES_MAX + 1 })).toEqual({ status: 413, isContinued: false })
    expect(await ask({ 'content-encoding': 'compress' })).toEqual({ status: 415, isContinued: false })
    expect(await ask({ 'content-type': 'text/plain' })).toEqual({ status: 415, isContinued: false })
  })
})
