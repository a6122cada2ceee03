// Answers as they come, cut anywhere; answers that are none; and the same answers read by Node's own client. One file, because
// all of it cuts and reads in the same way.
import { type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AnswerParser, HEAD_BYTES_MAX } from './answer-parser.ts'
import type { Fields } from './field-lines.ts'
import { WireError } from './wire-error.ts'

interface Read {
  status: number | undefined
  fields: Fields
  body: string
  isWhole: boolean
  mayKeep: boolean
  /** What stood behind the answer. */
  rest: number
}

/** Reads an answer in these pieces, behind which the upstream ends its side where `isClosed`. */
function read(pieces: readonly Buffer[], { isHead = false, isClosed = false } = {}): Read {
  const got: Read = { status: undefined, fields: {}, body: '', isWhole: false, mayKeep: false, rest: 0 }
  const body: Buffer[] = []
  const parser = new AnswerParser({
    onHead: (status, fields) => Object.assign(got, { status, fields: { ...fields } }),
    onBody: (piece) => body.push(piece),
  })
  parser.begin(isHead)
  // A copy, because reading changes what is read.
  for (const piece of pieces) got.rest += piece.length - parser.execute(Buffer.from(piece))
  got.isWhole = isClosed ? parser.finish() : parser.isComplete
  got.body = Buffer.concat(body).toString('latin1')
  got.mayKeep = parser.mayKeep
  return got
}

const bytes = (text: string) => Buffer.from(text, 'latin1')
const once = (text: string, how = {}) => read([bytes(text)], how)

/** Numbers that look like chance and are the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function cut(whole: Buffer, draw: (below: number) => number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < whole.length; ) {
    const size = 1 + draw(draw(4) === 0 ? 3 : 60)
    pieces.push(whole.subarray(at, at + size))
    at += size
  }
  return pieces
}

const CHUNKED =
  'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nset-cookie: a=1\r\nX-A: 1\r\nset-cookie:b=2 \r\n\r\n' +
  '5;name="va;lue"\r\nhello\r\nA\r\n, world!\r\n\r\n001\r\n?\r\n0;last\r\ntrailer: x\r\nother: y\r\n\r\n'
const COUNTED =
  'HTTP/1.1 429 Too Many Requests\r\ncontent-length: 11\r\nretry-after:\t2\t\r\n\r\nhello\nworld'
const CLOSED = 'HTTP/1.0 200\r\nserver: old\r\n\r\nuntil\n\nthe end'

describe('an answer', () => {
  test.each([
    ['in chunks', CHUNKED, { status: 200, body: 'hello, world!\r\n?', isWhole: true, mayKeep: true }],
    ['of a known length', COUNTED, { status: 429, body: 'hello\nworld', isWhole: true, mayKeep: true }],
    ['up to the end', CLOSED, { status: 200, body: 'until\n\nthe end', isWhole: true, mayKeep: false }],
  ])('%s is the same wherever it is cut', (_how, text, expected) => {
    const whole = bytes(text)
    const how = { isClosed: text === CLOSED }
    const plain = read([whole], how)
    expect(plain).toMatchObject({ ...expected, rest: 0 })
    for (let at = 1; at < whole.length; at += 1) {
      expect(read([whole.subarray(0, at), whole.subarray(at)], how), `cut at ${at}`).toEqual(plain)
      for (let next = at + 1; next < whole.length; next += 7) {
        const three = [whole.subarray(0, at), whole.subarray(at, next), whole.subarray(next)]
        expect(read(three, how), `cut at ${at} and ${next}`).toEqual(plain)
      }
    }
    expect(
      read(
        Array.from(whole, (_byte, at) => whole.subarray(at, at + 1)),
        how,
      ),
    ).toEqual(plain)
  })

  test('has its fields in lower case, without white space, and all values of one that stands twice', () => {
    const { fields } = once(
      'HTTP/1.1 200 OK\r\nX-One: \t a b \r\nset-cookie: a=1\r\nSET-COOKIE: b=2\r\nempty:\r\nx-latin: caf\xe9\r\n__proto__: no\r\nconstructor: x\r\ncontent-length: 0\r\n\r\n',
    )
    expect(Object.entries(fields)).toEqual([
      ['x-one', 'a b'],
      ['set-cookie', ['a=1', 'b=2']],
      ['empty', ''],
      ['x-latin', 'café'],
      ['__proto__', 'no'],
      ['constructor', 'x'],
      ['content-length', '0'],
    ])
  })

  test.each([
    ['to HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', { isHead: true }, false],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', {}, true],
    ['304', 'HTTP/1.1 304 Not Modified\r\netag: "x"\r\n\r\n', {}, true],
    ['204 that announces a body', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', {}, false],
    [
      '304 that announces a body',
      'HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n',
      {},
      false,
    ],
  ])('%s has no body', (_what, text, how, mayKeep) => {
    expect(once(text, how)).toMatchObject({ isWhole: true, body: '', mayKeep, rest: 0 })
    expect(once(`${text}HTTP/1.1`, how).rest).toBe(8)
  })

  test.each([
    ['says close', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n', false],
    [
      'says close among others',
      'HTTP/1.1 200 OK\r\nconnection: x, Close\r\ncontent-length: 0\r\n\r\n',
      false,
    ],
    [
      'says it in a second field',
      'HTTP/1.1 200 OK\r\nconnection: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
      false,
    ],
    ['is one of HTTP/1.0', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n', false],
    ['says nothing', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', true],
    ['says what is usual', 'HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n', true],
    [
      'says something that only looks like close',
      'HTTP/1.1 200 OK\r\nconnection: closed\r\ncontent-length: 0\r\n\r\n',
      true,
    ],
  ])('that %s leaves the connection as it may be', (_how, text, mayKeep) => {
    expect(once(text)).toMatchObject({ isWhole: true, mayKeep })
  })

  test('ends where it ends: what stands behind it is not read', () => {
    expect(once(`${COUNTED}HTTP/1.1 200 OK\r\n\r\n`).rest).toBe(19)
    expect(once(`${CHUNKED}x`)).toMatchObject({ isWhole: true, rest: 1 })
  })

  test.each([
    ['in its head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['in its body', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfour'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfour'],
    ['before its last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfour\r\n'],
    ['in its trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: y\r\n'],
  ])('that breaks off %s is not whole', (_where, text) => {
    expect(once(text, { isClosed: true }).isWhole).toBe(false)
  })

  test('says for how long its connection is kept', () => {
    const parser = new AnswerParser({ onHead: () => {}, onBody: () => {} })
    const kept = (field: string) => {
      parser.begin(false)
      parser.execute(bytes(`HTTP/1.1 200 OK\r\n${field}content-length: 0\r\n\r\n`))
      return parser.keptSeconds
    }
    expect(kept('keep-alive: timeout=5\r\n')).toBe(5)
    expect(kept('Keep-Alive: max=100, Timeout=20\r\n')).toBe(20)
    expect(kept('keep-alive: max=100\r\n')).toBeUndefined()
    expect(kept('')).toBeUndefined()
  })

  test('that is paused is read on where it was', () => {
    const got: string[] = []
    const parser = new AnswerParser({
      onHead: () => {},
      onBody: (piece) => {
        got.push(piece.toString())
        parser.isPaused = true
      },
    })
    const head = bytes('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r')
    const rest = bytes('\nb\r\n1\r\nc\r\n0\r\n\r\nHTTP')
    parser.begin(false)
    expect(parser.execute(head)).toBe(head.length)
    expect(parser.execute(rest)).toBe(0)
    expect(got).toEqual(['a'])
    parser.isPaused = false
    expect(parser.execute(rest)).toBe(rest.length - 'HTTP'.length)
    expect(got).toEqual(['a', 'bc'])
    expect(parser.isComplete).toBe(true)
  })

  test('that breaks off within what was read in one go is told up to there', () => {
    const got: string[] = []
    const parser = new AnswerParser({ onHead: () => {}, onBody: (piece) => got.push(piece.toString()) })
    parser.begin(false)
    const whole = bytes('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\nx')
    expect(() => parser.execute(whole)).toThrow(WireError)
    expect(got).toEqual(['ab'])
  })
})

const OK = 'HTTP/1.1 200 OK\r\n'
const IN_CHUNKS = `${OK}transfer-encoding: chunked\r\n\r\n`

describe('what is no answer is refused, however it is cut', () => {
  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9\r\n'],
    ['a page without a head', '<html>'],
    ['a later version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['an unknown version', 'HTTP/1.2 200 OK\r\n\r\n'],
    ['a short status', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a long status', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a control character in the reason', 'HTTP/1.1 200 O\x00K\r\n\r\n'],
    ['lines that end in LF', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
    ['a line that ends in LF', `${OK}a: b\ncontent-length: 0\r\n\r\n`],
    ['a CR within a value', `${OK}a: b\rc: d\r\n\r\n`],
    ['NUL in a value', `${OK}a: b\x00\r\n\r\n`],
    ['DEL in a value', `${OK}a: b\x7f\r\n\r\n`],
    ['white space before a colon', `${OK}content-length : 0\r\n\r\n`],
    ['a name with white space', `${OK}content length: 0\r\n\r\n`],
    ['a field without a name', `${OK}: 0\r\n\r\n`],
    ['a line without a colon', `${OK}content-length\r\n\r\n`],
    ['a folded value', `${OK}a: b\r\n c\r\n\r\n`],
    ['white space before the first field', `${OK} a: b\r\n\r\n`],
    ['a name beyond ASCII', `${OK}caf\xe9: x\r\n\r\n`],
    ['a length beside chunks', `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`],
    ['two lengths', `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\n`],
    ['one length twice', `${OK}content-length: 5\r\ncontent-length: 5\r\n\r\n`],
    ['a list of lengths', `${OK}content-length: 5, 5\r\n\r\n`],
    ['a length with a sign', `${OK}content-length: +5\r\n\r\n`],
    ['a length below nothing', `${OK}content-length: -1\r\n\r\n`],
    ['a length in hexadecimal', `${OK}content-length: 0x5\r\n\r\n`],
    ['an empty length', `${OK}content-length:\r\n\r\n`],
    ['a length that is not exact', `${OK}content-length: 99999999999999999\r\n\r\n`],
    ['a coding that nobody knows', `${OK}transfer-encoding: xchunked\r\n\r\n`],
    ['a coding below the chunks', `${OK}transfer-encoding: gzip, chunked\r\n\r\n`],
    ['a coding behind the chunks', `${OK}transfer-encoding: chunked, identity\r\n\r\n`],
    ['chunks twice', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n`],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['a chunk without a size', `${IN_CHUNKS}\r\n`],
    ['a size that is none', `${IN_CHUNKS}g\r\n`],
    ['a size with a prefix', `${IN_CHUNKS}0x5\r\nhello\r\n`],
    ['a size with a sign', `${IN_CHUNKS}-1\r\n`],
    ['a size with white space', `${IN_CHUNKS}5 \r\nhello\r\n`],
    ['a size beyond all numbers', `${IN_CHUNKS}fffffffffffffffff\r\n`],
    ['a size behind more zeros than anyone writes', `${IN_CHUNKS}${'0'.repeat(17_000)}5\r\nhello\r\n`],
    ['a size line that ends in LF', `${IN_CHUNKS}5\nhello\r\n`],
    ['LF within an extension', `${IN_CHUNKS}5;a\nb\r\nhello\r\n`],
    ['CR within an extension', `${IN_CHUNKS}5;a\rb\r\nhello\r\n`],
    ['an extension without end', `${IN_CHUNKS}5;${'a'.repeat(17_000)}\r\nhello\r\n`],
    ['a chunk that is longer than its size', `${IN_CHUNKS}4\r\nhello\r\n`],
    ['a chunk whose CR stands alone', `${IN_CHUNKS}5\r\nhello\rx`],
    ['trailers without end', `${IN_CHUNKS}0\r\n${'x: y\r\n'.repeat(4_000)}`],
    ['LF in the trailers', `${IN_CHUNKS}0\r\nx: y\n\r\n`],
  ])('%s', (_what, text) => {
    const whole = bytes(text)
    const refused = expect.objectContaining({ code: 'ERR_WIRE_NOT_HTTP' })
    const draw = numbers(7)
    expect(() => read([whole])).toThrow(refused)
    expect(() => read(Array.from(whole, (_byte, at) => whole.subarray(at, at + 1)))).toThrow(refused)
    for (let round = 0; round < 20; round += 1) expect(() => read(cut(whole, draw))).toThrow(refused)
  })

  test('a head that is too large, and none that is just as large as it may be', () => {
    const head = (size: number) => `${OK}content-length: 0\r\na: ${'x'.repeat(size - 43)}\r\n\r\n`
    const largest = bytes(head(HEAD_BYTES_MAX))
    const larger = bytes(head(HEAD_BYTES_MAX + 1))
    expect([largest.length, larger.length]).toEqual([HEAD_BYTES_MAX, HEAD_BYTES_MAX + 1])
    const tooLarge = expect.objectContaining({ code: 'ERR_WIRE_HEAD_TOO_LARGE' })
    for (const size of [1, 100, HEAD_BYTES_MAX - 1, HEAD_BYTES_MAX, HEAD_BYTES_MAX + 10]) {
      const pieces = (whole: Buffer) =>
        Array.from({ length: Math.ceil(whole.length / size) }, (_piece, at) =>
          whole.subarray(at * size, (at + 1) * size),
        )
      expect(read(pieces(largest)).isWhole).toBe(true)
      expect(() => read(pieces(larger))).toThrow(tooLarge)
      expect(() => read(pieces(bytes(OK + 'x'.repeat(20_000))))).toThrow(tooLarge)
    }
  })

  test('1xx answers without end', () => {
    expect(() => once('HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_001))).toThrow(
      expect.objectContaining({ code: 'ERR_WIRE_NOT_HTTP' }),
    )
  })
})

/** An answer that is right, of whatever kind comes up. */
function made(draw: (below: number) => number): { text: string; isClosed: boolean } {
  const pick = <T>(...of: T[]): T => of[draw(of.length)] as T // one of them, as its index is below their number
  const body = Array.from({ length: draw(300) }, () => String.fromCharCode(draw(256))).join('')
  const informational = draw(4) === 0 ? 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n' : ''
  const fields = Array.from({ length: draw(6) }, () => {
    const name = pick('X-Request-Id', 'server', 'Set-Cookie', 'vary', 'openai-model', '!#$%&*+-.^_`|~1')
    return `${name}:${pick('', ' ', '\t ')}${pick('', 'a', 'caf\xe9', 'a, b', '"q"')}${pick('', ' ')}\r\n`
  }).join('')
  const status = pick('200 OK', '200', '404 Not Found', '500 ', '429 a b  c')
  const head = `${informational}HTTP/1.${pick('1', '1', '0')} ${status}\r\n${fields}`
  const kind = draw(3)
  if (kind === 0) return { text: `${head}Content-Length: ${body.length}\r\n\r\n${body}`, isClosed: false }
  if (kind === 1) return { text: `${head}\r\n${body}`, isClosed: true }
  const chunks: string[] = []
  for (let at = 0; at < body.length; ) {
    const chunk = body.slice(at, at + 1 + draw(90))
    const size = pick(chunk.length.toString(16), chunk.length.toString(16).toUpperCase().padStart(4, '0'))
    chunks.push(`${size}${pick('', '', ';a', ';a=b', ';a="b"')}\r\n${chunk}\r\n`)
    at += chunk.length
  }
  const end = `0\r\n${pick('', '', 'x-trailer: y\r\n')}\r\n`
  return {
    text: `${head}transfer-encoding: ${pick('chunked', 'Chunked')}\r\n\r\n${chunks.join('')}${end}`,
    isClosed: false,
  }
}

/** The same, with a few bytes too many, too few, or others. */
function mangled(text: string, draw: (below: number) => number): string {
  const bits = [
    '\r',
    '\n',
    '\r\n',
    '\r\n\r\n',
    ' ',
    ':',
    '0',
    '1',
    'a',
    '\0',
    '\xff',
    ';',
    '-',
    ',',
    'HTTP/1.1 ',
  ]
  bits.push('content-length: 3\r\n', 'transfer-encoding: chunked\r\n', 'connection: close\r\n')
  let result = text
  for (let count = 1 + draw(3); count > 0; count -= 1) {
    const at = draw(draw(3) === 0 ? result.length : result.indexOf('\r\n\r\n') + 6)
    const bit = draw(3) === 0 ? '' : bits[draw(bits.length)]
    result = result.slice(0, at) + bit + result.slice(at + (draw(2) === 0 ? 0 : 1 + draw(3)))
  }
  return result
}

describe('beside Node’s own client', () => {
  let answer = ''
  let port = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(answer, 'latin1'))
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port // of a server that listens on a port
  })
  afterAll(() => void server.close())

  /** Undefined where it is no answer to Node, or no whole one. */
  function readByNode(text: string) {
    answer = text
    return new Promise<
      { status: number | undefined; body: string; fields: NodeJS.Dict<string[]> } | undefined
    >((resolve) => {
      const fail = () => resolve(undefined)
      const take = (res: IncomingMessage) => {
        const { statusCode: status, headersDistinct: fields } = res
        res
          .toArray()
          .then(
            (all: Buffer[]) => resolve({ status, body: Buffer.concat(all).toString('latin1'), fields }),
            fail,
          )
      }
      request({ port, host: '127.0.0.1', agent: false }, take).on('error', fail).on('upgrade', fail).end()
    })
  }

  test('answers are the same', { timeout: 30_000 }, async () => {
    const draw = numbers(20_261_126)
    for (let count = 0; count < 400; count += 1) {
      const { text, isClosed } = made(draw)
      const theirs = await readByNode(text)
      const ours = read(cut(bytes(text), draw), { isClosed })
      const fields = Object.fromEntries(
        Object.entries(ours.fields).map(([name, value]) => [name, [value].flat()]),
      )
      expect({ ...ours, fields }, JSON.stringify(text)).toMatchObject({ ...theirs, isWhole: true, rest: 0 })
      expect(Object.keys(fields).sort()).toEqual(Object.keys(theirs?.fields ?? {}).sort())
    }
  })

  test('what is nearly an answer is refused, or is the same', { timeout: 30_000 }, async () => {
    const draw = numbers(1_126)
    let taken = 0
    for (let count = 0; count < 800; count += 1) {
      const text = mangled(made(draw).text, draw)
      const theirs = await readByNode(text)
      try {
        const { status, body, isWhole } = read(cut(bytes(text), draw), { isClosed: true })
        if (!isWhole || !theirs) continue
        taken += 1
        expect({ status, body }, JSON.stringify(text)).toEqual({ status: theirs.status, body: theirs.body })
      } catch (error) {
        if (!(error instanceof WireError)) throw error
      }
    }
    expect(taken).toBeGreaterThan(100)
  })
})
