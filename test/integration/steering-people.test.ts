// What administrators do to accounts: one and many, suspended at once, deleted for good; and what they cannot do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import {
  cookieIn,
  type MailingPortal,
  PASSWORD,
  startMailingPortal,
  tokenIn,
} from './support/mailing-portal.ts'
import { ADMIN } from './support/portal.ts'

const DOLLAR = 1_000_000_000
const ANN = { email: 'ann@example.test', password: PASSWORD }

let at: MailingPortal
beforeEach(async () => {
  at = await startMailingPortal()
})
afterEach(() => at.stop())

const create = async (email: string, more = {}) =>
  (await at.admin('users.create', { email, password: PASSWORD, ...more })).data
const withKey = (secret: string) =>
  at.portal.send({ path: '/v1/models', headers: { authorization: `Bearer ${secret}` } })

/** Everything that the file holds, as one searches a stolen one: the write-ahead log too. */
function rowsWith(text: string): string[] {
  const db = openDatabase(`${at.dataDir}/gateway.db`, { readonly: true })
  try {
    const tables = db.raw
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all() as string[]
    return tables.filter((table) =>
      db.raw
        .prepare(`SELECT * FROM "${table}"`)
        .all()
        .some((row) => JSON.stringify(row).includes(text)),
    )
  } finally {
    db.close()
  }
}

describe('deleting a person', () => {
  test('ends everything at once, leaves nothing that says who it was, and the ledger as it was', async () => {
    const { id: userId } = await create(ANN.email)
    const cookie = cookieIn(
      await at.call('auth.login', ANN, { headers: { 'user-agent': 'the browser of Ann' } }),
    )
    const { secret } = (await at.as(cookie, 'keys.create', { name: 'ann’s laptop' })).data
    await at.admin('users.adjustBalance', { userId, amountNanoUsd: 3 * DOLLAR, note: 'November' })
    await at.as(cookie, 'totp.begin', { password: PASSWORD })
    await at.as(cookie, 'me.changeEmail', { email: 'ann@new.test', password: PASSWORD })
    expect((await withKey(secret)).status).toBe(200)
    const link = tokenIn((await at.admin('users.resetLink', { userId })).data.link)

    expect(await at.admin('users.delete', { userId, confirmEmail: 'ben@example.test' })).toMatchObject({
      status: 400,
      error: { code: 'confirmation_mismatch', details: { param: 'confirmEmail' } },
    })
    expect((await at.admin('users.delete', { userId, confirmEmail: ' Ann@Example.test' })).ok).toBe(true)

    expect((await at.as(cookie, 'me.get')).error.code).toBe('unauthenticated')
    expect((await withKey(secret)).status).toBe(401)
    expect((await at.call('auth.login', ANN)).error.code).toBe('invalid_credentials')
    expect((await at.call('auth.resetPassword', { token: link, password: PASSWORD })).status).toBe(410)
    const row = (await at.admin('users.list', { status: 'deleted' })).data.rows[0]
    expect(row).toMatchObject({
      id: userId,
      email: `deleted-${userId}@deleted.invalid`,
      status: 'deleted',
      hasPassword: false,
      hasSecondFactor: false,
      balanceNanoUsd: 3 * DOLLAR,
    })
    // The audit is never changed: what was written down while the person was here stays.
    await at.portal.stop()
    for (const trace of ['ann@', 'ann’s laptop', 'the browser of Ann']) {
      expect(rowsWith(trace).filter((table) => table !== 'audit')).toEqual([])
    }
    expect(rowsWith('November')).toContain('ledger_entries')
    await at.restart()
    expect((await at.call('auth.login', ADMIN)).ok).toBe(true)
  })

  test('happens once, frees the address, and hides the row from the list unless it is asked for', async () => {
    const { id: userId } = await create(ANN.email)
    await at.admin('users.delete', { userId, confirmEmail: ANN.email })
    for (const [name, more] of [
      ['users.delete', { confirmEmail: ANN.email }],
      ['users.setStatus', { status: 'active' }],
      ['users.setRole', { role: 'admin' }],
      ['users.resetLink', {}],
      ['users.adjustBalance', { amountNanoUsd: 1 }],
    ] as const) {
      expect((await at.admin(name, { userId, ...more })).error.code).toBe('user_not_found')
    }
    expect((await create(ANN.email)).id).not.toBe(userId)
    const { total, counts } = (await at.admin('users.list')).data
    expect(total).toBe(2)
    expect(counts).toMatchObject({ active: 2, deleted: 1 })
  })
})

describe('the last administrator', () => {
  test('cannot be deleted, suspended, or made a plain user', async () => {
    const [row] = (await at.admin('users.list', { role: 'admin' })).data.rows
    const userId = row.id
    for (const [name, more] of [
      ['users.delete', { confirmEmail: ADMIN.email }],
      ['users.setStatus', { status: 'suspended' }],
      ['users.setRole', { role: 'user' }],
    ] as const) {
      expect(await at.admin(name, { userId, ...more })).toMatchObject({
        status: 409,
        error: { code: 'last_administrator' },
      })
    }
    const many = await at.admin('users.setStatusMany', { userIds: [userId], status: 'suspended' })
    expect(many.data.rows[0]).toMatchObject({ user: null, error: { code: 'last_administrator' } })
  })

  test('is the last one who has a password: another one without cannot sign in', async () => {
    const [row] = (await at.admin('users.list', { role: 'admin' })).data.rows
    const { id: other } = (await at.admin('users.create', { email: 'ben@example.test', role: 'admin' })).data
    await at.admin('users.approve', { userId: other })
    const demote = (userId: string) => at.admin('users.setRole', { userId, role: 'user' })
    expect((await demote(row.id)).error).toMatchObject({ code: 'last_administrator' })
    expect((await demote(other)).ok).toBe(true)
  })

  test('a second one makes it possible, and a role counts from the next call on', async () => {
    const ben = await create('ben@example.test')
    const cookie = cookieIn(await at.call('auth.login', { email: 'ben@example.test', password: PASSWORD }))
    expect((await at.as(cookie, 'users.list')).error.code).toBe('forbidden')
    expect((await at.admin('users.setRole', { userId: ben.id, role: 'admin' })).data.role).toBe('admin')
    expect((await at.as(cookie, 'users.list')).ok).toBe(true)
    expect((await at.admin('users.setRole', { userId: ben.id, role: 'user' })).ok).toBe(true)
    expect((await at.as(cookie, 'users.list')).error.code).toBe('forbidden')
  })
})

describe('many at once', () => {
  test('each for itself: what is refused for one leaves the others as they are', async () => {
    const [ann, ben] = [await create('ann@example.test'), await create('ben@example.test')]
    const waiting = (await at.admin('users.create', { email: 'waits@example.test' })).data
    const userIds = [ann.id, 'nobody', waiting.id, ben.id]
    const { rows } = (await at.admin('users.setStatusMany', { userIds, status: 'suspended' })).data
    expect(rows.map((row: { userId: string }) => row.userId)).toEqual(userIds)
    expect(rows).toMatchObject([
      { user: { status: 'suspended' }, error: null },
      { user: null, error: { code: 'user_not_found' } },
      { user: null, error: { code: 'invalid_input' } },
      { user: { status: 'suspended' }, error: null },
    ])
    await at.admin('users.setStatusMany', { userIds: [ann.id, waiting.id], status: 'active' })
    expect((await at.admin('users.list')).data.counts).toMatchObject({ active: 3, suspended: 1, pending: 0 })
  })

  test('are at most a hundred', async () => {
    const userIds = Array.from({ length: 101 }, (_, index) => `user-${index}`)
    expect((await at.admin('users.setStatusMany', { userIds, status: 'active' })).error.code).toBe(
      'invalid_input',
    )
    expect((await at.admin('users.setStatusMany', { userIds: [], status: 'active' })).status).toBe(400)
  })
})

describe('the list of people', () => {
  test('is sorted by each column, either way, and a page goes on where the last one ended', async () => {
    const people = ['bea', 'abe', 'dan', 'cyd']
    for (const [index, name] of people.entries()) {
      const { id } = await create(`${name}@example.test`)
      if (index > 0)
        await at.admin('users.adjustBalance', { userId: id, amountNanoUsd: (index % 2) * DOLLAR + index })
    }
    await at.call('auth.login', { email: 'dan@example.test', password: PASSWORD })
    const namesBy = async (sort: string, direction: string) => {
      const names: string[] = []
      let cursor: string | undefined
      do {
        const { data } = await at.admin('users.list', {
          sort,
          direction,
          limit: 2,
          search: '@example',
          cursor,
        })
        names.push(...data.rows.map((row: { email: string }) => row.email.split('@')[0]))
        expect(data.total).toBe(5)
        cursor = data.nextCursor ?? undefined
      } while (cursor !== undefined)
      return names
    }
    expect(await namesBy('email', 'asc')).toEqual(['abe', 'admin', 'bea', 'cyd', 'dan'])
    expect(await namesBy('email', 'desc')).toEqual(['dan', 'cyd', 'bea', 'admin', 'abe'])
    expect(await namesBy('createdAt', 'asc')).toEqual(['admin', ...people])
    expect(await namesBy('createdAt', 'desc')).toEqual([...people].reverse().concat('admin'))
    expect((await namesBy('balance', 'desc')).slice(0, 3)).toEqual(['cyd', 'abe', 'dan'])
    expect((await namesBy('lastSeenAt', 'desc')).slice(0, 2).sort()).toEqual(['admin', 'dan'])
    expect((await at.admin('users.list', { sort: 'password' })).status).toBe(400)
    expect((await at.admin('users.list', { cursor: '1.nobody' })).data.rows).toEqual([])
  })
})

describe('a suspended person', () => {
  test('loses portal, API and every link at once, and has the portal back by signing in again', async () => {
    const { id: userId } = await create(ANN.email)
    const cookie = cookieIn(await at.call('auth.login', ANN))
    const { secret } = (await at.as(cookie, 'keys.create', { name: 'laptop' })).data
    const link = tokenIn((await at.admin('users.resetLink', { userId })).data.link)
    expect((await withKey(secret)).status).toBe(200)
    await at.admin('users.setStatus', { userId, status: 'suspended' })
    expect((await at.as(cookie, 'me.get')).error.code).toBe('unauthenticated')
    expect(JSON.parse((await withKey(secret)).text).error.code).toBe('account_suspended')
    expect((await at.call('auth.login', ANN)).error.code).toBe('account_suspended')
    await at.admin('users.setStatus', { userId, status: 'active' })
    expect((await withKey(secret)).status).toBe(200)
    expect((await at.as(cookie, 'me.get')).ok).toBe(false)
    expect((await at.call('auth.resetPassword', { token: link, password: PASSWORD })).status).toBe(410)
    expect((await at.call('auth.login', ANN)).ok).toBe(true)
  })
})
