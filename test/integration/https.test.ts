// A whole gateway over HTTPS: switched on and off while it runs, trusted by its authority alone, with HTTP beside it or sent
// away, and what clients, browsers and thieves get of it.
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ADMIN, type Portal, type Reply, sendTo, startPortal, USER } from './support/portal.ts'

let portal: Portal
let admin: string
let key: string
let ca: string

/** Requests from it to loopback come from another address than they arrive at, as those of another machine do. */
const elsewhere = Object.values(networkInterfaces())
  .flatMap((infos) => infos ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
const ifElsewhere = test.skipIf(elsewhere === undefined)
const html = { accept: 'text/html' }

const switchTo = (https: string) =>
  portal
    .call('settings.update', { https }, { cookie: admin })
    .then(({ data }) => expect(data.https).toBe(https))

beforeAll(async () => {
  portal = await startPortal({ config: { host: '0.0.0.0' } })
  admin = await portal.setUp()
  const { data } = await portal.call('users.create', { ...USER }, { cookie: admin })
  await portal.call(
    'users.adjustBalance',
    { userId: data.id, amountNanoUsd: 5_000_000_000, note: 'for the test' },
    { cookie: admin },
  )
  const made = await portal.call('keys.create', { name: 'one' }, { cookie: await portal.signIn(USER) })
  key = made.data.secret
  await switchTo('beside_http')
  ca = (await portal.send({ path: '/ca.crt' })).text
})
afterAll(() => portal.stop())

interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly host?: string
  readonly ca?: string
}

/** Over HTTPS, trusting the gateway's authority and no other. */
function ask({
  path,
  method = 'GET',
  headers = {},
  body,
  host = '127.0.0.1',
  ...more
}: Asked): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const req = request(
      // Who is spoken to is asked for by the address, whatever stands in Host.
      { host, port: portal.port, path, method, headers, agent: false, ca: more.ca ?? ca, servername: '' },
      (res) => {
        let text = ''
        res.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text }))
      },
    )
    req.on('error', reject)
    req.end(body)
  })
}
const operation = (name: string, input: unknown, headers: Record<string, string> = {}) =>
  ask({
    path: `/api/${name}`,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway', ...headers },
    body: JSON.stringify(input),
  })
const cookieOf = (headers: IncomingHttpHeaders) => headers['set-cookie']?.[0] ?? ''

describe('beside HTTP', () => {
  test('the authority is given to everybody, and the console and every user know its fingerprint', async () => {
    const { fingerprint256 } = new X509Certificate(ca)
    const { data } = await portal.call('https.get', {}, { cookie: admin })
    expect(data).toMatchObject({ mode: 'beside_http', state: 'ready', problem: null })
    expect(data.authority.fingerprint).toBe(fingerprint256)
    expect(data.leaf.subjects).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1']))
    if (elsewhere !== undefined) expect(data.leaf.subjects).toContain(elsewhere)
    const trust = await portal.call('https.trust', {}, { cookie: await portal.signIn(USER) })
    expect(trust.data).toEqual({ mode: 'beside_http', fingerprint: fingerprint256, certificate: ca })
    const page = await portal.send({ path: '/ca', headers: { ...html, host: `192.168.1.24:${portal.port}` } })
    expect(page.text).toContain(fingerprint256)
    for (const line of ['export CODEX_CA_CERTIFICATE=', '$env:CODEX_CA_CERTIFICATE ='])
      expect(page.text).toContain(line)
    expect(page.text).toContain(`http://192.168.1.24:${portal.port}/ca.crt`)
  })

  test('undici streams an answer that is charged', async () => {
    const dispatcher = new Agent({ connect: { ca } })
    const answer = await undiciFetch(`https://127.0.0.1:${portal.port}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo-smart', input: 'Say hello.', stream: true }),
      dispatcher,
    })
    expect(await answer.text()).toContain('response.completed')
    await dispatcher.close()
    const { data } = await portal.call('usage.list', {}, { cookie: admin })
    expect(data.rows[0]).toMatchObject({ endpoint: '/v1/responses', status: 200 })
  })

  test('plain HTTP goes on as before, and both say the address that was used', async () => {
    expect((await portal.send({ path: '/healthz' })).status).toBe(200)
    const own = `127.0.0.1:${portal.port}`
    expect((await portal.send({ path: '/hello', headers: { ...html, host: own } })).text).toContain(
      `http://${own}/v1`,
    )
    const secure = await ask({ path: '/hello', headers: { ...html, host: own } })
    expect(secure.text).toContain(`https://${own}/v1`)
    // For an address, it would outlive the certificate, and there is no way back.
    expect(secure.headers['strict-transport-security']).toBeUndefined()
  })

  test('a session that begins over HTTPS has a cookie that never leaves it', async () => {
    const secure = await operation('auth.login', USER)
    expect(cookieOf(secure.headers)).toMatch(/; Secure/i)
    const plain = await portal.call('auth.login', USER)
    expect(cookieOf(plain.headers)).not.toMatch(/secure/i)
    for (const { headers } of [secure, plain])
      portal.secrets.used('a session', cookieOf(headers).split(';')[0] ?? '')
  })

  test('a page in clear of the same address asks nothing over HTTPS', async () => {
    const host = `127.0.0.1:${portal.port}`
    const from = (scheme: string) => operation('setup.status', {}, { host, origin: `${scheme}://${host}` })
    expect((await from('https')).status).toBe(200)
    expect(JSON.parse((await from('http')).text).error.code).toBe('origin_rejected')
  })

  test('a foreign name is refused over HTTPS too, to a WebSocket as well, and one to the right name opens', async () => {
    const foreign = await ask({
      path: '/v1/models',
      headers: { host: 'evil.example', authorization: `Bearer ${key}` },
    })
    expect([foreign.status, JSON.parse(foreign.text).error.code]).toEqual([403, 'host_rejected'])
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    }
    const socket = await ask({
      path: '/v1/responses',
      headers: { ...upgrade, host: 'evil.example', authorization: `Bearer ${key}` },
    })
    expect([socket.status, JSON.parse(socket.text).error.code]).toEqual([403, 'host_rejected'])
    const headers = { authorization: `Bearer ${key}` }
    const opened = new WebSocket(`wss://127.0.0.1:${portal.port}/v1/responses`, { ca, headers })
    await once(opened, 'open')
    opened.close()
    await once(opened, 'close')
  })

  test('nobody else is believed: another name, another authority', async () => {
    await expect(
      new Promise((resolve, reject) => {
        const socket = connectTls({ port: portal.port, host: '127.0.0.1', servername: 'bank.example', ca })
        socket.on('error', reject)
        socket.on('secureConnect', resolve)
      }),
    ).rejects.toThrow(/ALTNAME|does not match/)
    await expect(ask({ path: '/healthz', ca: '' })).rejects.toThrow(/certificate|issuer/)
  })

  test('the change is written down, and no private key is in the database, the log or an answer', async () => {
    const { data } = await portal.call('audit.list', { operation: 'settings.update' }, { cookie: admin })
    expect(data.rows[0]).toMatchObject({ before: { https: 'off' }, after: { https: 'beside_http' } })
    const files = readdirSync(portal.dataDir).filter((file) => /^(gateway\.db|secrets|https)/.test(file))
    expect(files).toContain('https-authority.json')
    for (const file of files) {
      const text = readFileSync(join(portal.dataDir, file), 'latin1')
      expect(text).not.toContain('PRIVATE KEY')
    }
    expect(portal.log.text).toContain('certificate_issued')
    expect(portal.log.text).not.toContain('PRIVATE KEY')
  })
})

describe('alone', () => {
  beforeAll(() => switchTo('only'))
  afterAll(() => switchTo('beside_http'))
  const inClear = (
    path: string,
    more: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) =>
    sendTo(portal.port, {
      path,
      localAddress: elsewhere ?? '',
      ...more,
      headers: { host: `192.168.1.24:${portal.port}`, ...more.headers },
    })

  ifElsewhere('a page is sent on to the same address over HTTPS, and no browser remembers it', async () => {
    const reply = await inClear('/keys?sort=name', { headers: html })
    expect([reply.status, reply.headers.location]).toEqual([
      308,
      `https://192.168.1.24:${portal.port}/keys?sort=name`,
    ])
    expect(reply.headers['cache-control']).toBe('no-store')
    const unnamed = await inClear('/keys', { headers: { ...html, host: '192.168.1.24' } })
    expect(unnamed.headers.location).toBe('https://192.168.1.24:80/keys')
  })

  ifElsewhere('a client is told and not sent on, and so is whoever would sign in', async () => {
    const withKey = await inClear('/v1/models', { headers: { authorization: `Bearer ${key}` } })
    expect(withKey.status).toBe(403)
    expect(withKey.headers['x-should-retry']).toBe('false')
    const { error } = JSON.parse(withKey.text)
    expect([error.code, error.type, error.param]).toEqual(['https_required', 'invalid_request_error', null])
    expect(error.message).toContain(`https://192.168.1.24:${portal.port}`)
    const signIn = await inClear('/api/auth.login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' },
      body: JSON.stringify(ADMIN),
    })
    expect([signIn.status, JSON.parse(signIn.text).error.code]).toEqual([403, 'https_required'])
    expect(cookieOf(signIn.headers)).toBe('')
    const socket = connect({ port: portal.port, host: '127.0.0.1', localAddress: elsewhere ?? '' })
    socket.write(
      `GET /v1/responses HTTP/1.1\r\nhost: 192.168.1.24:${portal.port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`,
    )
    expect(String((await once(socket, 'data'))[0])).toContain('https_required')
    socket.destroy()
  })

  ifElsewhere('a body is not asked for that should never have come in clear', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const req = httpRequest({
        port: portal.port,
        host: '127.0.0.1',
        localAddress: elsewhere ?? '',
        method: 'POST',
        path: '/v1/responses',
        headers: { expect: '100-continue', authorization: `Bearer ${key}`, 'content-length': '5' },
      })
      req.on('continue', () => reject(new Error('the body was asked for')))
      req.on('response', (res) => {
        res.resume()
        resolve(String(res.statusCode))
        req.destroy()
      })
      req.on('error', reject)
      req.flushHeaders()
    })
    expect(answer).toBe('403')
  })

  ifElsewhere(
    'what a device needs to trust the gateway still comes in clear, and nothing else does',
    async () => {
      expect((await inClear('/ca.crt')).text).toBe(ca)
      for (const path of ['/ca', '/hello']) expect((await inClear(path, { headers: html })).status).toBe(200)
      expect((await inClear('/hello', { headers: html })).text).toContain(
        `https://192.168.1.24:${portal.port}/v1`,
      )
      for (const path of ['/healthz', '/metrics', '/', '/gate.svg/', '/ca.crt/'])
        expect((await inClear(path, { headers: html })).status).toBe(308)
      expect((await inClear('/hello', { method: 'POST' })).status).toBe(403)
    },
  )

  test('programs on the gateway’s own machine go on in clear, a proxy among them', async () => {
    expect((await portal.send({ path: '/healthz' })).status).toBe(200)
    const models = await portal.send({
      path: '/v1/models',
      headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': '203.0.113.9' },
    })
    expect(models.status).toBe(200)
  })

  test('over HTTPS everything is as it was', async () => {
    expect((await ask({ path: '/v1/models', headers: { authorization: `Bearer ${key}` } })).status).toBe(200)
    expect((await ask({ path: '/hello', headers: html })).status).toBe(200)
  })
})

test('a new authority is written down, and the old one is believed no longer', async () => {
  const before = ca
  const { data } = await portal.call('https.replaceAuthority', {}, { cookie: admin })
  ca = (await portal.send({ path: '/ca.crt' })).text
  expect(data.authority.fingerprint).toBe(new X509Certificate(ca).fingerprint256)
  expect((await ask({ path: '/healthz' })).status).toBe(200)
  await expect(ask({ path: '/healthz', ca: before })).rejects.toThrow(/certificate|issuer|signature/)
})

test('switched off, HTTPS is gone at once and nothing is left to download', async () => {
  await switchTo('off')
  await expect(ask({ path: '/healthz' })).rejects.toThrow()
  expect((await portal.send({ path: '/ca.crt' })).status).toBe(404)
  expect((await portal.send({ path: '/healthz' })).status).toBe(200)
  await switchTo('beside_http')
  // The same authority as before: nobody has to trust anything anew.
  expect((await portal.send({ path: '/ca.crt' })).text).toBe(ca)
  expect((await ask({ path: '/healthz' })).status).toBe(200)
})
