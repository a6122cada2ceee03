// One exchange with a real upstream on a real socket: what of it is handed on, when, and what is said where it fails.
// One file, because all of it needs the same two upstreams.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { upstreamTarget } from '../../test/support/upstream-target.ts'
import { type ExchangeSink, UpstreamExchange, type UpstreamFault } from './upstream-exchange.ts'
import { createUpstreamPools } from './upstream-pool.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function listen(server: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  // A server that listens on a port has an address with that port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

/** An HTTP upstream, and the function that sends it one request. */
async function upstream(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  const server = createServer(answer)
  const baseUrl = await listen(server)
  cleanups.push(() => server.closeAllConnections())
  return connection(baseUrl)
}

/** An upstream that says on its sockets whatever it likes: `onRequest` is called for each request, the first being 1. */
async function rawUpstream(onRequest: (socket: Socket, count: number) => void) {
  const server = createTcpServer((socket) => {
    let count = 0
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      if (!bytes.includes('\r\n\r\n')) return
      count += 1
      onRequest(socket, count)
    })
    cleanups.push(() => socket.destroy())
  })
  return connection(await listen(server))
}

function connection(baseUrl: string) {
  const pools = createUpstreamPools()
  cleanups.push(() => pools.close())
  const { pool, basePath } = pools.poolFor(upstreamTarget({ baseUrl }))
  return (body = '{}'): UpstreamExchange => {
    const exchange = new UpstreamExchange()
    pool.dispatch(
      {
        method: 'POST',
        path: `${basePath}/responses`,
        headers: ['content-type', 'application/json'],
        body: Buffer.from(body),
      },
      exchange,
    )
    return exchange
  }
}

class Collector implements ExchangeSink {
  chunks: Buffer[] = []
  fault: UpstreamFault | undefined
  ends = 0
  readonly over: Promise<void>
  #resolve: () => void = () => {}

  constructor() {
    this.over = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString()
  }

  onData(chunk: Buffer): void {
    this.chunks.push(chunk)
  }

  onEnd(): void {
    this.ends += 1
    this.#resolve()
  }

  onFault(fault: UpstreamFault): void {
    this.ends += 1
    this.fault = fault
    this.#resolve()
  }
}

async function collected(exchange: UpstreamExchange): Promise<Collector> {
  const sink = new Collector()
  exchange.consume(sink)
  await sink.over
  return sink
}

async function headOf(exchange: UpstreamExchange) {
  const head = await exchange.head
  if (!head.ok) throw head.fault.cause
  return head.head
}

async function faultOf(exchange: UpstreamExchange): Promise<UpstreamFault> {
  const head = await exchange.head
  if (head.ok) throw new Error('there is an answer')
  return head.fault
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

describe('an answer', () => {
  test('comes as its status, its headers and its bytes', async () => {
    const send = await upstream((req, res) => {
      res.writeHead(429, { 'x-request-id': 'req_1', 'set-cookie': ['a=1', 'b=2'] })
      req.pipe(res)
    })
    const exchange = send('{"model":"门"}')
    expect(await headOf(exchange)).toMatchObject({
      status: 429,
      headers: { 'x-request-id': 'req_1', 'set-cookie': ['a=1', 'b=2'] },
    })
    const sink = await collected(exchange)
    expect(sink).toMatchObject({ text: '{"model":"门"}', ends: 1, fault: undefined })
  })

  test('begins behind its 1xx answers, which nobody sees', async () => {
    const send = await upstream((_req, res) => {
      res.writeProcessing()
      res.writeEarlyHints({ link: '</x>; rel=preload' })
      res.writeHead(200, { 'content-type': 'text/plain' }).end('the answer')
    })
    const exchange = send()
    const head = await headOf(exchange)
    expect(head.status).toBe(200)
    expect(head.headers).not.toHaveProperty('link')
    expect((await collected(exchange)).text).toBe('the answer')
  })

  test('is kept for whoever consumes it late, whole and in order', async () => {
    const send = await upstream((_req, res) => {
      for (const part of ['one ', 'two ', 'three']) res.write(part)
      res.end()
    })
    const exchange = send()
    await headOf(exchange)
    await sleep(50)
    expect(await collected(exchange)).toMatchObject({ text: 'one two three', ends: 1 })
  })

  test('is handed on chunk by chunk, the early and the later ones alike', async () => {
    let finish = () => {}
    const send = await upstream((_req, res) => {
      res.write('early ')
      finish = () => void res.end('late')
    })
    const exchange = send()
    await headOf(exchange)
    await sleep(30)
    const sink = new Collector()
    exchange.consume(sink)
    expect(sink.text).toBe('early ')
    finish()
    await sink.over
    expect(sink).toMatchObject({ text: 'early late', ends: 1 })
  })
})

const MEGABYTE = Buffer.alloc(1_000_000, 'x')
const MEGABYTES = 80

/** An upstream that sends much, as fast as it is read. */
async function abundance() {
  const sent = { megabytes: 0 }
  const send = await upstream((_req, res) => {
    const more = () => {
      while (sent.megabytes < MEGABYTES) {
        sent.megabytes += 1
        if (!res.write(MEGABYTE)) return void res.once('drain', more)
      }
      res.end()
    }
    more()
  })
  return { send, sent }
}

describe('an exchange that nobody consumes yet', () => {
  /** What is kept, and two reads. */
  const KEPT_BYTES_MAX = (256 + 2 * 64) * 1024

  test('keeps the beginning of its answer, and lets the rest wait at the upstream', async () => {
    const { send, sent } = await abundance()
    const exchange = send()
    await headOf(exchange)
    await sleep(150)
    // Whoever leaves meanwhile has it read on, but not into memory.
    exchange.resume()
    await sleep(150)
    expect(sent.megabytes).toBeLessThan(MEGABYTES)
    const sink = new Collector()
    exchange.consume(sink)
    expect(sink.chunks[0]?.length).toBeLessThan(KEPT_BYTES_MAX)
    await sink.over
    expect(Buffer.concat(sink.chunks).length).toBe(MEGABYTES * MEGABYTE.length)
    expect(sink.fault).toBeUndefined()
  })

  test('goes on when its sink wants it to, where the beginning was enough for now', async () => {
    const { send } = await abundance()
    const exchange = send()
    await headOf(exchange)
    await sleep(150)
    const sink = new Collector()
    sink.onData = (chunk) => {
      sink.chunks.push(chunk)
      if (sink.chunks.length === 1) exchange.pause()
    }
    exchange.consume(sink)
    await sleep(100)
    expect(Buffer.concat(sink.chunks).length).toBeLessThan(KEPT_BYTES_MAX)
    exchange.resume()
    await sink.over
    expect(Buffer.concat(sink.chunks).length).toBe(MEGABYTES * MEGABYTE.length)
  })
})

describe('a paused exchange', () => {
  test('stops the upstream before memory grows, and carries on where it stopped', async () => {
    const { send, sent } = await abundance()
    const exchange = send()
    await headOf(exchange)
    const sink = new Collector()
    exchange.pause()
    exchange.consume(sink)
    await sleep(150)
    const whilePaused = { sent: sent.megabytes, received: Buffer.concat(sink.chunks).length }
    // The rest is in the sockets' own buffers, which have their bounds.
    expect(whilePaused.sent).toBeLessThan(MEGABYTES)
    await sleep(100)
    expect(Buffer.concat(sink.chunks).length).toBe(whilePaused.received)
    exchange.resume()
    await sink.over
    expect(Buffer.concat(sink.chunks).length).toBe(MEGABYTES * MEGABYTE.length)
    expect(sink.fault).toBeUndefined()
  })

  test('may be paused and resumed at any time, before it began and after it ended too', async () => {
    const send = await upstream((_req, res) => res.end('done'))
    const exchange = send()
    exchange.pause()
    exchange.resume()
    await headOf(exchange)
    const sink = await collected(exchange)
    exchange.pause()
    exchange.resume()
    exchange.abort()
    expect(sink).toMatchObject({ text: 'done', ends: 1 })
  })
})

describe('an aborted exchange', () => {
  test('before its head tells the head, and closes the connection', async () => {
    let hasClosed = false
    let reached = () => {}
    const isReached = new Promise<void>((resolve) => {
      reached = resolve
    })
    const send = await upstream((req) => {
      req.socket.on('close', () => {
        hasClosed = true
      })
      reached()
    })
    const exchange = send()
    await isReached
    exchange.abort()
    exchange.abort()
    expect(await faultOf(exchange)).toMatchObject({ kind: 'aborted', wasStaleSocket: false })
    await expect.poll(() => hasClosed).toBe(true)
  })

  test('before it was connected never reaches the upstream', async () => {
    let count = 0
    const send = await upstream((_req, res) => {
      count += 1
      res.end()
    })
    const exchange = send()
    exchange.abort()
    expect(await faultOf(exchange)).toMatchObject({ kind: 'aborted' })
    expect(count).toBe(0)
  })

  test('in the middle of an answer tells the sink, once', async () => {
    const send = await upstream((_req, res) => res.write('some'))
    const exchange = send()
    await headOf(exchange)
    const sink = new Collector()
    exchange.consume(sink)
    exchange.abort()
    await sink.over
    await sleep(20)
    expect(sink).toMatchObject({ ends: 1, fault: { kind: 'aborted', wasStaleSocket: false } })
  })

  test('by a sink that has enough with the early chunks tells it once', async () => {
    const send = await upstream((_req, res) => res.write('some'))
    const exchange = send()
    await headOf(exchange)
    await sleep(30)
    const sink = new Collector()
    const greedy: ExchangeSink = {
      onData: () => exchange.abort(),
      onEnd: () => sink.onEnd(),
      onFault: (fault) => sink.onFault(fault),
    }
    exchange.consume(greedy)
    await sink.over
    await sleep(20)
    expect(sink).toMatchObject({ ends: 1, fault: { kind: 'aborted' } })
  })
})

describe('an upstream that cannot be reached', () => {
  test('is said to be unreachable', async () => {
    const server = createTcpServer()
    const baseUrl = await listen(server)
    await cleanups.splice(0).reverse()[0]?.()
    expect(await faultOf(connection(baseUrl)())).toMatchObject({ kind: 'unreachable', wasStaleSocket: false })
  })

  test.each([
    ['a name that does not exist', 'ENOTFOUND', 'unreachable'],
    ['a connection that takes too long', 'ERR_WIRE_CONNECT_TIMEOUT', 'unreachable'],
    ['a certificate that has expired', 'CERT_HAS_EXPIRED', 'unreachable'],
    ['a head or a body that takes too long', 'ERR_WIRE_ANSWER_TIMEOUT', 'timeout'],
    ['anything else', 'ERR_WIRE_CLOSED', 'broken'],
  ])('because of %s (%s) is said to be %s', async (_why, code, kind) => {
    const exchange = new UpstreamExchange()
    exchange.onError(Object.assign(new Error('x'), { code }), false)
    expect(await faultOf(exchange)).toMatchObject({ kind, wasStaleSocket: false })
  })
})

describe('an upstream that breaks off', () => {
  test('in the middle of an answer tells the sink', async () => {
    const send = await rawUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nsome\r\n')
      setTimeout(() => socket.destroy(), 20)
    })
    const exchange = send()
    await headOf(exchange)
    expect(await collected(exchange)).toMatchObject({
      text: 'some',
      ends: 1,
      fault: { kind: 'broken', wasStaleSocket: false },
    })
  })

  test('before it was consumed is told to whoever comes', async () => {
    const send = await rawUpstream((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nsome')
    })
    const exchange = send()
    await headOf(exchange)
    await sleep(50)
    expect(await collected(exchange)).toMatchObject({ text: 'some', ends: 1, fault: { kind: 'broken' } })
  })

  test('with something that is no HTTP is broken', async () => {
    const send = await rawUpstream((socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n'))
    expect(await faultOf(send())).toMatchObject({ kind: 'broken', wasStaleSocket: false })
  })
})

describe('a connection that was closed while it was idle', () => {
  /** Sends two requests on one connection; the second is answered by `close`. */
  async function secondOf(close: (socket: Socket) => void) {
    let connections = 0
    const send = await rawUpstream((socket, count) => {
      if (count === 1) connections += 1
      if (count === 1) socket.write(OK)
      else close(socket)
    })
    const first = send()
    await headOf(first)
    await collected(first)
    await sleep(20)
    const fault = await faultOf(send())
    expect(connections).toBe(1)
    return fault
  }

  test('is recognised where the upstream closes it in order', async () => {
    expect(await secondOf((socket) => socket.destroy())).toMatchObject({
      kind: 'broken',
      wasStaleSocket: true,
    })
  })

  test('is recognised where the upstream resets it', async () => {
    const fault = await secondOf((socket) => socket.resetAndDestroy())
    expect(fault.cause).toMatchObject({ code: 'ECONNRESET' })
    expect(fault).toMatchObject({ kind: 'broken', wasStaleSocket: true })
  })

  test('is no such thing once a byte of an answer has come', async () => {
    const partly = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-le')
      setTimeout(() => socket.resetAndDestroy(), 20)
    }
    expect(await secondOf(partly)).toMatchObject({ kind: 'broken', wasStaleSocket: false })
  })

  test('is no such thing where it had never served', async () => {
    for (const close of [
      (socket: Socket) => socket.destroy(),
      (socket: Socket) => socket.resetAndDestroy(),
    ]) {
      expect(await faultOf((await rawUpstream(close))())).toMatchObject({
        kind: 'broken',
        wasStaleSocket: false,
      })
    }
  })

  test('is no such thing where it had served nothing but a 1xx answer', async () => {
    const send = await rawUpstream((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')
      setTimeout(() => socket.resetAndDestroy(), 20)
    })
    expect(await faultOf(send())).toMatchObject({ kind: 'broken', wasStaleSocket: false })
  })
})
