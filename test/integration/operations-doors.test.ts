// Every operation through every door: the wrong audience, no session, junk, too much, a foreign page, a foreign host.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CATALOGUE, operationNames } from '../../contract/catalogue.ts'
import type { Caller } from '../../server/operations/caller.ts'
import { type Portal, startPortal, USER } from './support/portal.ts'

let portal: Portal
let adminCookie = ''
let userCookie = ''
let userId = ''

beforeAll(async () => {
  portal = await startPortal()
  adminCookie = await portal.setUp()
  userId = (await portal.call('users.create', USER, { cookie: adminCookie })).data.id
  userCookie = await portal.signIn(USER)
})
afterAll(() => portal.stop())

const audienceOf = (name: string) => CATALOGUE.get(name)?.audience
const namesFor = (...audiences: string[]) =>
  operationNames.filter((name) => audiences.includes(audienceOf(name) ?? ''))
/** The rows that this test's own refused calls must leave as they were. */
const usersNow = async () => (await portal.call('users.list', {}, { cookie: adminCookie })).data.total

test('every operation of the design stands in the catalogue', () => {
  expect([...operationNames].sort()).toEqual(
    [
      'setup.status setup.complete auth.login auth.logout me.get me.overview',
      'users.create users.list users.get users.setStatus users.adjustBalance',
      'prices.upsert prices.list keys.create keys.list keys.update keys.rotate keys.delete',
      'prices.preview prices.import prices.withdraw prices.unpriced models.list models.setAccess models.setMultiplier',
      'upstreams.test upstreams.get upstreams.update audit.list',
      'upstreams.list upstreams.create upstreams.change upstreams.remove',
      'backups.list backups.create backups.delete backups.preview backups.restore',
      'system.status system.logs system.licences system.network',
      'usage.list usage.summary usage.series usage.top dashboard.get settings.get settings.update limits.list limits.update limits.usage policies.get policies.update',
      'auth.status auth.verifySecondFactor auth.register auth.checkLink auth.verifyEmail',
      'auth.resendVerification auth.forgotPassword auth.resetPassword',
      'me.update me.changeEmail me.withdrawEmailChange me.changePassword me.requestDeletion me.withdrawDeletion',
      'sessions.list sessions.revoke sessions.revokeOthers',
      'totp.begin totp.confirm totp.disable totp.renewRecoveryCodes',
      'users.setStatusMany users.setRole users.approve users.reject users.delete users.invite',
      'users.resetLink users.resetSecondFactor invitations.list invitations.revoke',
      'https.get https.trust https.replaceAuthority',
      'mail.get mail.update mail.list mail.retry settings.testMail',
      'usage.receipt usage.refund losses.list losses.charge losses.dismiss holds.list ledger.status ledger.check',
      'me.ledger me.statement users.update users.ledger users.statement',
      'plans.create plans.update plans.archive plans.unarchive plans.list plans.buy plans.subscriptions',
      'me.plan users.plan users.grantPlan users.endPlan',
      'codes.generate codes.list codes.listCodes codes.disable codes.enable codes.redeem codes.history',
      'notices.list notices.dismiss',
    ]
      .join(' ')
      .split(' ')
      .sort(),
  )
})

describe.each(namesFor('user', 'admin'))('%s', (name) => {
  test('answers nobody who has no session', async () => {
    expect(await portal.call(name)).toMatchObject({
      status: 401,
      ok: false,
      error: { code: 'unauthenticated' },
    })
  })

  test.each(['cg_session=', 'cg_session=junk', 'cg_session=eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0.', 'other=1'])(
    'answers nobody with the cookie %s',
    async (cookie) => {
      expect(await portal.call(name, {}, { cookie })).toMatchObject({ error: { code: 'unauthenticated' } })
    },
  )
})

describe.each(namesFor('admin'))('%s', (name) => {
  test('is not for a user who is no administrator', async () => {
    expect(await portal.call(name, {}, { cookie: userCookie })).toMatchObject({
      status: 403,
      error: { code: 'forbidden' },
    })
  })

  test('is not for an administrator whose request came through a proxy', async () => {
    const headers = { 'x-forwarded-for': '127.0.0.1' }
    expect(await portal.call(name, {}, { cookie: adminCookie, headers })).toMatchObject({
      status: 403,
      error: { code: 'remote_admin_off' },
    })
  })
})

describe.each(operationNames)('%s', (name) => {
  const post = (headers: Record<string, string>, body: string | Buffer = '{}') =>
    portal.send({
      method: 'POST',
      path: `/api/${name}`,
      headers: {
        'content-type': 'application/json',
        'x-requested-with': 'codex-gateway',
        cookie: adminCookie,
        ...headers,
      },
      body,
    })
  const codeOf = async (reply: ReturnType<typeof post>) => {
    const { status, text } = await reply
    return [status, JSON.parse(text).error?.code]
  }

  test('refuses a member that it does not know, by name', async () => {
    const reply = await post({}, '{"surprise":1}')
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([400, 'invalid_input'])
  })

  test.each(['[]', '"text"', '1', 'true', '{"__proto__":{"role":"admin"}}'])(
    'refuses the input %s',
    async (body) => {
      expect(await codeOf(post({}, body))).toEqual([400, 'invalid_input'])
    },
  )

  test('refuses what is no JSON, not UTF-8, not declared as JSON, compressed, or more than 1 MiB', async () => {
    expect(await codeOf(post({}, '{"a":'))).toEqual([400, 'invalid_json'])
    expect(await codeOf(post({}, Buffer.from([0x22, 0xff, 0x22])))).toEqual([400, 'invalid_json'])
    expect(await codeOf(post({ 'content-type': 'text/plain' }))).toEqual([415, 'unsupported_media_type'])
    expect(await codeOf(post({ 'content-encoding': 'gzip' }))).toEqual([415, 'unsupported_content_encoding'])
    expect(await codeOf(post({}, JSON.stringify({ a: 'x'.repeat(1024 * 1024) })))).toEqual([
      413,
      'request_too_large',
    ])
  })

  test('refuses a call from a page that is not ours', async () => {
    const refused = [403, 'origin_rejected']
    expect(await codeOf(post({ 'x-requested-with': 'fetch' }))).toEqual(refused)
    expect(await codeOf(post({ origin: 'http://evil.example' }))).toEqual(refused)
    expect(await codeOf(post({ origin: 'null' }))).toEqual(refused)
    expect(await codeOf(post({ 'sec-fetch-site': 'cross-site' }))).toEqual(refused)
  })

  test('refuses a host that is not ours, before anything else', async () => {
    expect(await codeOf(post({ host: 'evil.example' }))).toEqual([403, 'host_rejected'])
    expect(await codeOf(post({ host: '127.0.0.1.evil.example', 'x-requested-with': '' }))).toEqual([
      403,
      'host_rejected',
    ])
  })

  test('answers to POST alone', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const reply = await portal.send({ method, path: `/api/${name}`, headers: { cookie: adminCookie } })
      expect([reply.status, reply.headers.allow, JSON.parse(reply.text).error.code]).toEqual([
        405,
        'POST',
        'method_not_allowed',
      ])
    }
  })
})

test('no input at all stands for an empty one', async () => {
  for (const body of [undefined, '', 'null']) {
    const headers = {
      'x-requested-with': 'codex-gateway',
      'content-type': 'application/json',
      cookie: userCookie,
    }
    const sent = { method: 'POST', path: '/api/me.get', headers, ...(body === undefined ? {} : { body }) }
    expect((await portal.send(sent)).status).toBe(200)
  }
})

test('an operation that does not exist is refused by name, whatever it is called', async () => {
  for (const name of [
    'users.drop',
    'constructor',
    '__proto__',
    'toString',
    'users.create.now',
    'USERS.CREATE',
  ]) {
    expect(await portal.call(name, {}, { cookie: adminCookie })).toMatchObject({
      status: 404,
      error: { code: 'operation_not_found', details: { operation: name } },
    })
  }
})

test('none of the refused calls changed anything', async () => {
  expect(await usersNow()).toBe(2)
})

describe('without HTTP, through dispatch alone,', () => {
  const caller = (more: Partial<Caller>): Caller => ({
    door: 'ipc',
    user: undefined,
    sessionId: undefined,
    address: 'this computer',
    client: 'test',
    isLocal: true,
    mayAdminister: true,
    ...more,
  })
  const operator = caller({ user: { id: 'operator', role: 'admin' } })

  test.each(namesFor('user', 'admin'))('%s refuses nobody, and refuses junk to somebody', async (name) => {
    const { dispatch } = portal.server
    expect(await dispatch(name, {}, caller({}))).toMatchObject({
      ok: false,
      error: { code: 'unauthenticated' },
    })
    expect(await dispatch(name, { surprise: 1 }, operator)).toMatchObject({
      error: { code: 'invalid_input' },
    })
  })

  test.each(namesFor('admin'))(
    '%s refuses a user, and an administrator where administration is off',
    async (name) => {
      const { dispatch } = portal.server
      expect(await dispatch(name, {}, caller({ user: { id: userId, role: 'user' } }))).toMatchObject({
        error: { code: 'forbidden' },
      })
      expect(await dispatch(name, {}, { ...operator, mayAdminister: false })).toMatchObject({
        error: { code: 'remote_admin_off' },
      })
    },
  )

  test('the audience is asked before the input is looked at', async () => {
    const answer = await portal.server.dispatch('users.create', { surprise: 1 }, caller({}))
    expect(answer).toMatchObject({ error: { code: 'unauthenticated' } })
  })

  test('a defect is answered with an id alone, and the log has the rest under it', async () => {
    const answer = await portal.server.dispatch('me.get', {}, operator)
    if (answer.ok) throw new Error('a session of nobody was answered')
    expect(answer.error.code).toBe('internal_error')
    const errorId = String(answer.error.details?.requestId)
    const logged = portal.log.lines().find((line) => line.errorId === errorId)
    expect(JSON.stringify(logged)).toContain('who does not exist')
    expect(JSON.stringify(answer)).not.toContain('who does not exist')
  })
})
