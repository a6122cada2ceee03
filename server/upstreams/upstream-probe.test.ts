// The connection test against real servers that are wrong in every way it knows, and against addresses it must not call.
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { textOf, UPSTREAM_PROBLEMS } from '../../contract/upstream-problem.ts'
import { selfSigned } from '../../test/support/self-signed.ts'
import { createGuardedLookup } from './guarded-lookup.ts'
import { createUpstreamProbe } from './upstream-probe.ts'

const KEY = 'sk-test-0123456789abcdef'
const DAY_MS = 86_400_000
const ca = getCACertificates('default')
afterEach(() => setDefaultCACertificates(ca))

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  // It listens on a port, never on a pipe.
  return (server.address() as AddressInfo).port
}
async function upstream(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener)
  const port = await listen(server)
  onTestFinished(() => server.closeAllConnections())
  return `http://127.0.0.1:${port}/v1`
}
async function raw(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  const port = await listen(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  return port
}
const json =
  (status: number, body: unknown): RequestListener =>
  (_req, res) => {
    res.writeHead(status, { 'content-type': 'application/json' })
    res.end(JSON.stringify(body))
  }
const probe = createUpstreamProbe({ connectTimeoutMs: 1_000, answerTimeoutMs: 300 })
const problemAt = async (baseUrl: string, apiKey: string | undefined = KEY) =>
  (await probe({ baseUrl, apiKey })).problem

describe('an upstream that works', () => {
  test('is asked with the key, and its models are listed in order', async () => {
    let seen: string | undefined
    const baseUrl = await upstream((req, res) => {
      seen = `${req.method} ${req.url} ${req.headers.authorization}`
      json(200, { object: 'list', data: [{ id: 'gpt-b' }, { id: 'gpt-a' }, { id: 7 }, { id: 'has space' }] })(
        req,
        res,
      )
    })
    expect(await probe({ baseUrl, apiKey: KEY })).toEqual({
      problem: null,
      models: ['gpt-a', 'gpt-b'],
      modelCount: 2,
      suggestedBaseUrl: null,
    })
    expect(seen).toBe(`GET /v1/models Bearer ${KEY}`)
  })

  test('may have more models than are shown, and none that carries the key', async () => {
    const data = [{ id: `x-${KEY}` }, ...Array.from({ length: 600 }, (_, n) => ({ id: `model-${n}` }))]
    const found = await probe({ baseUrl: await upstream(json(200, { data })), apiKey: KEY })
    expect([found.models.length, found.modelCount]).toEqual([500, 601])
    expect(JSON.stringify(found)).not.toContain(KEY)
  })

  test('needs no key where it wants none', async () => {
    const baseUrl = await upstream((req, res) => {
      expect(req.headers).not.toHaveProperty('authorization')
      json(200, { data: [] })(req, res)
    })
    expect(await probe({ baseUrl, apiKey: undefined })).toMatchObject({ problem: null, models: [] })
  })
})

describe('an answer that is no list of models', () => {
  test.each([
    [401, { error: { message: `Incorrect API key provided: ${KEY}` } }, 'key_rejected'],
    [403, { error: { message: 'no' } }, 'access_denied'],
    [404, { error: { message: 'no' } }, 'wrong_path'],
    [402, {}, 'quota_exhausted'],
    [429, { error: { code: 'insufficient_quota' } }, 'quota_exhausted'],
    [429, { error: { code: 'rate_limit_exceeded' } }, 'rate_limited'],
    [500, {}, 'upstream_error'],
    [503, {}, 'upstream_error'],
    [200, { hello: 'world' }, 'not_openai'],
    [418, {}, 'not_openai'],
  ] as const)('%d %j is %s, and nothing of its words is repeated', async (status, body, code) => {
    const problem = await problemAt(await upstream(json(status, body)))
    expect(problem).toMatchObject({ code, details: { host: '127.0.0.1', status } })
    expect(problem && textOf(problem)).not.toMatch(/\{\w+\}/)
    expect(JSON.stringify(problem)).not.toContain(KEY)
  })

  test('without a key, 401 says that one is missing', async () => {
    const baseUrl = await upstream(json(401, {}))
    expect((await probe({ baseUrl, apiKey: undefined })).problem?.code).toBe('key_missing')
  })

  test.each([200, 403, 407, 502])('a web page with status %d is somebody in between', async (status) => {
    const baseUrl = await upstream((_req, res) => {
      res.writeHead(status, { 'content-type': 'text/html' })
      res.end('<!doctype html><title>Sign in</title>')
    })
    expect(await problemAt(baseUrl)).toMatchObject({ code: 'answered_html', details: { status } })
  })

  test('a redirect is named and not followed', async () => {
    let asked = 0
    const baseUrl = await upstream((_req, res) => {
      asked += 1
      res.writeHead(302, { location: `https://login.example.test/in?key=${KEY}` })
      res.end()
    })
    const problem = await problemAt(baseUrl)
    expect(problem).toMatchObject({ code: 'redirected', details: { location: 'https://login.example.test' } })
    expect(asked).toBe(1)
  })

  test('more than four megabytes are not read', async () => {
    const baseUrl = await upstream((_req, res) => {
      res.on('error', () => undefined)
      res.write('x'.repeat(5 * 1024 * 1024))
    })
    expect((await problemAt(baseUrl))?.code).toBe('answer_too_large')
  })

  test('where the base URL lacks its path, the one that works is suggested', async () => {
    const baseUrl = await upstream((req, res) => {
      if (req.url === '/v1/models') json(200, { data: [{ id: 'gpt-a' }] })(req, res)
      else json(404, {})(req, res)
    })
    const root = baseUrl.replace('/v1', '')
    expect(await probe({ baseUrl: root, apiKey: KEY })).toMatchObject({
      problem: { code: 'wrong_path' },
      models: [],
      suggestedBaseUrl: baseUrl,
    })
  })
})

describe('a connection that fails', () => {
  test('on a port where nothing listens is refused', async () => {
    const server = createTcpServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await problemAt(`http://127.0.0.1:${port}/v1`)).toMatchObject({
      code: 'connection_refused',
      details: { host: '127.0.0.1', port },
    })
  })

  test('when it is closed without an answer', async () => {
    const port = await raw((socket) => socket.destroy())
    expect((await problemAt(`http://127.0.0.1:${port}/v1`))?.code).toBe('connection_reset')
  })

  test('when nothing comes after it was accepted', async () => {
    const port = await raw(() => undefined)
    expect(await problemAt(`http://127.0.0.1:${port}/v1`)).toMatchObject({
      code: 'answer_timeout',
      details: { seconds: 0.3 },
    })
  })

  test('when an answer trickles without end', async () => {
    const baseUrl = await upstream((_req, res) => {
      const timer = setInterval(() => res.write(' '), 20)
      res.on('close', () => clearInterval(timer))
    })
    expect((await problemAt(baseUrl))?.code).toBe('answer_timeout')
  })

  test('when what answers speaks no HTTP', async () => {
    const port = await raw((socket) => void socket.write('220 mail.example.test ESMTP\r\n'))
    expect((await problemAt(`http://127.0.0.1:${port}/v1`))?.code).toBe('not_http')
  })

  test('when TLS is spoken to a server that does not', async () => {
    const baseUrl = await upstream(json(200, { data: [] }))
    expect((await problemAt(baseUrl.replace('http:', 'https:')))?.code).toBe('tls_not_spoken')
  })

  test.each([
    ['ENOTFOUND', 'dns_not_found'],
    ['EAI_AGAIN', 'dns_failed'],
  ])('when the name cannot be found: %s', async (errorCode, code) => {
    const lookup = createGuardedLookup(((_name: string, _options: object, callback: (error: Error) => void) =>
      callback(Object.assign(new Error('lookup'), { code: errorCode }))) as never)
    const asking = createUpstreamProbe({ lookup })
    const { problem } = await asking({ baseUrl: 'https://nowhere.example.test/v1', apiKey: KEY })
    expect(problem).toMatchObject({ code, details: { host: 'nowhere.example.test', port: 443 } })
  })
})

describe('a certificate', () => {
  async function tlsUpstream(dnsName: string, fromDays: number, toDays: number, isTrusted: boolean) {
    const at = (days: number) => new Date(Date.now() + days * DAY_MS)
    const pair = selfSigned(dnsName, at(fromDays), at(toDays))
    const server = createHttpsServer(pair, json(200, { data: [{ id: 'gpt-a' }] }))
    server.on('tlsClientError', () => undefined)
    const port = await listen(server)
    onTestFinished(() => server.closeAllConnections())
    if (isTrusted) setDefaultCACertificates([...ca, pair.cert])
    return port
  }
  const lookup = createGuardedLookup(((
    _name: string,
    _options: object,
    callback: (...found: unknown[]) => void,
  ) => callback(null, [{ address: '127.0.0.1', family: 4 }])) as never)
  const ask = async (host: string, port: number) =>
    (await createUpstreamProbe({ lookup })({ baseUrl: `https://${host}:${port}/v1`, apiKey: KEY })).problem

  test('that is trusted and fits is no problem', async () => {
    expect(await ask('api.example.test', await tlsUpstream('api.example.test', -1, 1, true))).toBeNull()
  })
  test('that nobody trusts is named as such', async () => {
    const problem = await ask('api.example.test', await tlsUpstream('api.example.test', -1, 1, false))
    expect(problem?.code).toBe('tls_untrusted')
  })
  test('that has expired', async () => {
    const problem = await ask('api.example.test', await tlsUpstream('api.example.test', -2, -1, true))
    expect(problem?.code).toBe('tls_expired')
  })
  test('for another name', async () => {
    const problem = await ask('other.example.test', await tlsUpstream('api.example.test', -1, 1, true))
    expect(problem?.code).toBe('tls_wrong_name')
  })
})

describe('an address that is never called', () => {
  test.each([
    'http://169.254.169.254/v1',
    'http://169.254.0.1/v1',
    'http://[fe80::1]/v1',
    'http://[fd00:ec2::254]/v1',
    'http://[::ffff:169.254.169.254]/v1',
    'http://[::ffff:a9fe:a9fe]/v1',
    'http://[64:ff9b::a9fe:a9fe]/v1',
    'http://[2002:a9fe:a9fe::1]/v1',
    'http://0xa9fea9fe/v1',
    'http://2852039166/v1',
    'http://0251.0376.0251.0376/v1',
    'http://100.100.100.200/v1',
    'http://metadata.google.internal/computeMetadata/v1',
    'http://METADATA.google.internal./v1',
  ])('%s', async (baseUrl) => {
    let asked = false
    const lookup = createGuardedLookup((() => {
      asked = true
    }) as never)
    const { problem } = await createUpstreamProbe({ lookup })({ baseUrl, apiKey: KEY })
    expect(problem?.code).toBe('address_forbidden')
    expect(asked).toBe(false)
  })

  test.each([
    ['alone', ['169.254.169.254']],
    ['among others', ['127.0.0.1', '169.254.169.254']],
    ['in IPv6', ['fe80::1']],
  ])('is refused behind a name, too, %s', async (_name, addresses) => {
    const lookup = createGuardedLookup(((
      _host: string,
      _options: object,
      callback: (...found: unknown[]) => void,
    ) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as never)
    const { problem } = await createUpstreamProbe({ lookup })({
      baseUrl: 'http://harmless.example.test/v1',
      apiKey: KEY,
    })
    expect(problem?.code).toBe('address_forbidden')
  })
})

test('every problem has a sentence that says something', () => {
  for (const text of Object.values(UPSTREAM_PROBLEMS)) expect(text).toMatch(/^[A-Z{].{20,}[.?]$/)
})
