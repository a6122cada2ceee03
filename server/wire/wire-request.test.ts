// A request as the upstream gets it, byte by byte, and what becomes of it when it is paused, aborted, or cannot be sent. One
// file, because all of it is one request's life between the same two sockets.
import { createServer, type Socket } from 'node:net'
import { PassThrough, Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  ask,
  borrowLetters,
  LETTERS,
  LETTERS_EACH,
  listen,
  OK,
  openPool,
  rawUpstream,
  Told,
  writeLetters,
} from '../../test/support/wire.ts'
import { checkedFields } from './request-head.ts'
import { writeWhole } from './request-writer.ts'
import { WireRequest, type WireRequestOptions } from './wire-request.ts'

const answerOk = (socket: Socket) => void socket.write(OK)

describe('what is sent', () => {
  const HOST = (port: number) => `host: 127.0.0.1:${port}\r\nconnection: keep-alive\r\n`

  test.each<[string, Partial<WireRequestOptions>, (port: number) => string]>([
    ['GET', { method: 'GET', body: undefined }, (port) => `GET /v1/x HTTP/1.1\r\n${HOST(port)}\r\n`],
    [
      'DELETE',
      { method: 'DELETE', path: '/a?b=%20', body: undefined },
      (port) => `DELETE /a?b=%20 HTTP/1.1\r\n${HOST(port)}\r\n`,
    ],
    [
      'POST without a body',
      { body: undefined },
      (port) => `POST /v1/x HTTP/1.1\r\n${HOST(port)}content-length: 0\r\n\r\n`,
    ],
    [
      'POST with headers',
      {
        headers: ['Accept', 'a, b', 'x-latin', 'caf\xe9', 'x-empty', ''],
        body: Buffer.from('\xe9', 'latin1'),
      },
      (port) =>
        `POST /v1/x HTTP/1.1\r\n${HOST(port)}Accept: a, b\r\nx-latin: caf\xe9\r\nx-empty: \r\ncontent-length: 1\r\n\r\n\xe9`,
    ],
    [
      'a length that was named',
      { headers: ['Content-Length', '2'] },
      (port) => `POST /v1/x HTTP/1.1\r\n${HOST(port)}content-length: 2\r\n\r\n{}`,
    ],
  ])('of %s is exactly that', async (_what, options, expected) => {
    const upstream = await rawUpstream(answerOk)
    expect((await ask(openPool(upstream), options).over).text).toBe('ok')
    expect(upstream.received[0]).toBe(expected(upstream.port))
  })

  test('of a body is all of it, however large', async () => {
    for (const size of [1, 60_000, 65_536, 3_000_000]) {
      const body = Buffer.alloc(size, 'abcdefg')
      let length = 0
      const port = await listen(
        createServer((socket) => {
          let text = ''
          socket.on('error', () => {})
          socket.on('data', (bytes) => {
            text += bytes.toString('latin1')
            length = text.length - text.indexOf('\r\n\r\n') - 4
            if (length < size) return
            expect(text.endsWith(body.toString('latin1'))).toBe(true)
            answerOk(socket)
          })
        }),
      )
      const pool = openPool({ port })
      expect((await ask(pool, { body }).over).text).toBe('ok')
      expect(length).toBe(size)
      await pool.destroy()
    }
  })

  test('of many requests at once is never mixed up', async () => {
    const upstream = await rawUpstream((socket, count) =>
      setTimeout(
        () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(count).length}\r\n\r\n${count}`),
        count % 7,
      ),
    )
    const pool = openPool(upstream, { connectionsMax: 9 })
    const all = await Promise.all(
      Array.from({ length: 200 }, (_one, at) => ask(pool, { body: Buffer.from(`body ${at}.`) }).over),
    )
    const said = all.map(({ text }) => upstream.heads[Number(text) - 1]?.split('\r\n\r\n')[1])
    expect(said).toEqual(all.map((_told, at) => `body ${at}.`))
  })
})

test('a body that the system has not taken yet is not written over by the next one', () => {
  const taken: Buffer[] = []
  // A socket, as far as writing is concerned, to a system that takes nothing for now.
  const slow = () => new Writable({ write: (bytes: Buffer) => void taken.push(bytes) }) as unknown as Socket
  const request = (text: string) => {
    const options = { method: 'POST', path: '/', body: Buffer.from(text) } as const
    return new WireRequest(options, checkedFields(options), new Told(), text.length, 0)
  }
  for (const text of ['first', 'other']) writeWhole(slow(), request(text), 'up.test')
  expect(taken.map((bytes) => bytes.toString('latin1').slice(-5))).toEqual(['first', 'other'])
})

describe('what would be another request on the wire is not sent', () => {
  test.each<[string, Partial<WireRequestOptions>]>([
    ['a line end in a value', { headers: ['x', 'a\r\nb: c'] }],
    ['LF in a value', { headers: ['x', 'a\nb: c'] }],
    ['NUL in a value', { headers: ['x', 'a\0b'] }],
    ['a value beyond Latin-1', { headers: ['x', '门'] }],
    ['a line end in a name', { headers: ['x: y\r\nz', 'a'] }],
    ['a name with white space', { headers: ['x ', 'a'] }],
    ['an empty name', { headers: ['', 'a'] }],
    ['a name without a value', { headers: ['x'] }],
    ['a host of its own', { headers: ['Host', 'evil.test'] }],
    ['a coding of its own', { headers: ['Transfer-Encoding', 'chunked'] }],
    ['an expectation', { headers: ['expect', '100-continue'] }],
    ['a connection of its own', { headers: ['connection', 'upgrade'] }],
    ['another length', { headers: ['content-length', '3'] }],
    ['a length that is none', { headers: ['content-length', '2, 2'] }],
    ['two lengths', { headers: ['content-length', '2', 'Content-Length', '2'] }],
    ['a length without a body', { headers: ['content-length', '2'], body: undefined }],
    ['white space in a path', { path: '/v1/x HTTP/1.1' }],
    ['a line end in a path', { path: '/v1/x\r\nhost: evil.test' }],
    ['a path beyond Latin-1', { path: '/门' }],
    ['another origin as a path', { path: 'http://evil.test/' }],
    ['a stream of unknown length', { body: Readable.from(['x']) }],
  ])('%s', async (_what, options) => {
    const upstream = await rawUpstream(answerOk)
    const told = ask(openPool(upstream), options)
    expect(told).toMatchObject({ ends: 1, error: { code: 'ERR_WIRE_INVALID_REQUEST' }, isStale: false })
    expect(upstream.sockets).toHaveLength(0)
    if (options.body instanceof Readable) expect(options.body.destroyed).toBe(true)
  })
})

describe('a body that is read while it is sent', () => {
  const upload = (body: Readable, length: number) => ({ headers: ['content-length', String(length)], body })

  test('arrives whole, as fast as it is taken', async () => {
    let isReading = false
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => {})
        socket.on('data', (bytes) => {
          if (bytes.includes('THE END')) socket.write(OK)
        })
        socket.pause()
        setTimeout(() => {
          isReading = true
          socket.resume()
        }, 100)
      }),
    )
    let isTooFast = false
    let made = 0
    const body = Readable.from(
      (function* () {
        for (; made < 400; made += 1) {
          isTooFast ||= !isReading && made > 200
          yield Buffer.alloc(100_000, 'x')
        }
        yield Buffer.from('THE END')
      })(),
    )
    const pool = openPool({ port })
    expect((await ask(pool, upload(body, 40_000_007)).over).text).toBe('ok')
    expect(isTooFast).toBe(false)
    // The connection serves the next one.
    expect((await ask(pool, { body: Buffer.from('THE END') }).over).text).toBe('ok')
  })

  test.each([
    ['short', 4],
    ['long', 2],
  ])('and is too %s ends the request, without a byte too much', async (_how, length) => {
    const upstream = await rawUpstream(() => {})
    const body = Readable.from([Buffer.from('ab'), Buffer.from('c')])
    const told = await ask(openPool(upstream), upload(body, length)).over
    expect(told).toMatchObject({ ends: 1, error: { code: 'ERR_WIRE_BODY_LENGTH' }, isStale: false })
    expect(body.destroyed).toBe(true)
    await expect.poll(() => upstream.sockets[0]?.closed).toBe(true)
    expect(upstream.received[0]?.split('\r\n\r\n')[1]?.length).toBeLessThanOrEqual(Math.min(3, length))
  })

  test('and fails, before or while it is sent, ends the request with its error', async () => {
    const upstream = await rawUpstream(() => {})
    const pool = openPool(upstream)
    for (const isSent of [false, true]) {
      const body = new PassThrough()
      const told = ask(pool, upload(body, 10))
      if (isSent) {
        const heads = upstream.heads.length
        body.write('some')
        await expect.poll(() => upstream.heads.length).toBe(heads + 1)
      }
      body.destroy(new Error('the disk'))
      expect(await told.over).toMatchObject({ ends: 1, error: { message: 'the disk' } })
    }
  })

  test('is left when the request is aborted, or answered before it is all sent', async () => {
    const upstream = await rawUpstream((socket, count) => void (count === 2 && socket.write(OK)))
    const pool = openPool(upstream)
    const first = new PassThrough()
    const aborted = ask(pool, upload(first, 10))
    first.write('some')
    await expect.poll(() => upstream.heads.length).toBe(1)
    aborted.request?.abort()
    expect(aborted.error?.code).toBe('ERR_WIRE_ABORTED')
    expect(first.destroyed).toBe(true)

    const second = new PassThrough()
    const answered = ask(pool, upload(second, 10))
    second.write('some')
    expect(await answered.over).toMatchObject({ text: 'ok', error: undefined })
    expect(second.destroyed).toBe(true)
    await expect.poll(() => upstream.sockets[1]?.closed).toBe(true)
  })

  test('is no silence while it goes on', async () => {
    const upstream = await rawUpstream(() => {})
    const body = new PassThrough()
    // Each pause is far from a silence, also on a busy machine, and all of them are longer than one.
    const pool = openPool(upstream, { idleMsMax: 40, silenceMsMax: 1_000 })
    const told = ask(pool, upload(body, 100))
    for (let count = 0; count < 15; count += 1) {
      body.write('x')
      await sleep(80)
    }
    expect(told.ends).toBe(0)
    expect((await told.over).error?.code).toBe('ERR_WIRE_ANSWER_TIMEOUT')
  })
})

describe('an abort', () => {
  test('is told at once, once, at whatever point it comes', async () => {
    const upstream = await rawUpstream((socket, count) => {
      if (count === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-')
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nsome')
    })
    const pool = openPool(upstream)
    const abort = (told: Told) => {
      told.request?.abort()
      told.request?.abort()
      expect(told).toMatchObject({ ends: 1, error: { code: 'ERR_WIRE_ABORTED' }, isStale: false })
    }
    abort(ask(pool))
    const inHead = ask(pool)
    await expect.poll(() => upstream.heads.length).toBe(1)
    abort(inHead)
    const inBody = ask(pool)
    await inBody.begun
    abort(inBody)
    await expect.poll(() => upstream.sockets.every(({ closed }) => closed)).toBe(true)
  })

  test('before a used connection is written to leaves the upstream without a word of it', async () => {
    const upstream = await rawUpstream(answerOk)
    const pool = openPool(upstream)
    await ask(pool).over
    const told = ask(pool, { path: '/never' })
    told.request?.abort()
    expect(told.error?.code).toBe('ERR_WIRE_ABORTED')
    expect((await ask(pool).over).text).toBe('ok')
    expect(upstream.received.join('')).not.toContain('/never')
  })

  test.each(['onRequest', 'onHead', 'onData'] as const)('out of %s ends it there', async (name) => {
    const upstream = await rawUpstream((socket) => void socket.write(OK))
    const told = new Told()
    const plain = told[name].bind(told) as (...given: unknown[]) => void // each takes what it is given
    told[name] = (...given: unknown[]) => {
      plain(...given)
      told.request?.abort()
    }
    openPool(upstream).dispatch({ method: 'GET', path: '/' }, told)
    await expect.poll(() => told.ends).toBe(1)
    await sleep(20)
    expect(told).toMatchObject({ ends: 1, error: { code: 'ERR_WIRE_ABORTED' } })
  })
})

test('a handler that fails is told of its failure, and takes nobody else with it', async () => {
  const upstream = await rawUpstream(answerOk)
  const pool = openPool(upstream)
  for (const name of ['onHead', 'onData', 'onEnd'] as const) {
    const told = new Told()
    told[name] = () => {
      throw new Error(`from ${name}`)
    }
    pool.dispatch({ method: 'GET', path: '/' }, told)
    expect((await told.over).error?.message).toBe(`from ${name}`)
  }
  expect((await ask(pool).over).text).toBe('ok')
})

describe('a pause', () => {
  const CHUNKS =
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n'

  test('holds behind what was read in one go, and keeps back the end that was read with it', async () => {
    const sockets: Socket[] = []
    const pool = openPool(
      await rawUpstream((socket) => {
        sockets.push(socket)
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n')
      }),
    )
    const told = ask(pool)
    told.onPiece = () => told.request?.pause()
    await expect.poll(() => told.text).toBe('ab')
    sockets[0]?.write('1\r\nc\r\n0\r\n\r\n')
    for (const text of ['ab', 'abc']) {
      await expect.poll(() => told.text).toBe(text)
      await sleep(10)
      expect(told).toMatchObject({ text, ends: 0 })
      told.request?.resume()
    }
    expect(await told.over).toMatchObject({ text: 'abc', ends: 1, error: undefined })
  })

  test('before anything came lets the head through, and nothing else', async () => {
    const pool = openPool(await rawUpstream((socket) => void socket.write(CHUNKS)))
    const told = ask(pool)
    told.request?.pause()
    await told.begun
    await sleep(20)
    expect(told).toMatchObject({ status: 200, text: '', ends: 0 })
    told.request?.resume()
    expect((await told.over).text).toBe('abc')
  })

  test('before anything came does not keep back that nothing will', async () => {
    const pool = openPool(await rawUpstream((socket) => void socket.end()))
    const told = ask(pool)
    told.request?.pause()
    expect(await told.over).toMatchObject({ ends: 1, error: { code: 'ERR_WIRE_CLOSED' } })
  })

  test('does not outlive its request on the connection', async () => {
    const upstream = await rawUpstream((socket) => void socket.write(CHUNKS))
    const pool = openPool(upstream)
    const first = ask(pool)
    first.onPiece = () => {
      first.request?.pause()
      first.request?.resume()
    }
    await first.over
    first.request?.pause()
    expect((await ask(pool).over).text).toBe('abc')
    expect(upstream.sockets).toHaveLength(1)
  })

  test('of an answer that ends with its connection keeps the end back', async () => {
    const text = 'HTTP/1.1 200 OK\r\n\r\nall of it'
    const pool = openPool(await rawUpstream((socket) => void socket.end(text)))
    const told = ask(pool)
    told.request?.pause()
    await told.begun
    await sleep(20)
    expect(told).toMatchObject({ text: '', ends: 0 })
    told.request?.resume()
    expect(await told.over).toMatchObject({ text: 'all of it', ends: 1, error: undefined })
  })
})

test('pieces are the reader’s own: what comes later is not written over them', async () => {
  const write = async (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
    for (const letter of 'abcdefgh') {
      socket.write(`2000\r\n${letter.repeat(0x2000)}\r\n`)
      await sleep(2)
    }
    socket.write('0\r\n\r\n')
  }
  const upstream = await rawUpstream((socket) => void write(socket))
  const told = ask(openPool(upstream))
  const pieces: Buffer[] = []
  told.onPiece = (piece) => pieces.push(piece)
  await told.over
  expect(Buffer.concat(pieces).toString()).toBe(
    Array.from('abcdefgh', (letter) => letter.repeat(0x2000)).join(''),
  )
})

test('pieces that are borrowed are whole while they are handed over, also where the reader pauses', async () => {
  const upstream = await rawUpstream((socket, count) => void writeLetters(socket, LETTERS[count - 1] ?? ''))
  const texts = await borrowLetters(openPool(upstream))
  expect(texts).toEqual(Array.from(LETTERS, (letter) => letter.repeat(LETTERS_EACH)))
})
