// The one HTTP server: who answers what, which headers every page carries, and what becomes of requests that are none.
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN, type Portal, sendTo, startPortal } from './support/portal.ts'

let portal: Portal
let secret = ''
const html = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }

beforeAll(async () => {
  portal = await startPortal({ config: { host: '0.0.0.0' } })
})
afterAll(() => portal.stop())

const get = (path: string, headers: Record<string, string> = {}) => portal.send({ path, headers })
const codeOf = ({ text }: { text: string }) => JSON.parse(text).error.code

/** Sends bytes as they are and returns all that comes back until the other side closes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(portal.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

describe('before the set-up', () => {
  test('the gateway is alive, and not ready', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"alive"}' })
    const ready = await get('/readyz')
    expect([ready.status, JSON.parse(ready.text)]).toEqual([
      503,
      { status: 'not_ready', checks: { database: true, setUp: false, upstream: false } },
    ])
  })

  test.each(['/', '/admin', '/login'])('%s leads to the set-up on this machine', async (path) => {
    const reply = await get(path, html)
    expect([reply.status, reply.headers.location]).toEqual([302, '/setup'])
  })

  test('whoever comes through a proxy is told that the set-up is done elsewhere, and never the token', async () => {
    const page = await get('/', { ...html, 'x-forwarded-for': '192.168.1.9' })
    expect(page.status).toBe(200)
    expect(page.text).toContain('Set-up needed')
    expect(page.text).not.toContain(portal.token)
  })
})

describe('after it', () => {
  beforeAll(async () => {
    const cookie = await portal.setUp()
    secret = (await portal.call('keys.create', { name: 'k' }, { cookie })).data.secret
  })

  test('the gateway is ready', async () => {
    expect(await get('/readyz')).toMatchObject({ status: 200 })
  })

  test('/ and /admin are pages for everyone, and only read', async () => {
    for (const path of ['/', '/admin']) {
      for (const accept of ['*/*', 'application/json', html.accept]) {
        expect((await get(path, { accept })).headers['content-type']).toBe('text/html; charset=utf-8')
      }
      expect((await portal.send({ method: 'HEAD', path })).text).toBe('')
      expect(await portal.send({ method: 'POST', path })).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      })
    }
  })

  test('a drawn page speaks the language that the browser prefers, and the one that is asked for', async () => {
    const chinese = { ...html, 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5' }
    expect((await get('/hello', chinese)).text).toContain('<html lang="zh-CN">')
    expect((await get('/hello?lang=en', chinese)).text).toContain('<html lang="en">')
    expect((await get('/hello?lang=%22%3E%3Cscript%3E', chinese)).text).not.toContain('"><script>')
  })

  test('other pages are HTML for browsers alone', async () => {
    expect((await get('/hello', html)).text).toContain('You have reached the gateway')
    expect(JSON.parse((await get('/hello')).text)).toMatchObject({
      ok: true,
      data: { name: 'codex-gateway' },
    })
    const lost = await get('/nowhere', html)
    expect([lost.status, lost.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    for (const path of ['/nowhere', '/index.html', '/.env', '/%ff', '/..%2f', '//', '/admin/', '/login']) {
      const reply = await get(path)
      expect([reply.status, codeOf(reply)]).toEqual([404, 'page_not_found'])
    }
    expect(codeOf(await get('/api/users.list.more'))).toBe('method_not_allowed')
    expect(codeOf(await get('/api/a/b'))).toBe('page_not_found')
  })

  test('the files that pages need are there', async () => {
    expect((await get('/copy.js')).headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect((await get('/gate.svg')).headers['content-type']).toBe('image/svg+xml')
  })

  test.each(['/', '/hello', '/nowhere', '/healthz', '/copy.js', '/api/me.get'])(
    '%s carries a policy that forbids what is not named',
    async (path) => {
      const { headers } = await get(path, html)
      const policy = String(headers['content-security-policy'])
      expect(policy.startsWith("default-src 'none'; script-src 'self'")).toBe(true)
      expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests|\*/)
      expect(headers['strict-transport-security']).toBeUndefined()
      expect(headers['x-powered-by']).toBeUndefined()
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      })
    },
  )

  test('under /v1 and /api/v1, and wherever a key is carried, the OpenAI side answers', async () => {
    const bearer = { authorization: `Bearer ${secret}` }
    for (const path of ['/v1', '/v1/nope', '/api/v1/nope', '/v1/users.list', '/v1/../healthz']) {
      const reply = await get(path, { ...bearer, ...html })
      expect([reply.status, Object.keys(JSON.parse(reply.text).error)]).toEqual([
        404,
        ['message', 'type', 'param', 'code'],
      ])
    }
    for (const path of ['/nowhere', '/', '/hello', '/api/me.get', '/healthz']) {
      expect([path, codeOf(await get(path, { ...bearer, ...html }))]).toEqual([path, 'unknown_url'])
    }
    for (const prefix of ['/v1', '/api/v1']) {
      expect((await get(`${prefix}/models`, bearer)).status).toBe(200)
      expect((await get(`${prefix}/models`)).status).toBe(401)
    }
  })

  test('a key where a host or a page belongs is not repeated in the refusal', async () => {
    for (const [path, headers] of [
      ['/', { host: secret }],
      ['/v1/models', { host: secret }],
      [`/nowhere/${secret}`, {}],
      [`/api/${secret}`, {}],
    ] as const) {
      const { status, text } = await get(path, headers)
      expect([path, status >= 400, text.includes(secret)]).toEqual([path, true, false])
    }
  })

  test('a foreign host is refused on every door, in the shape of that door', async () => {
    const host = { host: 'evil.example' }
    for (const path of ['/', '/healthz', '/readyz', '/hello', '/copy.js', '/api/setup.status', '/nowhere']) {
      const reply = await get(path, { ...host, ...html })
      expect([reply.status, JSON.parse(reply.text)]).toMatchObject([
        403,
        { ok: false, error: { code: 'host_rejected' } },
      ])
    }
    for (const [path, headers] of [
      ['/v1/models', {}],
      ['/', { authorization: `Bearer ${secret}` }],
    ] as const) {
      const reply = await get(path, { ...host, ...headers })
      expect([reply.status, JSON.parse(reply.text).error]).toMatchObject([
        403,
        { code: 'host_rejected', param: null },
      ])
    }
  })
})

test.each(['host.docker.internal:8080', 'host.containers.internal'])(
  'a container that calls its machine %s reaches the OpenAI side, and nothing else',
  async (host) => {
    const of = (path: string, headers = {}) => get(path, { host, ...headers })
    const key = { authorization: `Bearer ${secret}` }
    expect(codeOf(await of('/v1/models'))).toBe('missing_api_key')
    expect((await of('/models', key)).status).toBe(200)
    const posted = { path: '/v1/chat/completions', method: 'POST', headers: { host, ...key }, body: '{}' }
    expect(codeOf(await portal.send(posted))).toBe('missing_parameter')
    for (const path of ['/', '/healthz', '/api/setup.status'])
      expect([path, codeOf(await of(path))]).toEqual([path, 'host_rejected'])
  },
)

describe('an upgrade', () => {
  const upgrade = (path: string, host = 'localhost') =>
    raw(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`)

  test('without a key is refused, on another POST 426, elsewhere 404, for a foreign host 403, and the socket is closed', async () => {
    expect(await upgrade('/v1/responses')).toMatch(/^HTTP\/1\.1 401 .*"missing_api_key"/s)
    expect(await upgrade('/api/v1/chat/completions')).toMatch(/^HTTP\/1\.1 426 .*"upgrade_required"/s)
    expect(await upgrade('/')).toMatch(/^HTTP\/1\.1 404 /)
    expect(await upgrade('/v1/responses', 'evil.example')).toMatch(/^HTTP\/1\.1 403 .*"host_rejected"/s)
  })

  test('to HTTP/2 is left out of account: the request is answered as it is, and the connection stays', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAA' }
    const ask = (
      path: string,
      headers: Record<string, string>,
      body = '',
    ): Promise<[number | undefined, boolean]> =>
      new Promise((resolve, reject) => {
        const options = { port: portal.port, path, method: body === '' ? 'GET' : 'POST', agent }
        const req = request({ ...options, headers: { ...offer, ...headers } }, (res) => {
          res.resume().on('end', () => resolve([res.statusCode, req.reusedSocket]))
        })
        req.on('error', reject)
        req.end(body)
      })
    const call = { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' }
    expect(await ask('/api/setup.status', call, '{}')).toEqual([200, false])
    expect(await ask('/v1/chat/completions', call, '{}')).toEqual([401, true])
    expect(await ask('/v1/models', {})).toEqual([401, true])
    expect(await ask('/healthz', {})).toEqual([200, true])
    agent.destroy()
  })
})

describe('what is no request', () => {
  test.each([
    ['junk', 'hello?\r\n\r\n', 400, 'malformed_request'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400, undefined],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'huge headers',
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('(%s) is answered in JSON and the connection ends', async (_what, text, status, code) => {
    const answer = await raw(text)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    if (code !== undefined) expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '').error.code).toBe(code)
  })

  test('(an address of another server in the request line) reaches nothing', async () => {
    const answer = await raw(
      'GET http://localhost/healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
    )
    expect(answer).not.toContain('alive')
  })

  test('(an HTTP/1.0 request without a host) is refused', async () => {
    expect(await raw('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 .*host_rejected/s)
  })
})

describe('a body that waits for permission', () => {
  const post = (path: string, headers: string) =>
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-type: application/json\r\n${headers}\r\n`

  test('is asked for by an operation', async () => {
    const answer = await raw(
      `${post('/api/setup.status', 'x-requested-with: codex-gateway\r\ncontent-length: 2\r\n')}{}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  })

  test('is never asked for where the request is refused on its headers', async () => {
    expect(await raw(post('/v1/responses', 'content-length: 1000000\r\n'))).toMatch(/^HTTP\/1\.1 401 /)
    expect(
      await raw(
        post('/v1/responses', 'content-length: 9\r\nhost: x\r\n').replace(
          'host: localhost',
          'host: evil.example',
        ),
      ),
    ).toMatch(/^HTTP\/1\.1 403 /)
  })
})

const networkAddress = Object.values(networkInterfaces())
  .flat()
  .find((known) => known !== undefined && known.family === 'IPv4' && !known.internal)?.address

test.skipIf(networkAddress === undefined)(
  'from an address of the network there is no administration, and no set-up',
  async () => {
    const call = (name: string, input: unknown, cookie = '') =>
      fetch(`http://${networkAddress}:${portal.port}/api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway', cookie },
        body: JSON.stringify(input),
      }).then((reply) => reply.json() as Promise<{ ok: boolean; error: { code: string } }>)
    const cookie = await portal.signIn(ADMIN)
    expect(await call('me.get', {}, cookie)).toMatchObject({ ok: true })
    expect(await call('users.list', {}, cookie)).toMatchObject({ error: { code: 'remote_admin_off' } })

    const open = await startPortal({ config: { host: '0.0.0.0', remoteAdministration: 'lan' } })
    try {
      const setUp = { token: open.token, admin: ADMIN, upstream: { kind: 'demo' } }
      const refused = await fetch(`http://${networkAddress}:${open.port}/api/setup.complete`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' },
        body: JSON.stringify(setUp),
      })
      expect(await refused.json()).toMatchObject({ error: { code: 'setup_not_local' } })
      const lanCookie = await open.setUp()
      const listed = await open.call(
        'users.list',
        {},
        { cookie: lanCookie, headers: { 'x-forwarded-for': '203.0.113.9' } },
      )
      expect(listed.ok).toBe(true)
    } finally {
      await open.stop()
    }
  },
)

test('where administration over HTTP is off, it is off on this machine too', async () => {
  const closed = await startPortal({ config: { remoteAdministration: 'off' } })
  try {
    const cookie = await closed.setUp()
    expect(await closed.call('users.list', {}, { cookie })).toMatchObject({
      error: { code: 'remote_admin_off' },
    })
    expect(await closed.call('me.overview', {}, { cookie })).toMatchObject({ ok: true })
    expect((await sendTo(closed.port, { path: '/' })).status).toBe(200)
  } finally {
    await closed.stop()
  }
})
