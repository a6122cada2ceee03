// Sessions and signing in: revoked at once, forged never, guessed slowly, and no word on who is known here.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { createUsersRepository } from '../../server/db/repositories/users.ts'
import { createSystemClock } from '../../server/host/system-clock.ts'
import { ADMIN, type Portal, startPortal, USER } from './support/portal.ts'

const DAY_MS = 86_400_000
let portal: Portal
let dataDir = ''
let adminCookie = ''
let userId = ''
/** The machine's clock, moved on by a test. */
let movedMs = 0
const system = createSystemClock()
const clock = { now: () => system.now() + movedMs, monotonicMs: () => system.monotonicMs() + movedMs }

beforeEach(async () => {
  movedMs = 0
  dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-sessions-'))
  portal = await startPortal({ dataDir, ports: { clock } })
  adminCookie = await portal.setUp()
  userId = (await portal.call('users.create', USER, { cookie: adminCookie })).data.id
})
afterEach(async () => {
  await portal.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const isSignedIn = async (cookie: string) => (await portal.call('me.get', {}, { cookie })).ok
const login = (email: string, password: string, headers = {}) =>
  portal.call('auth.login', { email, password }, { headers })

test('the cookie is out of reach for scripts and other sites, and ends with the session', async () => {
  const [cookie = ''] = (await login(USER.email, USER.password)).headers['set-cookie'] ?? []
  const [, ...attributes] = cookie.split('; ')
  expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=604800', 'Path=/', 'SameSite=Strict'])
})

test('one person has one spelling', async () => {
  expect((await login(' User@Example.TEST ', USER.password)).data.user).toMatchObject({
    id: userId,
    email: USER.email,
  })
})

test('signing out ends the session for whoever kept its cookie, and no other one', async () => {
  const [first, second] = [await portal.signIn(USER), await portal.signIn(USER)]
  const out = await portal.call('auth.logout', {}, { cookie: first })
  expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0')
  expect(await isSignedIn(first)).toBe(false)
  expect(await isSignedIn(second)).toBe(true)
})

test('a suspended person is out at once, and their old sessions stay out when they come back', async () => {
  const cookie = await portal.signIn(USER)
  await portal.call('users.setStatus', { userId, status: 'suspended' }, { cookie: adminCookie })
  expect(await isSignedIn(cookie)).toBe(false)
  expect(await login(USER.email, USER.password)).toMatchObject({
    status: 401,
    error: { code: 'account_suspended' },
  })
  await portal.call('users.setStatus', { userId, status: 'active' }, { cookie: adminCookie })
  expect(await isSignedIn(cookie)).toBe(false)
  expect(await isSignedIn(await portal.signIn(USER))).toBe(true)
})

test('a session is worth nothing once its person is not active, even where nobody ended it', async () => {
  const cookie = await portal.signIn(USER)
  const db = openDatabase(join(dataDir, 'gateway.db'))
  createUsersRepository(db).setStatus(userId, 'deleted')
  db.close()
  expect(await isSignedIn(cookie)).toBe(false)
})

test('a session outlives a restart and ends after the days that the settings give it', async () => {
  await portal.call('settings.update', { sessionDays: 2 }, { cookie: adminCookie })
  const cookie = await portal.signIn(USER)
  await portal.stop()
  portal = await startPortal({ dataDir, ports: { clock } })
  movedMs = 2 * DAY_MS - 60_000
  expect(await isSignedIn(cookie)).toBe(true)
  movedMs = 2 * DAY_MS
  expect(await isSignedIn(cookie)).toBe(false)
})

test('a token that somebody else signed, or that was changed, is nobody', async () => {
  const token = (await portal.signIn(USER)).slice('cg_session='.length)
  const [head = '', body = '', signature = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32))
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
  const changed = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url')
  for (const text of [forged, unsigned, `${head}.${changed}.${signature}`, `${token}x`]) {
    expect(await isSignedIn(`cg_session=${text}`)).toBe(false)
  }
  expect(await isSignedIn(`cg_session=${token}`)).toBe(true)
})

test('a wrong password and an unknown email get the same answer', async () => {
  const wrong = await login(USER.email, 'not the password')
  const unknown = await login('stranger@example.test', 'not the password')
  expect(wrong).toMatchObject({ status: 401, error: { code: 'invalid_credentials' } })
  expect({ ...unknown, headers: {} }).toEqual({ ...wrong, headers: {} })
  expect(unknown.headers['set-cookie']).toBeUndefined()
})

test('guessing one account is slowed down, for right guesses too, until time has passed', async () => {
  const guesses = await Promise.all(
    Array.from({ length: 12 }, (_, index) => login(USER.email, `guess number ${index}`)),
  )
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10)
  const refused = await login(USER.email, USER.password)
  expect(refused).toMatchObject({ status: 429, error: { code: 'too_many_attempts' } })
  const retryAfter = Number(refused.headers['retry-after'])
  expect(retryAfter).toBeGreaterThan(0)
  expect(retryAfter).toBeLessThanOrEqual(30)
  // Somebody else is not kept out by it.
  expect((await login(ADMIN.email, ADMIN.password)).ok).toBe(true)
  movedMs += retryAfter * 1000
  expect((await login(USER.email, USER.password)).ok).toBe(true)
})

test('wrong guesses from elsewhere keep nobody out of their own account', async () => {
  const guess = () =>
    portal.send({
      method: 'POST',
      path: '/api/auth.login',
      localAddress: '127.0.0.9',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' },
      body: JSON.stringify({ email: ADMIN.email, password: 'not the password' }),
    })
  const statuses: number[] = []
  for (let time = 0; time < 11; time += 1) statuses.push((await guess()).status)
  expect(statuses.at(-1)).toBe(429)
  expect((await login(ADMIN.email, ADMIN.password)).status).toBe(200)
})

test('guessing many accounts from one address is slowed down', async () => {
  const guesses = await Promise.all(
    Array.from({ length: 34 }, (_, index) => login(`stranger-${index}@example.test`, 'not the password')),
  )
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(4)
})

test('signing in right again and again is no guessing', async () => {
  for (let time = 0; time < 14; time += 1) expect((await login(USER.email, USER.password)).status).toBe(200)
})
