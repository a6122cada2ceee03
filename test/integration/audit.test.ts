// The audit over HTTP: filters, search, pages; and that every operation by which an administrator changes something writes a
// row. An operation that is new has to be entered here, or the first test fails.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CATALOGUE, operationNames } from '../../contract/catalogue.ts'
import { isReading } from '../../server/operations/change-events.ts'
import { ADMIN, type Portal, startPortal, USER } from './support/portal.ts'

let portal: Portal
let cookie = ''
/** What earlier changes made, for later ones to change. */
const made: Record<string, string> = {}

beforeAll(async () => {
  portal = await startPortal()
  cookie = await portal.setUp()
})
afterAll(() => portal.stop())

const admin = (name: string, input: unknown = {}) => portal.call(name, input, { cookie })
const audit = async (input: object = {}) => (await admin('audit.list', input)).data

const RATES = { inputNanoUsdPerMTok: 1, outputNanoUsdPerMTok: 1 }
const PERSON_LATER = 'later@example.test'

interface Change {
  readonly input: () => unknown | Promise<unknown>
  /** Takes from the answer what later changes need. */
  readonly keep?: (data: Record<string, string>) => void
}

/** Every operation that changes something of others', in an order in which they work. */
const CHANGES: Readonly<Record<string, Change>> = {
  'users.create': {
    input: () => USER,
    keep: (data) => {
      made.userId = data.id ?? ''
    },
  },
  'users.adjustBalance': {
    input: () => ({ userId: made.userId, amountNanoUsd: 5_000_000_000, note: 'welcome' }),
  },
  'users.setStatus': { input: () => ({ userId: made.userId, status: 'suspended' }) },
  'prices.upsert': { input: () => ({ model: 'audited', ...RATES }) },
  'prices.import': {
    input: async () => {
      const rows = [{ model: 'imported', ...RATES, effectiveFrom: Date.now() + 3_600_000 }]
      return { rows, fingerprint: (await admin('prices.preview', { rows })).data.fingerprint }
    },
    keep: (data) => {
      made.priceId = (data.rows as unknown as { id: string }[])[0]?.id ?? ''
    },
  },
  'prices.withdraw': { input: () => ({ priceId: made.priceId }) },
  'models.setAccess': { input: () => ({ model: 'audited', access: { kind: 'nobody' } }) },
  'models.setMultiplier': { input: () => ({ model: 'audited', multiplierPpm: 2_000_000 }) },
  'upstreams.update': { input: () => ({ kind: 'openai', apiKey: 'sk-audited-0123456789abcdef' }) },
  'settings.update': { input: () => ({ announcement: 'Lunch is at noon' }) },
  'limits.update': {
    input: () => ({
      scope: 'user',
      subjectId: made.userId,
      rules: [{ metric: 'requests', window: 'minute', value: 5 }],
    }),
  },
  // Of another person's keys; of their own, everyone's.
  'keys.create': {
    input: async () => {
      const { data } = await admin('users.create', {
        email: PERSON_LATER,
        password: 'a long enough password',
      })
      return { userId: data.id, name: 'laptop' }
    },
    keep: (data) => {
      made.keyId = data.id ?? ''
    },
  },
  'keys.update': { input: () => ({ keyId: made.keyId, name: 'desk' }) },
  'keys.rotate': {
    input: () => ({ keyId: made.keyId }),
    keep: (data) => {
      made.keyId = data.id ?? ''
    },
  },
  'keys.delete': { input: () => ({ keyId: made.keyId }) },
  'plans.create': {
    input: () => ({ name: 'Audited', priceNanoUsd: 0, days: 30 }),
    keep: (data) => {
      made.planId = data.id ?? ''
    },
  },
  'plans.update': { input: () => ({ planId: made.planId, days: 31 }) },
  'users.grantPlan': { input: () => ({ userId: made.userId, planId: made.planId }) },
  'users.endPlan': { input: () => ({ userId: made.userId }) },
  'plans.archive': { input: () => ({ planId: made.planId }) },
  'codes.generate': {
    input: () => ({ kind: 'balance', amountNanoUsd: 1_000_000_000, count: 2, prefix: 'AUDITED' }),
    keep: (data) => {
      made.batchId = data.batchId ?? ''
    },
  },
  'codes.disable': { input: () => ({ batchId: made.batchId }) },
  'backups.create': {
    input: () => ({}),
    keep: (data) => {
      made.backupId = data.id ?? ''
    },
  },
  'backups.delete': { input: () => ({ backupId: made.backupId }) },
  'backups.restore': {
    input: async () => {
      const { id } = (await admin('backups.create')).data
      return { backupId: id, confirm: id }
    },
    keep: () => {
      // Its session is over; who asks for the audit signs in again.
      cookie = ''
    },
  },
}

/** Their rows are looked at where these operations have their tests: people, invitations, mail, money after the fact. */
const LOOKED_AT_ELSEWHERE: readonly string[] = [
  'users.setStatusMany',
  'users.setRole',
  'users.approve',
  'users.reject',
  'users.delete',
  'users.resetLink',
  'users.resetSecondFactor',
  'users.invite',
  'users.update',
  'invitations.revoke',
  'mail.update',
  'mail.retry',
  'usage.refund',
  'losses.charge',
  'losses.dismiss',
]
const READING_ELSEWHERE: readonly string[] = ['users.ledger', 'users.statement']

test('every operation by which an administrator changes something is entered in the table above', () => {
  const changing = operationNames.filter(
    (name) => CATALOGUE.get(name)?.audience === 'admin' && !isReading(name),
  )
  const known = new Set([...Object.keys(CHANGES), ...LOOKED_AT_ELSEWHERE, ...READING_ELSEWHERE])
  expect(changing.filter((name) => !known.has(name))).toEqual([])
  const gone = Object.keys(CHANGES).filter((name) => !CATALOGUE.has(name))
  expect(gone).toEqual([])
})

test.each(Object.entries(CHANGES))(
  '%s writes who did it, to what, and from where',
  async (operation, change) => {
    const input = await change.input()
    const before = (await audit({ operation, limit: 200 })).rows.length
    const answer = await admin(operation, input)
    expect([answer.error, answer.status]).toEqual([undefined, 200])
    change.keep?.(answer.data)
    if (cookie === '') cookie = await portal.signIn(ADMIN)
    const { rows } = await audit({ operation, limit: 200 })
    expect(rows).toHaveLength(before + 1)
    expect(rows[0]).toMatchObject({ operation, actorEmail: ADMIN.email, address: '127.0.0.1' })
    expect(rows[0].after === null && rows[0].before === null).toBe(false)
  },
)

test('what was refused or changed nothing is no row', async () => {
  const before = (await audit({ limit: 200 })).rows.length
  await admin('users.setStatus', { userId: 'nobody', status: 'active' })
  await admin('prices.upsert', { model: 'audited', ...RATES })
  await admin('prices.withdraw', { priceId: made.priceId })
  await admin('settings.update', {})
  expect((await audit({ limit: 200 })).rows).toHaveLength(before)
})

test('no secret is in any row', async () => {
  const rows = JSON.stringify((await audit({ limit: 200 })).rows)
  for (const secret of [
    ADMIN.password,
    USER.password,
    'sk-audited',
    'sk-cg-',
    'AUDITED-',
    'argon2',
    portal.token ?? '?',
  ]) {
    expect(rows).not.toContain(secret)
  }
})

test('it is filtered by person, operation, target and time', async () => {
  const operation = 'users.adjustBalance'
  const [row] = (await audit({ operation })).rows
  expect((await audit({ targetType: 'user', targetId: made.userId, operation })).rows).toEqual([row])
  expect((await audit({ from: row.createdAt, to: row.createdAt + 1, operation })).rows).toEqual([row])
  expect((await audit({ to: row.createdAt, operation })).rows).toEqual([])
  expect((await audit({ actorUserId: row.actorUserId, operation })).rows).toEqual([row])
  expect((await audit({ actorUserId: made.userId })).rows).toEqual([])
})

test('it is searched in everything a row says, in any case, and signs mean themselves', async () => {
  const found = async (search: string) =>
    (await audit({ search, limit: 200 })).rows.map(({ operation }: { operation: string }) => operation)
  expect(await found('LUNCH is at')).toEqual(['settings.update'])
  expect(await found('welcome')).toEqual(['users.adjustBalance'])
  expect(await found('%')).toEqual([])
  expect(await found('adjust_alance')).toEqual([])
  expect((await found(ADMIN.email)).length).toBeGreaterThan(10)
  expect(await found(`${made.priceId}`)).toEqual(['prices.withdraw', 'prices.import'])
})

test('it comes in pages, whatever was added meanwhile', async () => {
  const whole = (await audit({ limit: 200 })).rows
  const first = await audit({ limit: 3 })
  await admin('settings.update', { announcement: 'Added meanwhile' })
  const second = await audit({ limit: 3, cursor: first.nextCursor })
  expect([...first.rows, ...second.rows]).toEqual(whole.slice(0, 6))
  expect((await audit({ limit: 200, search: 'no such text' })).nextCursor).toBeNull()
})
