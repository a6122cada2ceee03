// Set-up: it opens the product once, to whoever started it, and can be taken over by nobody else.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ADMIN, type Portal, startPortal } from './support/portal.ts'

const SECRET_PASSWORD = 'open sesame, 1001 nights'
const UPSTREAM_KEY = 'sk-upstream-test-4f9a2b7c1d'
/** Where whoever is not on this machine would reach it, and from where this machine then looks like another one. */
const OWN_ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
let portal: Portal
let dataDir = ''

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-setup-'))
  portal = await startPortal({ dataDir })
})
afterEach(async () => {
  await portal.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const restart = async (config: Parameters<typeof startPortal>[0] = {}) => {
  await portal.stop()
  portal = await startPortal({ dataDir, ...config })
}
const complete = (more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  portal.call(
    'setup.complete',
    { token: portal.token, admin: ADMIN, upstream: { kind: 'demo' }, ...more },
    { headers },
  )

test('a new gateway says so, and tells the token to the person who started it and to no log', async () => {
  expect((await portal.call('setup.status')).data).toEqual({
    isDone: false,
    isTokenRequired: true,
    upstream: { kind: null, isConfigured: false },
    network: { host: '127.0.0.1', port: 0, addresses: [portal.url], isOpenToNetwork: false },
  })
  const afar = await portal.call('setup.status', {}, { headers: { 'x-forwarded-for': '127.0.0.1' } })
  expect(afar.data.network).toBeNull()
  expect(portal.token).toMatch(/^[0-9A-Za-z]{32}$/)
  expect(portal.told.join()).toContain(`${portal.url}/api/setup.complete`)
  expect(portal.log.text).not.toContain(portal.token)
})

describe('the set-up is refused', () => {
  afterEach(async () => {
    expect((await portal.call('setup.status')).data.isDone).toBe(false)
  })

  test.each([undefined, '', 'wrong', 'x'.repeat(200)])('with the token %j', async (token) => {
    expect(await complete({ token })).toMatchObject({ status: 403, error: { code: 'setup_token_invalid' } })
  })

  test.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])(
    'through a proxy (%s), even with the token',
    async (name) => {
      expect(await complete({}, { [name]: '127.0.0.1' })).toMatchObject({
        status: 403,
        error: { code: 'setup_not_local' },
      })
    },
  )

  test.skipIf(OWN_ADDRESS === undefined)('from another machine, even with the token', async () => {
    await restart({ config: { host: '0.0.0.0' } })
    const response = await fetch(`http://${OWN_ADDRESS}:${portal.port}/api/setup.complete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' },
      body: JSON.stringify({ token: portal.token, admin: ADMIN, upstream: { kind: 'demo' } }),
    })
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { ok: false, error: { code: 'setup_not_local' } },
    ])
  })

  test('from a page of another site, even with the token', async () => {
    expect(await complete({}, { origin: 'http://evil.example' })).toMatchObject({
      error: { code: 'origin_rejected' },
    })
  })

  test.each([
    [{ admin: { email: 'nobody', password: SECRET_PASSWORD } }, 'admin.email'],
    [{ admin: { email: 'a@b.test', password: 'short' } }, 'admin.password'],
    [{ admin: { email: 'a@b.test', password: 'x'.repeat(257) } }, 'admin.password'],
    [{ upstream: { kind: 'azure' } }, 'upstream.kind'],
    [{ upstream: { kind: 'openai' } }, 'upstream.apiKey'],
    [{ upstream: { kind: 'openai', apiKey: 'sk', baseUrl: 'file:///etc/passwd' } }, 'upstream.baseUrl'],
    [{ upstream: { kind: 'openai', apiKey: 'sk', baseUrl: 'http://u:p@host/v1' } }, 'upstream.baseUrl'],
    [{ settings: { sessionDays: 0 } }, 'settings.sessionDays'],
  ])('with %j, naming %s', async (input, member) => {
    const refused = await complete(input)
    expect(refused).toMatchObject({
      status: 400,
      error: { code: 'invalid_input', details: { param: member } },
    })
    expect(refused.error.message).toContain(member)
    expect(JSON.stringify(refused)).not.toContain(SECRET_PASSWORD)
  })
})

test('completing it makes an administrator, signs them in, and lets requests through at once', async () => {
  const done = await complete({ settings: { announcement: 'Welcome', defaultBalanceNanoUsd: 5_000_000_000 } })
  expect(done).toMatchObject({ status: 200, data: { email: ADMIN.email } })
  const cookie = done.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  expect((await portal.call('me.overview', {}, { cookie })).data).toMatchObject({
    announcement: 'Welcome',
    balanceNanoUsd: 5_000_000_000,
  })
  const { secret } = (await portal.call('keys.create', { name: 'first' }, { cookie })).data
  const models = await portal.send({ path: '/v1/models', headers: { authorization: `Bearer ${secret}` } })
  expect(models.status).toBe(200)
  expect(JSON.parse(models.text).data.map(({ id }: { id: string }) => id)).toContain('demo-smart')
})

test('it happens once: neither a second call nor a restart opens it again, token or not', async () => {
  const { token } = portal
  expect((await complete()).ok).toBe(true)
  const again = { admin: { email: 'thief@example.test', password: SECRET_PASSWORD } }
  expect(await complete({ ...again, token })).toMatchObject({
    status: 409,
    error: { code: 'setup_already_done' },
  })
  await restart()
  expect(portal.told).toEqual([])
  expect((await portal.call('setup.status')).data).toMatchObject({ isDone: true, isTokenRequired: false })
  expect(await complete({ ...again, token })).toMatchObject({ error: { code: 'setup_already_done' } })
  expect(await portal.signIn({ email: 'thief@example.test', password: SECRET_PASSWORD })).toBe('')
})

test('of many calls at once, one wins and there is one administrator', async () => {
  const calls = Array.from({ length: 8 }, (_, index) =>
    complete({ admin: { email: `admin-${index}@example.test`, password: SECRET_PASSWORD } }),
  )
  const done = await Promise.all(calls)
  expect(done.filter(({ ok }) => ok)).toHaveLength(1)
  const winner = done.find(({ ok }) => ok)
  const cookie = await portal.signIn({ email: winner?.data.email, password: SECRET_PASSWORD })
  expect((await portal.call('users.list', {}, { cookie })).data.total).toBe(1)
})

test('neither the password, the upstream key, the token nor an API key stands in clear in any file', async () => {
  const upstream = { kind: 'openai', apiKey: UPSTREAM_KEY, baseUrl: 'http://127.0.0.1:9/v1/' }
  const done = await complete({ admin: { ...ADMIN, password: SECRET_PASSWORD }, upstream })
  const cookie = done.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const { secret } = (await portal.call('keys.create', { name: 'first' }, { cookie })).data
  expect((await portal.call('setup.status')).data.upstream).toEqual({ kind: 'openai', isConfigured: true })
  await portal.stop()
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  expect(files.map(({ name }) => name)).toContain('gateway.db')
  const everything = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))))
  const secrets = [
    SECRET_PASSWORD,
    UPSTREAM_KEY,
    portal.token ?? '',
    secret,
    secret.split('-')[3],
    cookie.slice(12),
  ]
  for (const text of secrets) {
    expect(everything.includes(Buffer.from(text))).toBe(false)
    expect(portal.log.text).not.toContain(text)
  }
  portal = await startPortal({ dataDir })
  // The key was stored all the same: after a restart there is an upstream.
  expect((await portal.call('setup.status')).data.upstream).toEqual({ kind: 'openai', isConfigured: true })
})

describe('from the environment', () => {
  const environment = { kind: 'demo', baseUrl: undefined, apiKey: undefined } as const

  test('email and password complete it, and are ignored once it is done', async () => {
    await restart({ config: { admin: ADMIN, upstream: environment } })
    expect(portal.told).toEqual([])
    expect((await portal.call('setup.status')).data).toMatchObject({
      isDone: true,
      upstream: { kind: 'demo' },
    })
    const cookie = await portal.signIn(ADMIN)
    expect((await portal.call('me.get', {}, { cookie })).data).toMatchObject({
      email: ADMIN.email,
      role: 'admin',
    })

    const other = { email: 'other@example.test', password: 'x' }
    await restart({ config: { admin: other } })
    expect(await portal.signIn(other)).toBe('')
    expect(await portal.signIn(ADMIN)).not.toBe('')
    // What the environment chose at the set-up was stored with it.
    expect((await portal.call('setup.status')).data.upstream).toEqual({ kind: 'demo', isConfigured: true })
  })

  test('without an upstream it is completed, and the gateway says that it has none', async () => {
    await restart({ config: { admin: ADMIN } })
    expect((await portal.call('setup.status')).data).toEqual({
      isDone: true,
      isTokenRequired: false,
      upstream: { kind: null, isConfigured: false },
      network: null,
    })
    expect((await portal.send({ path: '/readyz' })).status).toBe(503)
  })

  test('the environment wins over what was stored', async () => {
    expect((await complete()).ok).toBe(true)
    await restart({
      config: { upstream: { kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1', apiKey: UPSTREAM_KEY } },
    })
    expect((await portal.call('setup.status')).data.upstream.kind).toBe('openai')
    await restart()
    expect((await portal.call('setup.status')).data.upstream.kind).toBe('demo')
  })

  test.each([
    [{ email: ADMIN.email, password: undefined }, 'CODEX_GATEWAY_ADMIN_PASSWORD is missing'],
    [{ email: undefined, password: ADMIN.password }, 'CODEX_GATEWAY_ADMIN_EMAIL is missing'],
    [{ email: 'nobody', password: ADMIN.password }, 'CODEX_GATEWAY_ADMIN_EMAIL has to be'],
    [{ email: ADMIN.email, password: 'short' }, 'CODEX_GATEWAY_ADMIN_PASSWORD has to have at least 10'],
  ])('%j is refused by name, and the data folder is free again', async (admin, words) => {
    await portal.stop()
    await expect(startPortal({ dataDir, config: { admin } })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(words),
    })
    portal = await startPortal({ dataDir })
    expect((await portal.call('setup.status')).data.isDone).toBe(false)
  })
})
