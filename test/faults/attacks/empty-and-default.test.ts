// Attacks: credentials that many products ship with, secrets that are empty, and SQL where a name belongs. All of them fail
// closed, and change nothing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADMIN, type Portal, startPortal, USER } from '../../integration/support/portal.ts'

let portal: Portal
let admin: string

beforeAll(async () => {
  portal = await startPortal({ config: { metricsToken: 'a metrics token' } })
})
afterAll(() => portal.stop())

const PAIRS: readonly (readonly [email: string, password: string])[] = [
  ['admin@example.com', 'admin'],
  ['admin@localhost', 'password'],
  ['root@localhost', 'root'],
  ['admin@codex-gateway.local', 'changeme'],
  ['demo@example.com', 'demo'],
  ['test@example.com', 'test1234'],
]
const KEYS = ['sk-cg-default', 'sk-demo-upstream-000000000000000000000000', 'sk-1234567890', 'changeme']

const refusedAt = async (headers: Record<string, string>) => {
  const { status, text } = await portal.send({ path: '/v1/models', headers })
  return [status, JSON.parse(text).error.code]
}

test('attack: nobody gets in with what a product is shipped with, before the set-up and after it', async () => {
  for (const isSetUp of [false, true]) {
    if (isSetUp) admin = await portal.setUp()
    for (const [email, password] of PAIRS) {
      const { ok, error } = await portal.call('auth.login', { email, password })
      expect([email, ok, error.code]).toEqual([
        email,
        false,
        expect.stringMatching(/invalid_credentials|too_many/),
      ])
    }
    for (const key of KEYS) {
      expect(await refusedAt({ authorization: `Bearer ${key}` })).toEqual([401, 'invalid_api_key'])
    }
  }
})

test('attack: an empty secret opens nothing', async () => {
  await portal.call('users.create', { email: 'without@example.test' }, { cookie: admin })
  for (const value of ['', 'Bearer', 'Bearer ', 'Basic Og=='])
    expect((await refusedAt({ authorization: value }))[0]).toBe(401)
  for (const name of ['x-api-key', 'api-key']) expect((await refusedAt({ [name]: '' }))[0]).toBe(401)
  for (const email of [ADMIN.email, 'without@example.test'])
    for (const password of ['', ' ', '\u0000'])
      expect((await portal.call('auth.login', { email, password })).ok).toBe(false)
  for (const cookie of ['cg_session=', 'cg_session=""', 'cg_session=;cg_session='])
    expect((await portal.call('me.get', {}, { cookie })).error.code).toBe('unauthenticated')
  for (const [name, input] of [
    ['auth.resetPassword', { secret: '', password: USER.password }],
    ['auth.verifyEmail', { secret: '' }],
    ['codes.redeem', { code: '' }],
    ['setup.complete', { token: '', admin: ADMIN, upstream: { kind: 'demo' } }],
  ] as const)
    expect([name, (await portal.call(name, input, { cookie: admin })).ok]).toEqual([name, false])
  for (const authorization of ['Bearer ', 'Bearer', ''])
    expect(
      (await portal.send({ path: '/metrics', headers: { authorization, 'x-forwarded-for': '10.0.0.1' } }))
        .status,
    ).not.toBe(200)
})

const INJECTED = [
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '" OR 1=1 --',
  "%' UNION SELECT password_hash FROM users --",
]

test('attack: SQL in a key, an id, a search or a name is text', async () => {
  const peopleBefore = (await portal.call('users.list', {}, { cookie: admin })).data.total
  for (const sql of INJECTED) {
    const authorization = `Bearer sk-cg-${sql}-${'a'.repeat(43)}`
    expect([sql, (await refusedAt({ authorization }))[0]]).toEqual([sql, 401])
    const call = (name: string, input: object) => portal.call(name, input, { cookie: admin })
    expect((await call('users.get', { userId: sql })).error.code).toBe('user_not_found')
    expect((await call('keys.delete', { keyId: sql })).error.code).toBe('key_not_found')
    expect((await call('usage.receipt', { requestId: sql })).error.code).toBe('request_not_found')
    expect((await call('users.list', { search: sql })).data.rows).toEqual([])
    expect((await call('audit.list', { search: sql })).data.rows).toEqual([])
    expect((await call('auth.login', { email: sql, password: sql })).ok).toBe(false)
    const named = await call('keys.create', { name: sql })
    expect(named.data.name).toBe(sql)
    expect((await call('users.list', { cursor: sql })).ok).toBe(false)
  }
  const people = (await portal.call('users.list', {}, { cookie: admin })).data.total
  expect(people).toBe(peopleBefore)
})
