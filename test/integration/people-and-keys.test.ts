// What administrators and people do through operations: accounts, balances, keys, prices, settings, usage, and the audit.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { type AuditRow, createAuditRepository } from '../../server/db/repositories/audit.ts'
import { ADMIN, type Portal, startPortal, USER } from './support/portal.ts'

const DOLLAR = 1_000_000_000
let portal: Portal
let adminCookie = ''
let userCookie = ''
let userId = ''
let people = 0

beforeAll(async () => {
  portal = await startPortal()
  adminCookie = await portal.setUp()
  userId = (await admin('users.create', USER)).data.id
  userCookie = await portal.signIn(USER)
})
afterAll(() => portal.stop())

const admin = (name: string, input?: unknown) => portal.call(name, input, { cookie: adminCookie })
const user = (name: string, input?: unknown) => portal.call(name, input, { cookie: userCookie })
const newPerson = async () => {
  people += 1
  const who = { email: `person-${people}@example.test`, password: 'a long enough password' }
  return { ...who, id: (await admin('users.create', who)).data.id as string }
}
const withKey = (secret: string, path = '/v1/models') =>
  portal.send({ path, headers: { authorization: `Bearer ${secret}` } })

/** The audit as it stands in the database, newest first. */
function auditRows(filter: { operation?: string; targetId?: string } = {}): AuditRow[] {
  const db = openDatabase(`${portal.dataDir}/gateway.db`, { readonly: true })
  try {
    return createAuditRepository(db).list({ ...filter, limit: 200 }).rows
  } finally {
    db.close()
  }
}

describe('a person', () => {
  test('made with a password is active at once, with the default balance as a gift', async () => {
    await admin('settings.update', { defaultBalanceNanoUsd: 3 * DOLLAR })
    const person = await newPerson()
    await admin('settings.update', { defaultBalanceNanoUsd: 0 })
    expect((await admin('users.get', { userId: person.id })).data).toMatchObject({
      id: person.id,
      email: person.email,
      role: 'user',
      status: 'active',
      balanceNanoUsd: 3 * DOLLAR,
      availableNanoUsd: 3 * DOLLAR,
    })
    expect(await portal.signIn(person)).not.toBe('')
  })

  test('made without a password waits, and gets the default balance when let in', async () => {
    await admin('settings.update', { defaultBalanceNanoUsd: 2 * DOLLAR })
    const { id } = (await admin('users.create', { email: 'waiting@example.test' })).data
    expect((await admin('users.get', { userId: id })).data).toMatchObject({
      status: 'pending',
      balanceNanoUsd: 0,
    })
    expect(await admin('users.setStatus', { userId: id, status: 'suspended' })).toMatchObject({ status: 400 })
    expect((await admin('users.setStatus', { userId: id, status: 'active' })).ok).toBe(true)
    for (const status of ['suspended', 'active', 'active'])
      await admin('users.setStatus', { userId: id, status })
    await admin('settings.update', { defaultBalanceNanoUsd: 0 })
    expect((await admin('users.get', { userId: id })).data).toMatchObject({
      status: 'active',
      balanceNanoUsd: 2 * DOLLAR,
    })
  })

  test('cannot be made twice under one email, however it is spelled', async () => {
    expect(
      await admin('users.create', { email: ' USER@example.test', password: USER.password }),
    ).toMatchObject({
      status: 409,
      error: { code: 'email_taken' },
    })
  })

  test('who does not exist is not found', async () => {
    for (const [name, more] of [
      ['users.get', {}],
      ['users.setStatus', { status: 'suspended' }],
      ['users.adjustBalance', { amountNanoUsd: 1 }],
    ] as const) {
      expect(await admin(name, { userId: 'nobody', ...more })).toMatchObject({
        status: 404,
        error: { code: 'user_not_found' },
      })
    }
  })

  test('who is the last administrator cannot be suspended, and with a second one can', async () => {
    const [row] = (await admin('users.list', { role: 'admin' })).data.rows
    const suspend = { userId: row.id, status: 'suspended' }
    expect(await admin('users.setStatus', suspend)).toMatchObject({
      status: 409,
      error: { code: 'last_administrator' },
    })
    const second = { email: 'second@example.test', password: 'a long enough password', role: 'admin' }
    await admin('users.create', second)
    const secondCookie = await portal.signIn(second)
    expect((await portal.call('users.setStatus', suspend, { cookie: secondCookie })).ok).toBe(true)
    expect(await admin('me.get')).toMatchObject({ error: { code: 'unauthenticated' } })
    await portal.call('users.setStatus', { userId: row.id, status: 'active' }, { cookie: secondCookie })
    adminCookie = await portal.signIn(ADMIN)
  })

  test('is found by part of the email, by role and status, page by page', async () => {
    for (let made = 0; made < 5; made += 1) await newPerson()
    const all: string[] = []
    let cursor: string | undefined
    do {
      const page = (await admin('users.list', { search: 'PERSON-', limit: 2, cursor })).data
      all.push(...page.rows.map((row: { email: string }) => row.email))
      expect(page.total).toBe(people)
      expect(page.rows.length).toBeLessThanOrEqual(2)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(all).toHaveLength(people)
    expect(new Set(all).size).toBe(people)
    expect((await admin('users.list', { limit: 201 })).status).toBe(400)
    for (const made of ['made up', '12', '1.2.3', '..']) {
      expect(await admin('users.list', { cursor: made })).toMatchObject({
        status: 400,
        error: { code: 'invalid_input' },
      })
    }
  })
})

describe('a balance', () => {
  test('is topped up, corrected, and never taken below zero', async () => {
    const { id } = await newPerson()
    const adjust = (input: Record<string, unknown>) =>
      admin('users.adjustBalance', { userId: id, note: '', ...input })
    expect((await adjust({ amountNanoUsd: 10 * DOLLAR, note: 'paid in cash' })).data.balanceNanoUsd).toBe(
      10 * DOLLAR,
    )
    expect((await adjust({ amountNanoUsd: -4 * DOLLAR })).data.availableNanoUsd).toBe(6 * DOLLAR)
    expect(await adjust({ amountNanoUsd: -7 * DOLLAR })).toMatchObject({
      status: 409,
      error: { code: 'balance_below_limit' },
    })
    expect((await adjust({ amountNanoUsd: 1, kind: 'gift' })).data.balanceNanoUsd).toBe(6 * DOLLAR + 1)
    for (const amountNanoUsd of [0, 0.5, 1e16, Number.MAX_SAFE_INTEGER + 2, '5']) {
      expect((await adjust({ amountNanoUsd })).status).toBe(400)
    }
    expect((await adjust({ amountNanoUsd: -1, kind: 'top_up' })).status).toBe(400)
    expect(auditRows({ operation: 'users.adjustBalance', targetId: id }).at(-1)).toMatchObject({
      before: { balanceNanoUsd: 0 },
      after: { balanceNanoUsd: 10 * DOLLAR, amountNanoUsd: 10 * DOLLAR, note: 'paid in cash' },
    })
  })
})

describe('an API key', () => {
  test('is shown whole once, opens the OpenAI side, and is known by its prefix afterwards', async () => {
    const made = (await user('keys.create', { name: '  laptop ' })).data
    expect(made).toMatchObject({
      userId,
      name: 'laptop',
      status: 'active',
      expiresAt: null,
      lastUsedAt: null,
    })
    expect(made.secret.startsWith(`${made.prefix}-`)).toBe(true)
    expect((await withKey(made.secret)).status).toBe(200)
    expect((await withKey(`${made.secret.slice(0, -1)}!`)).status).toBe(401)
    const listed = (await user('keys.list')).data.rows.find(({ id }: { id: string }) => id === made.id)
    expect(listed).toEqual({ ...made, secret: undefined, lastUsedAt: listed.lastUsedAt })
    expect(JSON.stringify(listed)).not.toContain(made.secret.slice(-43))
  })

  test('stops working the moment it is disabled or deleted, and works again when enabled', async () => {
    const { id, secret } = (await user('keys.create', { name: 'build' })).data
    expect((await withKey(secret)).status).toBe(200)
    await user('keys.update', { keyId: id, status: 'disabled' })
    expect(JSON.parse((await withKey(secret)).text).error.code).toBe('api_key_disabled')
    await user('keys.update', { keyId: id, status: 'active', name: 'renamed' })
    expect((await withKey(secret)).status).toBe(200)
    expect((await user('keys.delete', { keyId: id })).data).toEqual({})
    expect(JSON.parse((await withKey(secret)).text).error.code).toBe('invalid_api_key')
    expect(await user('keys.update', { keyId: id, name: 'x' })).toMatchObject({
      error: { code: 'key_not_found' },
    })
    expect(await user('keys.delete', { keyId: id })).toMatchObject({ error: { code: 'key_not_found' } })
  })

  test('stops working the moment its owner is suspended', async () => {
    const { id } = await newPerson()
    const { secret } = (await admin('keys.create', { name: 'theirs', userId: id })).data
    expect((await withKey(secret)).status).toBe(200)
    await admin('users.setStatus', { userId: id, status: 'suspended' })
    expect(JSON.parse((await withKey(secret)).text).error.code).toBe('account_suspended')
    await admin('users.setStatus', { userId: id, status: 'active' })
    expect((await withKey(secret)).status).toBe(200)
  })

  test('cannot expire in the past, have no name, or a name that hides characters', async () => {
    for (const input of [
      { name: 'x', expiresAt: 1 },
      { name: ' ' },
      { name: 'x'.repeat(101) },
      { name: 'a\u202eb' },
    ]) {
      expect(await user('keys.create', input)).toMatchObject({
        status: 400,
        error: { code: 'invalid_input' },
      })
    }
  })

  test('of somebody else does not exist for a user', async () => {
    const { id: keyId } = (await admin('keys.create', { name: 'private' })).data
    expect(await user('keys.update', { keyId, name: 'mine' })).toMatchObject({
      status: 404,
      error: { code: 'key_not_found' },
    })
    expect(await user('keys.delete', { keyId })).toMatchObject({ error: { code: 'key_not_found' } })
    const owner = (await admin('me.get')).data.id
    expect(await user('keys.create', { name: 'x', userId: owner })).toMatchObject({
      status: 403,
      error: { code: 'forbidden' },
    })
    expect(await user('keys.list', { userId: owner })).toMatchObject({
      status: 403,
      error: { code: 'forbidden' },
    })
    const ids = (await user('keys.list', { limit: 200 })).data.rows.map(
      (row: { userId: string }) => row.userId,
    )
    expect(new Set(ids)).toEqual(new Set([userId]))
  })

  test('of a user is out of reach for an administrator who is not at the machine; their own is not', async () => {
    const remote = { cookie: adminCookie, headers: { 'x-forwarded-for': '203.0.113.9' } }
    const { id: keyId } = (await user('keys.create', { name: 'far away' })).data
    expect(await portal.call('keys.create', { name: 'x', userId }, remote)).toMatchObject({
      status: 403,
      error: { code: 'remote_admin_off' },
    })
    expect(await portal.call('keys.list', { userId }, remote)).toMatchObject({
      error: { code: 'remote_admin_off' },
    })
    expect(await portal.call('usage.list', { userId }, remote)).toMatchObject({
      error: { code: 'remote_admin_off' },
    })
    expect(await portal.call('keys.delete', { keyId }, remote)).toMatchObject({
      error: { code: 'key_not_found' },
    })
    const own = (await admin('me.get')).data.id
    expect((await portal.call('keys.create', { name: 'mine' }, remote)).data.userId).toBe(own)
    const listed = (await portal.call('keys.list', { limit: 200 }, remote)).data.rows
    expect(new Set(listed.map((row: { userId: string }) => row.userId))).toEqual(new Set([own]))
    expect((await admin('keys.list', { userId })).data.rows.length).toBeGreaterThan(0)
  })
})

describe('usage', () => {
  test('of a charged request is listed, summed and taken from the balance', async () => {
    const person = await newPerson()
    const cookie = await portal.signIn(person)
    await admin('users.adjustBalance', { userId: person.id, amountNanoUsd: 20 * DOLLAR })
    const { id: keyId, secret } = (await portal.call('keys.create', { name: 'k' }, { cookie })).data
    const answered = await portal.send({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'demo-fast',
        messages: [{ role: 'user', content: 'hi' }],
        max_tokens: 20,
      }),
    })
    expect(answered.status).toBe(200)
    const { rows, nextCursor } = (await portal.call('usage.list', { keyId }, { cookie })).data
    expect(nextCursor).toBeNull()
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      userId: person.id,
      keyId,
      model: 'demo-fast',
      status: 200,
      reason: 'completed',
      isDemo: true,
    })
    expect(rows[0].costNanoUsd).toBeGreaterThan(0)
    const overview = (await portal.call('me.overview', {}, { cookie })).data
    expect(overview).toMatchObject({
      balanceNanoUsd: 20 * DOLLAR - rows[0].costNanoUsd,
      availableNanoUsd: 20 * DOLLAR - rows[0].costNanoUsd,
      openHoldsNanoUsd: 0,
      creditLimitNanoUsd: 0,
      keyCount: 1,
    })
    const summary = { includeDemo: true, keyId }
    expect((await portal.call('usage.summary', summary, { cookie })).data).toMatchObject({
      requests: 1,
      inputTokens: rows[0].inputTokens,
      outputTokens: rows[0].outputTokens,
      costNanoUsd: rows[0].costNanoUsd,
    })
    // The demo's rows are left out of spend unless asked for.
    expect((await portal.call('usage.summary', { keyId }, { cookie })).data).toMatchObject({
      requests: 0,
      costNanoUsd: 0,
    })
    // Nobody else sees them, an administrator does.
    expect((await user('usage.list', { keyId })).data.rows).toEqual([])
    expect((await user('usage.list', { userId: person.id })).error.code).toBe('forbidden')
    expect((await user('usage.summary', { userId: person.id })).error.code).toBe('forbidden')
    expect((await admin('usage.list', { keyId })).data.rows).toEqual(rows)
  })
})

describe('a price', () => {
  const row = { model: 'operator-model', inputNanoUsdPerMTok: DOLLAR, outputNanoUsdPerMTok: 4 * DOLLAR }

  test('takes effect at once, stands in the list, and may be said twice', async () => {
    const made = await admin('prices.upsert', row)
    expect(made.data).toMatchObject({ ...row, origin: 'operator' })
    const listed = (await user('prices.list')).data.rows.filter(
      ({ model }: { model: string }) => model === row.model,
    )
    expect(listed).toEqual([{ ...made.data, state: 'in_force' }])
    expect((await admin('prices.upsert', { ...row, effectiveFrom: made.data.effectiveFrom })).data).toEqual(
      made.data,
    )
    expect(auditRows({ operation: 'prices.upsert', targetId: made.data.id })).toHaveLength(1)
  })

  test('lies neither in the past nor below zero, and has to be a whole number', async () => {
    expect(await admin('prices.upsert', { ...row, effectiveFrom: 1 })).toMatchObject({
      error: { code: 'price_in_past' },
    })
    for (const inputNanoUsdPerMTok of [-1, 0.5, '1', null]) {
      expect(await admin('prices.upsert', { ...row, inputNanoUsdPerMTok })).toMatchObject({ status: 400 })
    }
  })
})

describe('settings', () => {
  test('that are not named stay as they are', async () => {
    await admin('settings.update', { announcement: 'Closed on Friday', sessionDays: 30 })
    const after = await admin('settings.update', { announcement: '' })
    expect(after.data).toMatchObject({ announcement: '', sessionDays: 30, multiplierPpm: 1_000_000 })
    expect((await admin('settings.get')).data).toEqual(after.data)
    expect(auditRows({ operation: 'settings.update' })[0]).toMatchObject({
      before: { announcement: 'Closed on Friday' },
      after: { announcement: '' },
    })
  })

  test('let a host name in at once, and refuse what is no host name', async () => {
    const named = () => portal.send({ path: '/healthz', headers: { host: 'gate.example:8080' } })
    expect((await named()).status).toBe(403)
    await admin('settings.update', { allowedHosts: ['Gate.example'] })
    expect((await named()).status).toBe(200)
    for (const allowedHosts of [['http://gate.example'], ['gate.example:80'], ['*']]) {
      expect((await admin('settings.update', { allowedHosts })).status).toBe(400)
    }
  })
})

test('the audit says who did what to whom from where, without a secret', async () => {
  const rows = auditRows()
  const operations = new Set(rows.map(({ operation }) => operation))
  for (const operation of [
    'setup.complete users.create users.setStatus users.adjustBalance',
    'keys.create keys.update keys.delete prices.upsert settings.update',
  ].flatMap((line) => line.split(' '))) {
    expect(operations).toContain(operation)
  }
  for (const row of rows) {
    expect(row.actorUserId).not.toBeNull()
    expect(row.address).toBe('127.0.0.1')
  }
  const text = JSON.stringify(rows)
  for (const secret of [ADMIN.password, USER.password, '$argon2', portal.token ?? '', 'secretHash']) {
    expect(text).not.toContain(secret)
  }
  expect(text).not.toMatch(/sk-cg-\w+-\w/)
})
