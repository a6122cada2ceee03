// The upstream, as an operator tests, reads and changes it over HTTP, while requests run.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import { ADMIN, type Portal, startPortal, USER } from './support/portal.ts'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  UPSTREAM_KEY,
} from './support/running-gateway.ts'

const OTHER_KEY = 'sk-other-0123456789abcdefWXYZ'

describe('during the set-up', () => {
  let portal: Portal
  beforeAll(async () => {
    portal = await startPortal()
  })
  afterAll(() => portal.stop())

  test('whoever has the token may test the connection, and nobody else', async () => {
    const { token } = portal
    expect(await portal.call('upstreams.test', { kind: 'demo' })).toMatchObject({
      status: 403,
      error: { code: 'setup_token_invalid' },
    })
    const headers = { 'x-forwarded-for': '10.0.0.1' }
    expect(await portal.call('upstreams.test', { token, kind: 'demo' }, { headers })).toMatchObject({
      error: { code: 'setup_not_local' },
    })
    expect(await portal.call('upstreams.test', { token, kind: 'demo' })).toMatchObject({
      status: 200,
      data: {
        isWorking: true,
        models: expect.arrayContaining(['demo-fast', 'demo-smart', 'demo-reasoning']),
      },
    })
  })

  test('a metadata address is refused, as a test and as the upstream', async () => {
    const { token } = portal
    const upstream = { kind: 'openai', apiKey: 'sk-x', baseUrl: 'http://169.254.169.254/latest' }
    expect(await portal.call('upstreams.test', { token, ...upstream })).toMatchObject({
      data: { isWorking: false, problem: { code: 'address_forbidden' } },
    })
    expect(await portal.call('setup.complete', { token, admin: ADMIN, upstream })).toMatchObject({
      status: 400,
      error: { code: 'upstream_address_forbidden' },
    })
  })

  test('afterwards the token is worth nothing, and a session as administrator is needed', async () => {
    const { token } = portal
    const admin = await portal.setUp()
    expect(await portal.call('upstreams.test', { token, kind: 'demo' })).toMatchObject({ status: 401 })
    await portal.call('users.create', USER, { cookie: admin })
    const user = await portal.signIn(USER)
    expect(await portal.call('upstreams.test', { kind: 'demo' }, { cookie: user })).toMatchObject({
      status: 403,
    })
    const headers = { 'x-forwarded-for': '10.0.0.1' }
    expect(await portal.call('upstreams.test', { kind: 'demo' }, { cookie: admin, headers })).toMatchObject({
      error: { code: 'remote_admin_off' },
    })
    expect(await portal.call('upstreams.test', {}, { cookie: admin })).toMatchObject({
      data: { isWorking: true },
    })
  })

  test('testing is slowed down, so that it finds no open ports', async () => {
    const cookie = await portal.signIn(ADMIN)
    const codes: unknown[] = []
    for (let n = 0; n < 15; n += 1) {
      codes.push((await portal.call('upstreams.test', { kind: 'demo' }, { cookie })).error?.code)
    }
    expect(codes.at(-1)).toBe('too_many_attempts')
  })
})

describe('while the gateway runs', () => {
  let gateway: RunningGateway
  let ann: Person
  beforeAll(async () => {
    gateway = await startGateway()
    ann = await gateway.createPerson()
  })
  afterAll(() => gateway.stop())

  async function ask(): Promise<number> {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: TEST_MODEL,
        messages: [{ role: 'user', content: 'hello' }],
        max_completion_tokens: 20,
      }),
    })
    await response.arrayBuffer()
    return response.status
  }
  const view = async () => (await gateway.admin('upstreams.get')).data

  test('it says where requests go and how that has been, and shows four characters of the key', async () => {
    expect(await ask()).toBe(200)
    const seen = await view()
    expect(seen).toMatchObject({
      kind: 'openai',
      baseUrl: gateway.upstream.baseUrl,
      isConfigured: true,
      key: { isSet: true, lastFour: UPSTREAM_KEY.slice(-4), keptIn: 'encrypted file' },
      overriddenBy: {},
      health: { isHealthy: true, lastSuccessAt: expect.any(Number), errors: [] },
    })
    expect(JSON.stringify(seen)).not.toContain(UPSTREAM_KEY.slice(0, -4))
  })

  test('the stored key is used for the stored address, and for no other', async () => {
    expect(await gateway.admin('upstreams.test', {})).toMatchObject({ data: { isWorking: true } })
    const seen: unknown[] = []
    const server = createServer((req, res) => {
      seen.push(req.headers.authorization)
      res.writeHead(401).end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    expect(await gateway.admin('upstreams.test', { baseUrl })).toMatchObject({
      data: { isWorking: false, problem: { code: 'key_missing' } },
    })
    expect(await gateway.admin('upstreams.update', { baseUrl })).toMatchObject({
      status: 400,
      error: { code: 'invalid_input', details: { param: 'apiKey' } },
    })
    expect(seen).toEqual([undefined])
  })

  test('an address that is set while the demo answers does not draw the stored key to it', async () => {
    const baseUrl = 'http://127.0.0.1:1/v1'
    const refused = { status: 400, error: { code: 'invalid_input', details: { param: 'apiKey' } } }
    expect(await gateway.admin('upstreams.update', { kind: 'demo', baseUrl })).toMatchObject(refused)
    await gateway.admin('upstreams.update', { kind: 'demo' })
    expect(await gateway.admin('upstreams.update', { baseUrl })).toMatchObject(refused)
    await gateway.admin('upstreams.update', { kind: 'openai' })
    expect(await view()).toMatchObject({ kind: 'openai', baseUrl: gateway.upstream.baseUrl })
    expect(await ask()).toBe(200)
  })

  test('a wrong key is a teammate’s 400, and the operator reads what is wrong', async () => {
    await gateway.admin('upstreams.update', { apiKey: OTHER_KEY })
    expect(await ask()).toBe(400)
    const { health, key } = (await view()) as { health: { errors: unknown[] }; key: unknown }
    expect(key).toMatchObject({ lastFour: 'WXYZ' })
    expect(health).toMatchObject({
      isHealthy: false,
      errors: [
        { code: 'key_rejected', count: 1, message: expect.stringContaining('does not accept this API key') },
      ],
    })
    await gateway.admin('upstreams.update', { apiKey: UPSTREAM_KEY })
    expect(await ask()).toBe(200)
    expect(await view()).toMatchObject({ health: { isHealthy: true, errors: [] } })
  })

  test('another upstream takes over with the next request, and one that is gone is named', async () => {
    const other = await startDemoUpstream({ apiKey: OTHER_KEY, acceptAnyModel: true })
    const changed = await gateway.admin('upstreams.update', {
      baseUrl: `${other.baseUrl}/`,
      apiKey: OTHER_KEY,
    })
    expect(changed).toMatchObject({ status: 200, data: { baseUrl: other.baseUrl } })
    expect(await ask()).toBe(200)
    expect(other.requests).toHaveLength(1)
    await other.stop()
    expect(await ask()).toBe(502)
    expect(await view()).toMatchObject({ health: { errors: [{ code: 'connection_refused' }] } })
    await gateway.admin('upstreams.update', { baseUrl: gateway.upstream.baseUrl, apiKey: UPSTREAM_KEY })
    expect(await ask()).toBe(200)
  })

  test('it can become the demo and OpenAI again, live', async () => {
    expect(await gateway.admin('upstreams.update', { kind: 'demo' })).toMatchObject({
      data: { kind: 'demo', baseUrl: null, isConfigured: true },
    })
    const { rows } = (await gateway.admin<{ rows: { model: string }[] }>('prices.list')).data
    expect(rows.map(({ model }) => model)).toContain('demo-fast')
    await gateway.admin('upstreams.update', { kind: 'openai' })
    expect(await ask()).toBe(200)
  })

  test('a metadata address is never stored', async () => {
    expect(
      await gateway.admin('upstreams.update', {
        baseUrl: 'http://[::ffff:169.254.169.254]/v1',
        apiKey: OTHER_KEY,
      }),
    ).toMatchObject({ status: 400, error: { code: 'upstream_address_forbidden' } })
    expect(await view()).toMatchObject({
      baseUrl: gateway.upstream.baseUrl,
      key: { lastFour: UPSTREAM_KEY.slice(-4) },
    })
  })

  test('no key is in the log, the audit or any answer', async () => {
    expect(gateway.log.text).not.toContain(OTHER_KEY)
    expect(gateway.log.text).not.toContain(UPSTREAM_KEY)
  })
})

test('what the environment decides is named, and wins', async () => {
  const upstream = await startDemoUpstream({ apiKey: OTHER_KEY, acceptAnyModel: true })
  const portal = await startPortal({
    config: { upstream: { kind: 'openai', baseUrl: upstream.baseUrl, apiKey: undefined } },
  })
  onTestFinished(async () => {
    await portal.stop()
    await upstream.stop()
  })
  const { token } = portal
  const admin = { email: 'admin@example.test', password: 'correct horse battery staple' }
  const done = await portal.send({
    method: 'POST',
    path: '/api/setup.complete',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' },
    body: JSON.stringify({ token, admin, upstream: { kind: 'demo' } }),
  })
  const cookie = done.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const view = await portal.call('upstreams.get', {}, { cookie })
  expect(view.data).toMatchObject({
    kind: 'openai',
    baseUrl: upstream.baseUrl,
    overriddenBy: { kind: 'environment', baseUrl: 'environment' },
  })
})

test('a stored key stays with its host when the environment gives another address, and one entered then is for that', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-upstreams-'))
  const [first, second] = await Promise.all([
    startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true }),
    startDemoUpstream({ apiKey: OTHER_KEY, acceptAnyModel: true }),
  ])
  const start = (baseUrl?: string) =>
    startPortal({ dataDir, config: { upstream: { kind: undefined, baseUrl, apiKey: undefined } } })
  let portal = await start()
  onTestFinished(async () => {
    await portal.stop()
    await Promise.all([first.stop(), second.stop()])
    rmSync(dataDir, { recursive: true, force: true })
  })
  const viewAs = async (cookie: string) => (await portal.call('upstreams.get', {}, { cookie })).data
  const upstream = { kind: 'openai', apiKey: UPSTREAM_KEY, baseUrl: first.baseUrl }
  await portal.call('setup.complete', { token: portal.token, admin: ADMIN, upstream })
  await portal.stop()

  portal = await start(second.baseUrl)
  let cookie = await portal.signIn(ADMIN)
  expect(await viewAs(cookie)).toMatchObject({ baseUrl: second.baseUrl, isConfigured: false })
  await portal.call('upstreams.test', {}, { cookie })
  expect(second.requests.length).toBeGreaterThan(0)
  for (const { headers } of second.requests) expect(JSON.stringify(headers)).not.toContain(UPSTREAM_KEY)
  expect(portal.log.text).toContain('the stored key of the upstream is for another host')
  await portal.call('upstreams.update', { apiKey: OTHER_KEY }, { cookie })
  expect(await viewAs(cookie)).toMatchObject({ baseUrl: second.baseUrl, isConfigured: true })
  await portal.stop()

  portal = await start()
  cookie = await portal.signIn(ADMIN)
  expect(await viewAs(cookie)).toMatchObject({ baseUrl: second.baseUrl, isConfigured: true })
  for (const { headers } of first.requests) expect(JSON.stringify(headers)).not.toContain(OTHER_KEY)
})

test('a key that is entered at the set-up without an address is for the one that the environment gives', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-upstreams-'))
  const upstream = await startDemoUpstream({ apiKey: OTHER_KEY, acceptAnyModel: true })
  const start = (baseUrl?: string) =>
    startPortal({ dataDir, config: { upstream: { kind: undefined, baseUrl, apiKey: undefined } } })
  let portal = await start(`${upstream.baseUrl}/`)
  onTestFinished(async () => {
    await portal.stop()
    await upstream.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const entered = { kind: 'openai', apiKey: OTHER_KEY }
  await portal.call('setup.complete', { token: portal.token, admin: ADMIN, upstream: entered })
  for (const baseUrl of [upstream.baseUrl, undefined]) {
    await portal.stop()
    portal = await start(baseUrl)
    const cookie = await portal.signIn(ADMIN)
    expect((await portal.call('upstreams.get', {}, { cookie })).data).toMatchObject({
      baseUrl: upstream.baseUrl,
      isConfigured: true,
    })
  }
})
