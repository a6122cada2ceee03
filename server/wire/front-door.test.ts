// Connections: plain requests are answered over them one after the other, whatever comes in which pieces, and Node's HTTP takes
// over with the first that is not plain.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server, Socket } from 'node:net'
import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { giveBackMemoryOf } from '../given-memory.ts'
import { GrowingBytes } from '../growing-bytes.ts'
import { createFrontDoor, type FrontDoor } from './front-door.ts'
import type { ServedRequest } from './served-request.ts'
import { ServedResponse } from './served-response.ts'

const server = createServer((req, res) => {
  let body = ''
  req.on('data', (piece: Buffer) => {
    body += piece.toString()
  })
  req.on('end', () => res.end(`node ${req.method} ${body}`))
})
/** Few enough for a test to open more. */
const CONNECTIONS_MAX = 8
const silent: Socket[] = []
let handedOver = 0
let door: FrontDoor
let answer: (req: ServedRequest, res: ServedResponse) => void
let port = 0

beforeAll(async () => {
  const serveHttp = server.listeners('connection')
  server.removeAllListeners('connection')
  door = createFrontDoor({
    keepAliveSeconds: 10,
    firstRequestSeconds: 5,
    connectionsMax: CONNECTIONS_MAX,
    // Where Node keeps the response that a socket is busy with.
    isBusyElsewhere: (socket) => (socket as { _httpMessage?: unknown })._httpMessage != null,
    takes: ({ target }) => target === '/plain',
    answer: (req, res) => answer(req, res),
    handOver(socket) {
      handedOver += 1
      for (const listener of serveHttp) Reflect.apply(listener, server, [socket])
    },
    onSilent(socket) {
      silent.push(socket)
      socket.end('too late')
    },
  })
  server.on('connection', door.take)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port // it listens on a port
})
beforeEach(() => {
  answer = echo
})
afterEach(async () => {
  door.endAll()
  server.closeAllConnections()
  // Closed, and the door's timer with them.
  await turn()
  await turn()
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Answers with the body, however it comes. */
function echo(req: ServedRequest, res: ServedResponse): void {
  const answerWith = (body: Buffer) => {
    res.writeHead(200, ['content-length', String(body.length + 6)])
    res.end(Buffer.concat([Buffer.from('plain '), body]))
  }
  if (req.wholeBody) {
    answerWith(req.wholeBody)
    return
  }
  const pieces: Buffer[] = []
  req.on('data', (piece) => pieces.push(piece))
  req.on('end', () => answerWith(Buffer.concat(pieces)))
}

const post = (body: string, target = '/plain', ...lines: string[]) =>
  [
    `POST ${target} HTTP/1.1`,
    'Host: a',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...lines,
    '',
    body,
  ].join('\r\n')
const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`

interface Client {
  readonly socket: Socket
  /** All that has come. */
  text(): string
  /** Resolves when all of these have come, in this order. */
  until(...parts: readonly string[]): Promise<void>
  closed: Promise<unknown>
}

async function open(allowHalfOpen = false): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen })
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (piece: string) => {
    text += piece
  })
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  const has = (parts: readonly string[]) => {
    let at = 0
    return parts.every((part) => {
      const found = text.indexOf(part, at)
      at = found + part.length
      return found >= 0
    })
  }
  return {
    socket,
    text: () => text,
    until: (...parts) => vi.waitFor(() => expect(has(parts) || text).toBe(true), 5_000),
    closed,
  }
}

describe('on one connection', () => {
  test('several, one after the other', async () => {
    const client = await open()
    client.socket.write(post('one'))
    await client.until('plain one')
    client.socket.write(post('two'))
    await client.until('plain one', 'plain two')
    expect(client.text()).toMatch(
      /^HTTP\/1\.1 200 OK\r\ncontent-length: 9\r\nDate: [^\r]+ GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=10\r\n\r\nplain one/,
    )
  })

  test('several at once are answered in their order', async () => {
    const client = await open()
    const waiting: (() => void)[] = []
    answer = (req, res) => void waiting.push(() => echo(req, res))
    client.socket.write(post('one') + post('two') + get('/other') + post('three'))
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    await turn()
    expect(waiting).toHaveLength(1)
    waiting[0]?.()
    await vi.waitFor(() => expect(waiting).toHaveLength(2))
    waiting[1]?.()
    await client.until('plain one', 'plain two', 'node GET ', 'node POST three')
  })

  test.each([1, 7, 60, 61, 62, 63, 64, 65, 70])('in pieces of %i bytes', async (size) => {
    const client = await open()
    const text = post('0123456789') + post('abc') + get('/other') + post('def')
    for (let at = 0; at < text.length; at += size) {
      client.socket.write(text.slice(at, at + size))
      await turn()
    }
    await client.until('0123456789', 'abc', 'node GET ', 'node POST def')
    expect(client.text().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(4)
  })

  test('a large body', async () => {
    const client = await open()
    const body = 'x'.repeat(3_000_000)
    client.socket.write(post(body) + post('behind'))
    await client.until('plain xxx', 'plain behind')
    expect(client.text()).toContain(`plain ${body}HTTP/1.1`)
  })

  test('bodies whose memory is given back with the copy', async () => {
    const client = await open()
    answer = (req, res) => {
      const bytes = new GrowingBytes(Number(req.headers['content-length']), req.givesBody)
      const end = () => {
        const body = req.wholeBody ?? bytes.take()
        res.end(Buffer.from(`${body.toString()};`))
        giveBackMemoryOf(body)
      }
      req.on('data', (piece) => bytes.add(piece))
      req.on('end', end)
      if (req.wholeBody) end()
    }
    const bodies = Array.from({ length: 40 }, (_, at) =>
      String.fromCharCode(97 + (at % 26)).repeat(at * 4_001),
    )
    client.socket.write(bodies.map((body) => post(body)).join(''))
    await client.until(...bodies.map((body) => `${body};`))
  })

  test.each([66_000, 140_000, 1_000_000])('a body of %i bytes behind others', async (size) => {
    const client = await open()
    const waiting: (() => void)[] = []
    answer = (req, res) => {
      answer = echo
      waiting.push(() => echo(req, res))
    }
    client.socket.write(post('one') + post('y'.repeat(size)) + post('z'.repeat(size), '/other') + post('two'))
    // As much of them has come as is let come.
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    for (let at = 0; at < 50; at += 1) await turn()
    waiting[0]?.()
    await client.until('plain one', 'plain yyy', 'node POST zzz', 'node POST two')
    expect(client.text().match(/y/g)).toHaveLength(size)
    expect(client.text().match(/z/g)).toHaveLength(size)
  })

  test('what is not plain goes to Node with everything behind it, and stays there', async () => {
    const client = await open()
    client.socket.write(post('one'))
    await client.until('plain one')
    client.socket.write(post('y'.repeat(200_000), '/other') + post('two'))
    await client.until('node POST yyy', 'node POST two')
    expect(client.text().match(/y/g)).toHaveLength(200_000)
  })

  test('a body that is listened for although it is there', async () => {
    const client = await open()
    answer = (req, res) => {
      const pieces: string[] = []
      req.on('data', (piece: Buffer) => pieces.push(piece.toString()))
      req.on('end', () => res.end(Buffer.from(pieces.join('|'))))
    }
    client.socket.write(post('all of it'))
    await client.until('all of it')
  })

  test('nothing more, where the client said so', async () => {
    const client = await open()
    client.socket.write(post('one', '/plain', 'Connection: close') + post('two'))
    await client.closed
    expect(client.text()).toContain('Connection: close\r\n')
    expect(client.text()).not.toContain('two')
  })

  test('nothing more, where the answer said so', async () => {
    const client = await open()
    answer = (req, res) => {
      res.setHeader('connection', 'close')
      echo(req, res)
    }
    client.socket.write(post('one'))
    await client.closed
    expect(client.text()).toContain('Connection: close\r\n')
  })
})

/** The data of a chunked body. */
function unchunked(body: string): string {
  let data = ''
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.slice(at, lineEnd), 16)
    if (!(size > 0)) return data
    data += body.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 2 + size + 2
  }
}

describe('an answer', () => {
  test('in pieces is sent as chunks, those of one turn together', async () => {
    const client = await open()
    answer = async (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write(Buffer.from('a'))
      res.write(Buffer.from('bc'))
      await turn()
      res.write(Buffer.from('d'))
      res.end(Buffer.from('ef'))
    }
    client.socket.write(post('') + post(''))
    const chunks = '3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n'
    await client.until(`Transfer-Encoding: chunked\r\n\r\n${chunks}HTTP/1.1`, `\r\n\r\n${chunks}`)
  })

  test('shows its head before anything is written', async () => {
    const client = await open()
    answer = (_req, res) => {
      res.writeHead(200)
      res.flushHeaders()
    }
    client.socket.write(post(''))
    await client.until('HTTP/1.1 200 OK\r\n', '\r\n\r\n')
    expect(client.text().endsWith('\r\n\r\n')).toBe(true)
  })

  test('without a body has none', async () => {
    const client = await open()
    answer = (_req, res) => {
      res.writeHead(204, { 'x-one': ['1', '2'], 'x-none': undefined })
      res.end(Buffer.from('body'))
    }
    client.socket.write(post(''))
    await client.until('204 No Content\r\nx-one: 1\r\nx-one: 2\r\nDate', '\r\n\r\n')
    expect(client.text()).not.toMatch(/body|chunked|x-none/)
  })

  test('carries what was set ahead, unless its head says otherwise', async () => {
    const client = await open()
    answer = (_req, res) => {
      res.setHeader('vary', 'Origin')
      res.setHeader('x-one', 'ahead')
      res.writeHead(200, ['x-one', 'own', 'content-length', '2'])
      res.end('ok', 'latin1')
    }
    client.socket.write(post(''))
    await client.until('vary: Origin\r\nx-one: own\r\ncontent-length: 2\r\n', 'ok')
    expect(client.text()).not.toContain('ahead')
  })

  test('whose head could not be written may be another one', async () => {
    const client = await open()
    answer = (_req, res) => {
      expect(() => res.writeHead(200, ['x-one', '\u0100'])).toThrow(TypeError)
      expect(res.headersSent).toBe(false)
      res.writeHead(500, ['content-length', '2'])
      res.end('no', 'latin1')
    }
    client.socket.write(post(''))
    await client.until('HTTP/1.1 500 ', 'no')
  })

  test.each(['a\r\nb: c', 'a\nb', 'a\0', '\u0100'])('takes no header with %j in it', async (value) => {
    const client = await open()
    const problems: unknown[] = []
    answer = (_req, res) => {
      try {
        res.writeHead(200, { 'x-one': value })
      } catch (error) {
        problems.push(error)
        res.destroy()
      }
    }
    client.socket.write(post(''))
    await client.closed
    expect(problems).toHaveLength(1)
    expect(client.text()).toBe('')
  })

  test('waits for whoever reads slowly, and goes on', async () => {
    const client = await open()
    const large = Buffer.alloc(8 * 1024 * 1024, 'z')
    let hasRoom = true
    let drains = 0
    answer = (_req, res) => {
      res.writeHead(200)
      hasRoom = res.write(large)
      res.once('drain', () => {
        drains += 1
        res.end(Buffer.from('the end'))
      })
    }
    client.socket.pause()
    client.socket.write(post(''))
    await vi.waitFor(() => expect(hasRoom).toBe(false))
    expect(drains).toBe(0)
    client.socket.resume()
    await client.until('the end')
    expect(drains).toBe(1)
    expect(client.text().match(/z/g)).toHaveLength(large.length)
  })

  test('that the system has not taken yet is not written over by the next one', () => {
    const taken: Buffer[] = []
    // A socket, as far as writing is concerned, to a system that takes nothing for now.
    const slow = () => new Writable({ write: (bytes: Buffer) => void taken.push(bytes) }) as unknown as Socket
    for (const text of ['first', 'other']) {
      const req = { socket: slow() } as unknown as ServedRequest // nothing else of it is looked at
      const res = new ServedResponse(req, { keepAliveSeconds: 5, isLast: false, onFlushed: () => {} })
      res.end(Buffer.from(text))
    }
    expect(taken.map((bytes) => bytes.toString('latin1').slice(-12, -7))).toEqual(['first', 'other'])
  })

  test('that is lent is written when that returns, behind what was written before it', async () => {
    const client = await open()
    const place = Buffer.alloc(300_000)
    const sizes = [1, 0, 5_000, 16_384, 20_000, 65_536, 66_000, 299_999]
    let hasRoom = true
    answer = (_req, res) => {
      res.writeHead(200)
      res.write(Buffer.from('before '))
      // What does not fit is written all the same, and goes out when the client reads.
      for (let round = 0; round < 20; round += 1) {
        for (const [at, size] of sizes.entries()) {
          place.fill(97 + at)
          hasRoom = res.writeLent([place.subarray(0, size >> 1), place.subarray(size >> 1, size)])
          place.fill('#')
        }
      }
      res.once('drain', () => res.end(Buffer.from(' behind')))
    }
    client.socket.pause()
    client.socket.write(post(''))
    await vi.waitFor(() => expect(hasRoom).toBe(false))
    client.socket.resume()
    await client.until(' behind\r\n0\r\n\r\n')
    const round = sizes.map((size, at) => String.fromCharCode(97 + at).repeat(size)).join('')
    const body = client.text().split('\r\n\r\n').slice(1).join('\r\n\r\n')
    expect(unchunked(body) === `before ${round.repeat(20)} behind`).toBe(true)
  })

  test('given before its body has come lets the rest of that pass', async () => {
    const client = await open()
    const closes: string[] = []
    answer = (req, res) => {
      answer = echo
      req.once('close', () => closes.push(`request ${req.complete}`))
      res.on('close', () => closes.push(`answer ${res.writableFinished}`))
      res.writeHead(413, ['content-length', '0'])
      res.end()
    }
    const text = post('no'.repeat(50_000))
    client.socket.write(text.slice(0, 300))
    await client.until('413 Payload Too Large')
    expect(closes).toEqual(['answer true'])
    client.socket.write(text.slice(300) + post('next'))
    await client.until('plain next')
    expect(closes).toEqual(['answer true', 'request true'])
  })
})

describe('a client that asks faster than it is answered', () => {
  test('is read no further while much of it waits', async () => {
    const client = await open()
    const asked: (() => void)[] = []
    const served: Socket[] = []
    answer = (req, res) => {
      served[0] = req.socket
      asked.push(() => echo(req, res))
    }
    // Far more than systems keep on the way.
    const many = post('').repeat(1_000)
    for (let at = 0; at < 400; at += 1) client.socket.write(many)
    for (let at = 0; at < 1_000; at += 1) {
      while (asked.length === 0) await turn()
      asked.pop()?.()
    }
    expect(served[0]?.bytesRead).toBeLessThan(512 * 1024)
    client.socket.destroy()
  })
})

describe('a body that is held up', () => {
  test.each([
    ['with its head', 1_000],
    ['behind its head', 100_000],
  ])('with its last piece, %s, holds up no other request', async (_how, size) => {
    const client = await open()
    answer = (req, res) => {
      answer = echo
      req.on('data', () => req.pause())
      req.on('data', () => setImmediate(() => !req.complete && req.resume()))
      req.on('end', () => res.end(Buffer.from('held')))
    }
    client.socket.write(post('x'.repeat(size)))
    await client.until('held')
    client.socket.write(post('next'))
    await client.until('plain next')
  })
})

describe('a client that leaves', () => {
  test.each([
    ['before its body has come', post('0123456789').slice(0, -3), 'request false,answer false'],
    ['before its answer', post('0123456789'), 'request true,answer false'],
  ])('%s', async (_when, text, told) => {
    const client = await open()
    const closes: string[] = []
    let res: ServedResponse | undefined
    answer = (req, response) => {
      res = response
      req.once('close', () => closes.push(`request ${req.complete}`))
      response.on('close', () => closes.push(`answer ${response.writableFinished}`))
    }
    client.socket.write(text)
    await vi.waitFor(() => expect(res).toBeDefined())
    client.socket.destroy()
    await vi.waitFor(() => expect(closes.join()).toBe(told))
    expect(res?.destroyed).toBe(true)
    // Whoever answers all the same finds nobody.
    expect(res?.write(Buffer.from('late'))).toBe(false)
    res?.end()
    expect(res?.socket).toBeNull()
  })

  test('is asked nothing more on its behalf', async () => {
    const client = await open()
    let asked = 0
    answer = () => {
      asked += 1
    }
    client.socket.end(post('one') + post('two') + get('/other'))
    await client.closed
    await turn()
    expect(asked).toBe(1)
    // The answer to the first is over once the kernel has it, and the second would be begun behind it.
    answer = (req, res) => {
      asked += 1
      echo(req, res)
      req.socket.end()
    }
    const another = await open()
    another.socket.write(post('one') + post('two'))
    await another.closed
    expect(asked).toBe(2)
  })

  test('by saying nothing more', async () => {
    const client = await open()
    const closes: boolean[] = []
    answer = (_req, res) => res.on('close', () => closes.push(res.writableFinished))
    client.socket.end(post('one'))
    await client.closed
    await vi.waitFor(() => expect(closes).toEqual([false]))
  })
})

describe('a connection that is idle', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is closed later than it was said to be, and one that never asks sooner', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const asked = await open()
    asked.socket.write(post('one'))
    await asked.until('plain one')
    const busy = await open()
    answer = () => {}
    busy.socket.write(post('two'))
    const mute = await open()
    await turn()
    vi.advanceTimersByTime(10_000)
    await mute.closed
    expect(silent).toHaveLength(1)
    expect(asked.socket.readyState).toBe('open')
    vi.advanceTimersByTime(15_000)
    await asked.closed
    expect(busy.socket.readyState).toBe('open')
  })

  test('is told so once, and closed whether the client closes it or not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    silent.length = 0
    const mute = await open(true)
    await turn()
    vi.advanceTimersByTime(10_000)
    await mute.until('too late')
    vi.advanceTimersByTime(5_000)
    expect(silent.map((socket) => socket.destroyed)).toEqual([true])
  })

  test('asks for nothing after that', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let asked = 0
    answer = () => {
      asked += 1
    }
    silent.length = 0
    const mute = await open(true)
    await turn()
    vi.advanceTimersByTime(10_000)
    await mute.until('too late')
    mute.socket.write(post('after all'))
    await vi.waitFor(() => expect(silent.map((socket) => socket.destroyed)).toEqual([true]))
    expect(asked).toBe(0)
  })

  test('is ended when the server stops, and one that is busy is not', async () => {
    const idle = await open()
    idle.socket.write(post('one'))
    await idle.until('plain one')
    const busy = await open()
    const waiting: (() => void)[] = []
    answer = (req, res) => void waiting.push(() => echo(req, res))
    busy.socket.write(post('two'))
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    door.endIdle()
    await idle.closed
    waiting[0]?.()
    await busy.until('plain two')
  })
})

const opened = async (at = port) => {
  const socket = connect(at, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}
const ask = async (socket: Socket) => {
  socket.write('POST /plain HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\na')
  await once(socket, 'data')
}

describe('one connection too many', () => {
  const LOOK_MS = 5_000
  const PATIENT_MAX = 4
  const PATIENT = { keepAliveSeconds: 60, firstRequestSeconds: 60 }
  let patient: FrontDoor
  let listening: Server
  let closed: string[]
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    patient = createFrontDoor({
      ...PATIENT,
      connectionsMax: PATIENT_MAX,
      isBusyElsewhere: () => false,
      takes: () => true,
      answer: (req, res) => answer(req, res),
      handOver: (socket) => socket.destroy(),
      onSilent: (socket) => socket.destroy(),
    })
    listening = createTcpServer(patient.take).listen(0, '127.0.0.1')
    await once(listening, 'listening')
    closed = []
  })
  afterEach(() => {
    patient.endAll()
    listening.close()
    vi.useRealTimers()
  })
  /** Opened at the patient door. */
  async function newcomer(name: string): Promise<Socket> {
    const socket = await opened((listening.address() as AddressInfo).port) // it listens on a port
    const ofThisTest = closed
    return socket.on('close', () => ofThisTest.push(name))
  }
  async function asked(name: string): Promise<Socket> {
    const socket = await newcomer(name)
    await ask(socket)
    return socket
  }
  const looks = (count: number) => vi.advanceTimersByTime(count * LOOK_MS)

  test('leaves those that came just now the time to ask, and takes the place of the longest idle', async () => {
    const early = await asked('early')
    await asked('idle for longest')
    await asked('idle for long')
    looks(1)
    await ask(early)
    const fresh = [await newcomer('fresh'), await newcomer('fresher')]
    await expect.poll(() => closed).toEqual(['idle for longest'])
    for (const socket of [...fresh, early]) await ask(socket)
    expect(closed).toHaveLength(1)
  })

  test('takes the place of one that had the time and never asked, before that of any that did', async () => {
    await asked('asked')
    const silent = await newcomer('silent')
    silent.resume()
    await asked('asked as well')
    looks(2)
    await asked('asked later')
    await asked('asked last')
    await expect.poll(() => closed).toEqual(['silent'])
  })

  test('takes the place of one that has not agreed on how to speak in time', async () => {
    /** As it comes: it is known of it that it is there. */
    const counted = (name: string) => {
      const socket = new Socket()
      socket.on('close', () => closed.push(name))
      return { socket, over: patient.count(socket) }
    }
    counted('slow')
    counted('served elsewhere by now').over()
    looks(2)
    const fresh = counted('fresh')
    await asked('asked')
    await asked('asked as well')
    expect(closed).toEqual([])
    await newcomer('new')
    await expect.poll(() => closed).toEqual(['slow'])
    // The fresh one has its time, as long as there are few of them.
    await newcomer('newer')
    await expect.poll(() => closed).toEqual(['slow', 'asked'])
    await newcomer('newest')
    await expect.poll(() => closed).toEqual(['slow', 'asked', 'fresh'])
    fresh.over()
  })
})

test('one connection too many takes the place of the oldest that never asked, and none of those that did', async () => {
  const asking = await opened()
  await ask(asking)
  const idle: Socket[] = []
  const gone: number[] = []
  for (let index = 0; index < CONNECTIONS_MAX + 2; index += 1) {
    const socket = await opened()
    socket.resume().on('close', () => gone.push(index))
    idle.push(socket)
  }
  await expect.poll(() => gone).toEqual([0, 1, 2])
  await ask(asking)
  const last = idle.at(-1)
  if (last) await ask(last)
})

test('those of which half a head has come make room as well, and none that is answered elsewhere', async () => {
  const closed: number[] = []
  const opened = async (index: number, bytes: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume().on('close', () => closed.push(index))
    await once(socket, 'connect')
    const before = handedOver
    socket.write(bytes)
    await expect.poll(() => handedOver).toBe(before + 1)
    return socket
  }
  const request = once(server, 'request')
  const asking = await opened(-1, 'POST /other HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n')
  await request
  for (let index = 0; index < CONNECTIONS_MAX + 2; index += 1) await opened(index, 'GET / HTTP/1.1\r\n')
  await expect.poll(() => closed).toEqual([0, 1, 2])
  const answered = once(asking, 'data')
  asking.write('a')
  expect(String((await answered)[0])).toContain('node POST a')
})
