// Where a connection is made to, and who is believed to be there.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
  type TLSSocket,
} from 'node:tls'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { selfSigned } from '../../test/support/self-signed.ts'
import {
  ask,
  borrowLetters,
  LETTERS,
  LETTERS_EACH,
  listen,
  OK,
  openPool,
  rawUpstream,
  writeLetters,
} from '../../test/support/wire.ts'

const DAY_MS = 86_400_000
const answerOk = (socket: TLSSocket) => void socket.write(OK)
const ca = getCACertificates('default')
afterEach(() => setDefaultCACertificates(ca))

async function tlsUpstream(isTrusted: boolean, answer: (socket: TLSSocket) => unknown = answerOk) {
  const pair = selfSigned('api.example.test', new Date(Date.now() - DAY_MS), new Date(Date.now() + DAY_MS))
  const sockets: TLSSocket[] = []
  const server = createTlsServer({ ...pair, ALPNProtocols: ['http/1.1'] }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', () => answer(socket))
  })
  server.on('tlsClientError', () => {})
  const port = await listen(server)
  if (isTrusted) setDefaultCACertificates([...ca, pair.cert])
  return { port, sockets }
}

describe('over TLS', () => {
  test('a request is answered on a connection that is kept, to the name that was asked for', async () => {
    const { port, sockets } = await tlsUpstream(true)
    const pool = openPool(`https://api.example.test:${port}`)
    const body = Buffer.alloc(300_000, 'x')
    expect(await ask(pool).over).toMatchObject({ status: 200, text: 'ok', error: undefined })
    expect((await ask(pool).over).text).toBe('ok')
    expect(sockets).toHaveLength(1)
    expect(sockets[0]).toMatchObject({ servername: 'api.example.test', alpnProtocol: 'http/1.1' })
    expect((await ask(pool, { body }).over).text).toContain('ok')
  })

  test('a second connection goes on where the first handshake ended', async () => {
    const { port, sockets } = await tlsUpstream(true)
    const pool = openPool(`https://api.example.test:${port}`)
    await ask(pool).over
    expect((await Promise.all([ask(pool).over, ask(pool).over])).map(({ text }) => text)).toEqual([
      'ok',
      'ok',
    ])
    expect(sockets.map((socket) => socket.isSessionReused())).toEqual([false, true])
  })

  test.each([
    ['its length', 'content-length: 4\r\n'],
    ['its connection', ''],
  ])(
    'an answer that ends with %s is whole, though the upstream left while it was paused',
    async (_what, field) => {
      const { port, sockets } = await tlsUpstream(true, (socket) =>
        socket.end(`HTTP/1.1 200 OK\r\n${field}\r\nsome`),
      )
      const pool = openPool(`https://api.example.test:${port}`)
      const told = ask(pool)
      told.request?.pause()
      await told.begun
      // The end of its side stands right behind the answer.
      await sleep(20)
      expect(told).toMatchObject({ status: 200, text: '', ends: 0 })
      told.request?.resume()
      expect(await told.over).toMatchObject({ text: 'some', ends: 1, error: undefined })
      expect((await ask(pool).over).text).toBe('some')
      expect(sockets).toHaveLength(2)
    },
  )

  test('pieces that are borrowed are those of their own connection', async () => {
    let count = 0
    const { port } = await tlsUpstream(true, (socket) => {
      count += 1
      return writeLetters(socket, LETTERS[count - 1] ?? '')
    })
    const texts = await borrowLetters(openPool(`https://api.example.test:${port}`))
    expect(texts).toEqual(Array.from(LETTERS, (letter) => letter.repeat(LETTERS_EACH)))
  })

  test.each([
    ['nobody vouches for', false, 'api.example.test', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['is another’s', true, 'other.example.test', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('a certificate that %s ends it before a word is sent', async (_what, isTrusted, host, code) => {
    const { port, sockets } = await tlsUpstream(isTrusted)
    const told = await ask(openPool(`https://${host}:${port}`)).over
    expect(told).toMatchObject({ ends: 1, error: { code }, isStale: false })
    expect(sockets.every(({ bytesRead }) => bytesRead === 0)).toBe(true)
  })

  test('an address is believed by its certificate alone, and no name is sent', async () => {
    const { port, sockets } = await tlsUpstream(true)
    expect((await ask(openPool(`https://127.0.0.1:${port}`)).over).text).toBe('ok')
    expect(sockets[0]?.servername).toBeFalsy()
  })
})

describe('a host', () => {
  test('that must not be called is not called, whatever it is written as', async () => {
    const upstream = await rawUpstream((socket) => void socket.write(OK))
    const asked: string[] = []
    const refuseHost = (host: string) => {
      asked.push(host)
      throw new Error('never')
    }
    for (const host of ['127.0.0.1', '[::1]', 'name.test']) {
      const told = ask(openPool(`http://${host}:${upstream.port}`, { refuseHost }))
      expect(told).toMatchObject({ ends: 1, error: { message: 'never' } })
    }
    expect(asked).toEqual(['127.0.0.1', '::1', 'name.test'])
    expect(upstream.sockets).toHaveLength(0)
  })

  test('that must not be called leaves no timer behind', async () => {
    const begun = vi.spyOn(globalThis, 'setInterval')
    const pool = openPool('http://name.test', {
      refuseHost: () => {
        throw new Error('never')
      },
    })
    await ask(pool).over
    expect(begun).not.toHaveBeenCalled()
    await pool.destroy()
    begun.mockRestore()
  })

  test('that is not found is an error of the request', async () => {
    const error = Object.assign(new Error('lookup'), { code: 'ENOTFOUND' })
    const pool = openPool('http://name.test', {
      lookup: (_name, _options, callback) => callback(error, '', 0),
    })
    expect(await ask(pool).over).toMatchObject({ ends: 1, error: { code: 'ENOTFOUND' } })
  })

  test('with several addresses is tried at each of them', async () => {
    const upstream = await rawUpstream((socket) => void socket.write(OK))
    const pool = openPool(`http://name.test:${upstream.port}`, {
      lookup: (_name, _options, callback) =>
        callback(null, [
          { address: '::1', family: 6 },
          { address: '127.0.0.1', family: 4 },
        ]),
    })
    expect((await ask(pool).over).text).toBe('ok')
    expect(upstream.heads[0]).toContain(`host: name.test:${upstream.port}\r\n`)
  })

  test('may be an address of IPv6', async ({ skip }) => {
    const upstream = await rawUpstream((socket) => void socket.write(OK), '::1').catch(() => skip())
    expect((await ask(openPool(`http://[::1]:${upstream.port}`)).over).text).toBe('ok')
    expect(upstream.heads[0]).toContain(`host: [::1]:${upstream.port}\r\n`)
  })
})
