// A change and its row in the audit are one: where the row cannot be written, nothing has changed, on disk or in memory, and
// asking again does it once. What made or took away a file stands, and says in the log what the audit lacks.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { leaveOpen, onBooks, withoutAudit as withoutAuditIn } from './support/books.ts'
import { smtpSettings } from './support/mailing-portal.ts'
import { ADMIN, startPortal } from './support/portal.ts'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

// Each looks at everything before and after.
vi.setConfig({ testTimeout: 60_000 })

const DOLLAR = 1_000_000_000
const LOST = 'req_lost'
let dataDir = ''
let gateway: RunningGateway
let person: Person
let cookie = ''
let planId = ''

/** A crash has left a request open. */
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-audited-'))
  const first = await startGateway({ dataDir })
  person = await first.createPerson()
  await first.stop()
  const priceId = await onBooks(dataDir, ({ raw }) =>
    raw.prepare<[string], string>('SELECT id FROM prices WHERE model = ?').pluck().get(TEST_MODEL),
  )
  const held = {
    requestId: LOST,
    userId: person.id,
    keyId: person.keyId,
    model: TEST_MODEL,
    priceId: priceId ?? '',
    amountNanoUsd: DOLLAR,
    planSubscriptionId: null,
    createdAt: Date.now() - 60_000,
  }
  await leaveOpen(dataDir, [held])
  gateway = await startGateway({ dataDir })
  cookie = await gateway.signIn(person.email, 'a long enough password')
  planId = (await made('plans.create', { name: 'Pro', priceNanoUsd: DOLLAR, days: 30 })).id ?? ''
})
afterAll(async () => {
  await gateway.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function made(operation: string, input: object): Promise<Record<string, string>> {
  const answer = await gateway.admin<Record<string, string>>(operation, input)
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  return answer.data
}

const withoutAudit = <T>(work: () => Promise<T>) => withoutAuditIn(dataDir, work)

async function chargedRequest(): Promise<string> {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await answer.text()
  await gateway.usageOf(person)
  return answer.headers.get('x-request-id') ?? ''
}

const freshCode = async (input: object): Promise<string> => {
  const batch = await made('codes.generate', { count: 1, ...input })
  return (batch as unknown as { codes: string[] }).codes[0] ?? ''
}

/** What screens show of everything that is changed here. */
async function shown(): Promise<unknown> {
  const userId = person.id
  const views = [
    ['users.get', { userId }],
    ['users.plan', { userId }],
    ['users.ledger', { userId }],
    ['losses.list', {}],
    ['limits.list', { subjectId: userId }],
    ['policies.get', { scope: 'user', subjectId: userId }],
    ['settings.get', {}],
    ['mail.get', {}],
  ] as const
  const answers = await Promise.all(views.map(([name, input]) => gateway.admin(name, input)))
  return answers.map(({ data, error }) => data ?? error)
}

interface Change {
  readonly input: () => object | Promise<object>
  /** Asked by the person, and not by the administrator. */
  readonly isOwn?: boolean
}

const CHANGES: Readonly<Record<string, Change>> = {
  'users.adjustBalance': {
    input: () => ({ userId: person.id, amountNanoUsd: 5 * DOLLAR, note: 'in cash' }),
  },
  'usage.refund': { input: async () => ({ requestId: await chargedRequest(), note: 'a bad answer' }) },
  'losses.charge': { input: () => ({ requestId: LOST, note: 'seen on the bill' }) },
  'plans.buy': { input: () => ({ planId }), isOwn: true },
  'users.endPlan': { input: () => ({ userId: person.id }) },
  'users.grantPlan': { input: () => ({ userId: person.id, planId }) },
  'codes.redeem': {
    input: async () => ({ code: await freshCode({ kind: 'balance', amountNanoUsd: DOLLAR }) }),
    isOwn: true,
  },
  'limits.update': {
    input: () => ({
      scope: 'user',
      subjectId: person.id,
      rules: [{ metric: 'requests', window: 'minute', value: 500 }],
    }),
  },
  'policies.update': {
    input: () => ({ scope: 'user', subjectId: person.id, policy: { webSearch: false } }),
  },
  'settings.update': { input: () => ({ announcement: 'Lunch is at noon' }) },
  'mail.update': { input: () => ({ ...smtpSettings(9), smtpPassword: 'of the mail server' }) },
}

test.each(Object.entries(CHANGES))(
  '%s does nothing without its row in the audit, and once when it is asked for again',
  async (operation, { input: inputOf, isOwn = false }) => {
    const input = await inputOf()
    const ask = () => (isOwn ? gateway.call(operation, input, cookie) : gateway.admin(operation, input))
    const [before, rowsBefore] = [await shown(), await rowsOf(operation)]
    const refused = await withoutAudit(ask)
    expect(refused.ok).toBe(false)
    expect(await shown()).toEqual(before)
    expect(await ask()).toMatchObject({ ok: true })
    expect(await shown()).not.toEqual(before)
    expect(await rowsOf(operation)).toHaveLength(rowsBefore.length + 1)
  },
)

test('a set-up that is not written down leaves nothing behind', async () => {
  const portal = await startPortal()
  const status = async () => {
    const answers = [await portal.call('auth.status'), await portal.call('setup.status')]
    return answers.map(({ data }) => data)
  }
  const setUp = () =>
    portal.call('setup.complete', {
      token: portal.token,
      admin: ADMIN,
      upstream: { kind: 'demo' },
      settings: { productName: 'Named at the set-up' },
    })
  try {
    const before = await status()
    expect((await withoutAuditIn(portal.dataDir, setUp)).ok).toBe(false)
    expect(await status()).toEqual(before)
    expect((await setUp()).ok).toBe(true)
    expect(await status()).toMatchObject([{ productName: 'Named at the set-up' }, { isDone: true }])
  } finally {
    await portal.stop()
  }
})

test('another authority is there where the audit takes no row, which the log has then', async () => {
  const authority = async () => (await gateway.admin<{ authority: unknown }>('https.get')).data.authority
  await made('settings.update', { https: 'beside_http' })
  const before = await authority()
  expect(await withoutAudit(() => gateway.admin('https.replaceAuthority'))).toMatchObject({ ok: true })
  expect(await authority()).not.toEqual(before)
  expect(lostRows()).toContainEqual(expect.objectContaining({ operation: 'https.replaceAuthority' }))
})

test.each(['backups.create', 'backups.delete'])(
  '%s has been done where the audit takes no row, which the log has then',
  async (operation) => {
    const input = operation === 'backups.delete' ? { backupId: (await made('backups.create', {})).id } : {}
    const backups = async () => (await gateway.admin<{ rows: object[] }>('backups.list')).data.rows.length
    const before = await backups()
    expect(await withoutAudit(() => gateway.admin(operation, input))).toMatchObject({ ok: true })
    expect(await backups()).toBe(before + (operation === 'backups.delete' ? -1 : 1))
    expect(lostRows()).toContainEqual(expect.objectContaining({ operation, targetType: 'backup' }))
  },
)

const rowsOf = async (operation: string) =>
  (await gateway.admin<{ rows: object[] }>('audit.list', { operation })).data.rows

const lostRows = () =>
  gateway.log
    .lines()
    .filter(({ event }) => event === 'audit_row_lost')
    .map(({ row }) => row)
