// What a person and the operator see of a balance over HTTP: the history entry by entry, the statement of a month, and the
// changes of email, role and credit limit.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditOf, onBooks } from './support/books.ts'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from './support/running-gateway.ts'

const DOLLAR = 1_000_000_000
const OTHER_MODEL = 'other-model'
let gateway: RunningGateway
let person: Person
let cookie = ''

beforeAll(async () => {
  gateway = await startGateway({ settings: { timeZone: 'Asia/Shanghai' } })
  await gateway.admin('prices.upsert', { model: OTHER_MODEL, ...TEST_RATES })
  person = await gateway.createPerson(10 * DOLLAR)
  cookie = await gateway.signIn(person.email, 'a long enough password')
})
afterAll(() => gateway.stop())

async function request(who = person, model = TEST_MODEL): Promise<Response> {
  const response = await fetch(`${gateway.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, input: 'Tell me about gates.', max_output_tokens: 200 }),
  })
  await response.text()
  return response
}

interface Entry {
  readonly seq: number
  readonly kind: string
  readonly amountNanoUsd: number
  readonly balanceAfterNanoUsd: number
  readonly requestId: string | null
  readonly model: string | null
  readonly actorUserId: string | null
}
interface History {
  readonly rows: Entry[]
  readonly nextCursor: string | null
}
interface Statement {
  readonly openingNanoUsd: number
  readonly changes: { kind: string; count: number; amountNanoUsd: number }[]
  readonly spending: { model: string; requests: number; amountNanoUsd: number }[]
  readonly spentNanoUsd: number
  readonly closingNanoUsd: number
  readonly from: number
  readonly to: number
  readonly isClosed: boolean
  readonly timeZone: string
}

const me = <T>(name: string, input: unknown = {}) => gateway.call<T>(name, input, cookie)
const monthOf = (at: number) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit' }).format(
    at,
  )

describe('the history of a balance', () => {
  test('shows changes, and with settlements everything, each with the balance it left', async () => {
    for (const model of [TEST_MODEL, OTHER_MODEL, TEST_MODEL]) await request(person, model)
    const rows = await gateway.usageOf(person)
    await gateway.admin('usage.refund', { requestId: rows[0]?.requestId, note: 'sorry' })
    const all = (await me<History>('me.ledger', { include: 'all' })).data.rows
    expect(all.map(({ kind }) => kind)).toEqual(['refund', 'settle', 'settle', 'settle', 'top_up'])
    const oldestFirst = all.toReversed()
    let balance = 0
    for (const entry of oldestFirst) {
      balance += entry.amountNanoUsd
      expect(entry.balanceAfterNanoUsd).toBe(balance)
      expect(entry.actorUserId).toBeNull()
    }
    expect(balance).toBe(await gateway.balanceOf(person))
    expect(all[1]).toMatchObject({
      model: TEST_MODEL,
      requestId: rows[0]?.requestId,
      amountNanoUsd: -(rows[0]?.costNanoUsd ?? 0),
    })
    const changes = (await me<History>('me.ledger')).data.rows
    expect(changes).toEqual(all.filter(({ kind }) => kind !== 'settle'))

    const seen = (await gateway.admin<History>('users.ledger', { userId: person.id, include: 'all' })).data
      .rows
    expect(seen.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq))
    expect(seen[0]?.actorUserId).toEqual(expect.any(String))
  })

  test('comes page by page without losing or repeating an entry', async () => {
    for (const include of ['changes', 'all']) {
      const whole = (await me<History>('me.ledger', { include })).data.rows
      const paged: Entry[] = []
      for (let cursor: string | undefined; ; ) {
        const page = (
          await me<History>('me.ledger', { include, limit: 2, ...(cursor === undefined ? {} : { cursor }) })
        ).data
        expect(page.rows.length).toBeLessThanOrEqual(2)
        paged.push(...page.rows)
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      expect(paged).toEqual(whole)
    }
  })

  test("does not show somebody else's entries, whatever cursor is sent", async () => {
    const other = await gateway.createPerson(DOLLAR)
    const otherCookie = await gateway.signIn(other.email, 'a long enough password')
    const mine = (await me<History>('me.ledger', { include: 'all' })).data.rows
    for (const include of ['changes', 'all']) {
      for (const { seq } of mine) {
        const page = await gateway.call<History>('me.ledger', { include, cursor: String(seq) }, otherCookie)
        expect(page.data.rows).toEqual([])
      }
    }
    for (const name of ['users.ledger', 'users.statement']) {
      const input = { userId: person.id, ...(name === 'users.statement' ? { month: '2026-01' } : {}) }
      expect(await gateway.call(name, input, otherCookie)).toMatchObject({
        status: 403,
        error: { code: 'forbidden' },
      })
    }
  })

  test('of nobody is not found, and junk is refused', async () => {
    expect(await gateway.admin('users.ledger', { userId: 'nobody' })).toMatchObject({
      status: 404,
      error: { code: 'user_not_found' },
    })
    for (const input of [
      { include: 'holds' },
      { limit: 0 },
      { limit: 201 },
      { cursor: '1.a' },
      { cursor: '-1' },
      { userId: person.id },
    ]) {
      expect(await me('me.ledger', input)).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
    }
  })
})

describe('a statement', () => {
  const statement = async (month: string) => (await me<Statement>('me.statement', { month })).data

  test('of this month adds up to the balance, model by model and kind by kind', async () => {
    const month = await statement(monthOf(Date.now()))
    const rows = await gateway.usageOf(person)
    const spentOn = (model: string) =>
      rows.filter((row) => row.model === model).reduce((sum, row) => sum + row.costNanoUsd, 0)
    expect(month).toMatchObject({ timeZone: 'Asia/Shanghai', isClosed: false, openingNanoUsd: 0 })
    expect(month.closingNanoUsd).toBe(await gateway.balanceOf(person))
    expect(month.changes).toEqual([
      { kind: 'top_up', count: 1, amountNanoUsd: 10 * DOLLAR },
      { kind: 'refund', count: 1, amountNanoUsd: rows[0]?.costNanoUsd },
    ])
    expect(month.spending.toSorted((a, b) => (a.model < b.model ? -1 : 1))).toEqual([
      { model: OTHER_MODEL, requests: 1, amountNanoUsd: spentOn(OTHER_MODEL) },
      { model: TEST_MODEL, requests: 2, amountNanoUsd: spentOn(TEST_MODEL) },
    ])
    const changed = month.changes.reduce((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0)
    expect(month.openingNanoUsd + changed - month.spentNanoUsd).toBe(month.closingNanoUsd)
    expect(
      await gateway.admin('users.statement', { userId: person.id, month: monthOf(Date.now()) }),
    ).toMatchObject({
      data: month,
    })
  })

  test("begins and ends with the operator's calendar: an entry a millisecond before midnight there is of the month before", async () => {
    const owner = await gateway.createPerson(5 * DOLLAR)
    // 1 March 2026, 00:00 in Shanghai.
    const midnight = Date.UTC(2026, 1, 28, 16)
    await onBooks(gateway.dataDir, ({ raw }) => {
      raw.exec('DROP TRIGGER ledger_entries_no_update')
      raw.prepare('UPDATE ledger_entries SET created_at = ? WHERE user_id = ?').run(midnight - 1, owner.id)
    })
    const of = async (month: string) =>
      (await gateway.admin<Statement>('users.statement', { userId: owner.id, month })).data
    expect(await of('2026-02')).toMatchObject({
      openingNanoUsd: 0,
      closingNanoUsd: 5 * DOLLAR,
      to: midnight,
      isClosed: true,
    })
    expect(await of('2026-03')).toMatchObject({
      openingNanoUsd: 5 * DOLLAR,
      changes: [],
      spending: [],
      closingNanoUsd: 5 * DOLLAR,
      from: midnight,
    })
    expect(await of('2026-01')).toMatchObject({ openingNanoUsd: 0, closingNanoUsd: 0 })
  })

  test('of a month that has not begun, or of something that is no month, is refused', async () => {
    for (const month of [
      '2099-01',
      '2026-13',
      '2026-00',
      '2026-1',
      '26-01',
      '',
      'now',
      '2026-01-01',
      202601,
    ]) {
      expect(await me('me.statement', { month })).toMatchObject({
        status: 400,
        error: { code: 'invalid_input' },
      })
    }
    expect(await me('me.statement')).toMatchObject({ status: 400 })
    expect(await gateway.admin('users.statement', { userId: 'nobody', month: '2026-01' })).toMatchObject({
      status: 404,
      error: { code: 'user_not_found' },
    })
  })

  test('of many at once answers each of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => me<Statement>('me.statement', { month: monthOf(Date.now()) })),
    )
    expect(new Set(answers.map(({ data }) => data.closingNanoUsd)).size).toBe(1)
  })
})

describe('changing a person', () => {
  const update = (userId: string, changes: Record<string, unknown>) =>
    gateway.admin('users.update', { userId, ...changes })

  test('a credit limit takes effect with the next request, in memory, on disk and in the audit', async () => {
    const owner = await gateway.createPerson(0)
    expect((await request(owner)).status).toBe(429)
    expect((await update(owner.id, { creditLimitNanoUsd: 5 * DOLLAR })).data).toMatchObject({
      creditLimitNanoUsd: 5 * DOLLAR,
      availableNanoUsd: 5 * DOLLAR,
    })
    expect((await request(owner)).status).toBe(200)
    const stored = await onBooks(gateway.dataDir, ({ raw }) =>
      raw.prepare('SELECT credit_limit_nano_usd FROM balances WHERE user_id = ?').pluck().get(owner.id),
    )
    expect(stored).toBe(5 * DOLLAR)
    expect(await auditOf(gateway.dataDir, { operation: 'users.update', targetId: owner.id })).toMatchObject([
      { before: { creditLimitNanoUsd: 0 }, after: { creditLimitNanoUsd: 5 * DOLLAR } },
    ])
    await gateway.usageOf(owner)
    const owed = -(await gateway.balanceOf(owner))
    expect(owed).toBeGreaterThan(0)
    expect(await update(owner.id, { creditLimitNanoUsd: owed - 1 })).toMatchObject({
      status: 409,
      error: { code: 'credit_limit_in_use', details: { minNanoUsd: owed } },
    })
    expect((await update(owner.id, { creditLimitNanoUsd: owed })).data).toMatchObject({ availableNanoUsd: 0 })
    expect((await request(owner)).status).toBe(429)
  })

  test('the last administrator stays one; with a second one a role changes at once', async () => {
    const users = await gateway.admin<{ rows: { id: string }[] }>('users.list', { role: 'admin' })
    const first = users.data.rows[0]?.id ?? ''
    expect(await update(first, { role: 'user' })).toMatchObject({
      status: 409,
      error: { code: 'last_administrator' },
    })
    const other = await gateway.createPerson(0)
    const otherCookie = await gateway.signIn(other.email, 'a long enough password')
    expect(await gateway.call('users.list', {}, otherCookie)).toMatchObject({ status: 403 })
    expect((await update(other.id, { role: 'admin' })).data).toMatchObject({ role: 'admin' })
    expect((await gateway.call('users.list', {}, otherCookie)).ok).toBe(true)
    expect((await update(other.id, { role: 'user' })).data).toMatchObject({ role: 'user' })
    expect(await gateway.call('users.list', {}, otherCookie)).toMatchObject({ status: 403 })
    expect(await auditOf(gateway.dataDir, { operation: 'users.update', targetId: other.id })).toMatchObject([
      { before: { role: 'admin' }, after: { role: 'user' } },
      { before: { role: 'user' }, after: { role: 'admin' } },
    ])
  })

  test('an email is changed and signed in with, and is nobody else’s', async () => {
    const owner = await gateway.createPerson(0)
    expect(await update(owner.id, { email: person.email })).toMatchObject({
      status: 409,
      error: { code: 'email_taken' },
    })
    const email = 'Renamed.Person@example.test'
    expect((await update(owner.id, { email, creditLimitNanoUsd: 7 })).data).toMatchObject({
      email: 'renamed.person@example.test',
      creditLimitNanoUsd: 7,
    })
    expect(await gateway.signIn('renamed.person@example.test', 'a long enough password')).not.toBe('')
    await expect(gateway.signIn(owner.email, 'a long enough password')).rejects.toThrow('invalid_credentials')
    expect((await update(owner.id, { email: 'renamed.person@example.test' })).ok).toBe(true)
  })

  test('a new email ends every link that was given out for the old one, and stands in no audit row', async () => {
    const owner = await gateway.createPerson(0)
    const reset = await gateway.admin<{ link: string }>('users.resetLink', { userId: owner.id })
    const token =
      new URL(reset.data.link).hash.replace(/^#(token=)?/, '') ||
      new URL(reset.data.link).searchParams.get('token')
    expect((await gateway.call('auth.checkLink', { token })).ok).toBe(true)
    expect((await update(owner.id, { email: 'moved@example.test' })).data).toMatchObject({
      isEmailVerified: false,
    })
    expect((await gateway.call('auth.checkLink', { token })).ok).toBe(false)
    const [row] = await auditOf(gateway.dataDir, { operation: 'users.update', targetId: owner.id })
    expect(row).toMatchObject({ before: {}, after: { isEmailChanged: true } })
    // What is kept: the name is looked up when the row is read.
    expect(JSON.stringify({ ...row, targetName: undefined })).not.toContain('moved@')
  })

  test('what is refused changes nothing, and junk is refused', async () => {
    const owner = await gateway.createPerson(0)
    const both = { creditLimitNanoUsd: 9, email: person.email }
    expect(await update(owner.id, both)).toMatchObject({ error: { code: 'email_taken' } })
    expect((await gateway.admin('users.get', { userId: owner.id })).data).toMatchObject({
      creditLimitNanoUsd: 0,
    })
    for (const changes of [
      {},
      { role: 'operator' },
      { email: 'nobody' },
      { creditLimitNanoUsd: -1 },
      { creditLimitNanoUsd: 0.5 },
      { creditLimitNanoUsd: 1e16 },
      { status: 'active' },
      { balanceNanoUsd: 5 },
    ]) {
      expect(await update(owner.id, changes)).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
    }
    expect(await update('nobody', { role: 'user' })).toMatchObject({
      status: 404,
      error: { code: 'user_not_found' },
    })
  })
})
