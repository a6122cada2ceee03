// What counts as a plain request, and that Node's HTTP understands every one of them just as we do.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPlainHead as readWholeLines } from './plain-head.ts'

/** Every line of a head has its end. */
const readPlainHead = (text: string) => readWholeLines(`${text}\r\n`)

const head = (...lines: string[]) =>
  ['POST /v1/responses HTTP/1.1', 'Host: localhost:1', 'Content-Length: 2', ...lines].join('\r\n')

describe('plain', () => {
  test('what every client sends', () => {
    expect(
      readPlainHead(
        head('Content-Type: application/json; charset=utf-8', 'X-Empty:', 'Authorization: \t Bearer k \t'),
      ),
    ).toEqual({
      target: '/v1/responses',
      headers: {
        host: 'localhost:1',
        'content-length': '2',
        'content-type': 'application/json; charset=utf-8',
        'x-empty': '',
        authorization: 'Bearer k',
      },
      bytes: 2,
      isLast: false,
    })
  })
  test('the last of its connection', () => {
    expect(readPlainHead(head('Connection: Close'))?.isLast).toBe(true)
    expect(readPlainHead(head('connection: Keep-Alive'))?.isLast).toBe(false)
  })
})

describe('left to others', () => {
  const text = head()
  test.each([
    ['another method', text.replace('POST', 'GET')],
    ['a method in small letters', text.replace('POST', 'post')],
    ['another version', text.replace('1.1', '1.0')],
    ['a version that goes on', text.replace('1.1', '1.1 ')],
    ['nothing but its first line', 'POST /v1/responses HTTP/1.1'],
    ['an empty line before it', `\r\n${text}`],
    ['the whole address', text.replace('/v1', 'http://localhost/v1')],
    ['a space in the target', text.replace('/v1', '/v1 /')],
    ['no host', text.replace('Host', 'X-Host')],
    ['no length', text.replace('Content-Length', 'X-Length')],
    ['two lengths', head('Content-Length: 2')],
    ['more fields than Node reads', head(...Array.from({ length: 1_000 }, (_, n) => `a${n}: b`))],
    ['a signed length', text.replace(': 2', ': +2')],
    ['a length in sixteens', text.replace(': 2', ': 0x2')],
    ['lengths in a list', text.replace(': 2', ': 2, 2')],
    ['a length beyond all', text.replace(': 2', ': 99999999999')],
    ['chunks', head('Transfer-Encoding: chunked')],
    ['chunks under another name', head('transfer-encoding : chunked')],
    ['a question before its body', head('Expect: 100-continue')],
    ['an upgrade', head('Upgrade: websocket', 'Connection: Upgrade')],
    ['headers of the connection', head('Connection: keep-alive, x-secret')],
    ['trailers', head('Trailer: x-sum')],
    ['two headers of one name', head('X-One: 1', 'x-one: 2')],
    ['a form', head('Content-Type: multipart/form-data; boundary=b')],
    ['a folded line', head('X-One: 1\r\n 2')],
    ['a line that ends in a line feed', head('X-One: 1\nX-Two: 2')],
    ['a line that ends in a carriage return', head('X-One: 1\rX-Two: 2')],
    ['a line without a colon', head('X-One')],
    ['a line without a name', head(': 1')],
    ['a space in a name', head('X One: 1')],
    ['a space before the colon', head('X-One : 1')],
    ['a zero byte', head('X-One: a\0b')],
    ['a control character', head('X-One: a\x0bb')],
    ['the name of what every object has', head('__proto__: 1')],
    ['another such name', head('constructor: 1')],
  ])('%s', (_name, unusual) => expect(readPlainHead(unusual)).toBeUndefined())
})

describe('as Node understands it', () => {
  interface Heard {
    readonly url: string | undefined
    readonly headers: IncomingMessage['headers']
    readonly bytes: number
  }
  let heard: Heard | undefined
  const server = createServer((req, res) => {
    let bytes = 0
    req.on('data', (piece: Buffer) => {
      bytes += piece.length
    })
    req.on('end', () => {
      heard = { url: req.url, headers: req.headers, bytes }
      res.setHeader('connection', 'close')
      res.end()
    })
  })
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  async function ofNode(text: string, body: Buffer): Promise<Heard | undefined> {
    heard = undefined
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1') // it listens on a port
    socket.on('error', () => {})
    socket.resume()
    socket.end(Buffer.concat([Buffer.from(`${text}\r\n\r\n`, 'latin1'), body]))
    await once(socket, 'close')
    return heard
  }

  const name = fc.oneof(
    fc.constantFrom(
      'X-One',
      'x-two',
      'Connection',
      'Content-Type',
      'Transfer-Encoding',
      'TE',
      'Keep-Alive',
      'Cookie',
    ),
    fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme-ascii' }),
    fc.string({ maxLength: 6, unit: 'binary-ascii' }),
  )
  const value = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '1',
      'close',
      'keep-alive',
      'application/json',
      'chunked',
      '\t a \t b ',
      'a\r\nb: c',
      'é',
      '\x7f',
      '\x80\xff',
    ),
    fc.string({ maxLength: 8, unit: 'binary-ascii' }),
  )
  const target = fc.oneof(
    { weight: 4, arbitrary: fc.constant('/v1/responses') },
    fc.constantFrom('/v1/responses', '/', '*', '/a?b#c', 'http://x/y'),
    fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' }),
  )
  const length = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('0', '3', '03') },
    fc.string({ maxLength: 2, unit: 'binary-ascii' }),
  )

  test('whatever is plain', async () => {
    let plain = 0
    await fc.assert(
      fc.asyncProperty(
        target,
        length,
        fc.array(fc.tuple(name, value), { maxLength: 4 }),
        async (to, bytes, fields) => {
          const lines = fields.map(([key, content]) => `${key}:${content}`)
          const text = [`POST ${to} HTTP/1.1`, 'Host: a', `Content-Length: ${bytes}`, ...lines].join('\r\n')
          const ours = readPlainHead(text)
          if (!ours) return
          plain += 1
          expect(await ofNode(text, Buffer.alloc(ours.bytes, '{'))).toEqual({
            url: ours.target,
            headers: ours.headers,
            bytes: ours.bytes,
          })
        },
      ),
      { numRuns: 3000, seed: 20261126 },
    )
    expect(plain).toBeGreaterThan(100)
  })
})
