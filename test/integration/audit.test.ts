// The audit over HTTP: filters, search, pages; and that every operation by which an administrator changes something writes a
// row. An operation that is new has to be entered here, or the first test fails.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CATALOGUE, operationNames } from '../../contract/catalogue.ts'
import { isReading } from '../../server/operations/change-events.ts'
import { leaveOpen, onBooks } from './support/books.ts'
import { smtpSettings } from './support/mailing-portal.ts'
import { ADMIN, type Portal, startPortal, USER } from './support/portal.ts'

// A restore makes and checks whole databases, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 })

let portal: Portal
let cookie = ''
/** What earlier changes made, for later ones to change. */
const made: Record<string, string> = {}

const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-audit-'))
const LOST = ['req_lost_1', 'req_lost_2']

/** A crash has left two requests open, for an administrator to decide on. */
beforeAll(async () => {
  portal = await startPortal({ dataDir })
  cookie = await portal.setUp()
  const { id } = (await admin('users.create', { email: PERSON_AT_LOSS, password: USER.password })).data
  await admin('users.adjustBalance', { userId: id, amountNanoUsd: 1_000_000_000 })
  const key = (await admin('keys.create', { userId: id, name: 'lost' })).data
  await portal.stop()
  const price = await onBooks(dataDir, ({ raw }) =>
    raw.prepare<[], { id: string; model: string }>('SELECT id, model FROM prices').get(),
  )
  if (!price) throw new Error('nothing is priced')
  const held = {
    userId: id,
    keyId: key.id,
    model: price.model,
    priceId: price.id,
    amountNanoUsd: 1_000,
    planSubscriptionId: null,
  }
  await leaveOpen(
    dataDir,
    LOST.map((requestId, n) => ({ ...held, requestId, createdAt: Date.now() + n })),
  )
  portal = await startPortal({ dataDir })
})
afterAll(async () => {
  await portal.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const admin = (name: string, input: unknown = {}) => portal.call(name, input, { cookie })
const audit = async (input: object = {}) => (await admin('audit.list', input)).data

const RATES = { inputNanoUsdPerMTok: 1, outputNanoUsdPerMTok: 1 }
const PERSON_LATER = 'later@example.test'
const PERSON_AT_LOSS = 'at-loss@example.test'
const PERSON_WITH_FACTOR = 'factor@example.test'
const NOWHERE = smtpSettings(9)

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
  'users.setStatusMany': { input: () => ({ userIds: [made.userId], status: 'active' }) },
  'users.update': { input: () => ({ userId: made.userId, creditLimitNanoUsd: 1_000_000_000 }) },
  'users.setRole': { input: () => ({ userId: made.userId, role: 'admin' }) },
  'users.resetLink': { input: () => ({ userId: made.userId }) },
  // Whoever is made without a password waits.
  'users.approve': { input: () => waitingPerson('approved@example.test') },
  'users.reject': { input: () => waitingPerson('rejected@example.test') },
  'users.resetSecondFactor': { input: async () => ({ userId: await personWithFactor() }) },
  'users.invite': {
    input: () => ({ note: 'from the fair' }),
    keep: (data) => {
      made.invitationId = data.id ?? ''
    },
  },
  'invitations.revoke': { input: () => ({ invitationId: made.invitationId }) },
  'mail.update': { input: () => NOWHERE },
  'mail.retry': {
    input: async () => {
      await admin('users.invite', { email: 'invited@example.test' })
      return { mailId: (await admin('mail.list')).data.rows[0].id }
    },
  },
  'usage.refund': { input: async () => ({ requestId: await chargedRequest(), note: 'a bad answer' }) },
  'losses.charge': { input: () => ({ requestId: LOST[0], note: 'seen on the bill' }) },
  'losses.dismiss': { input: () => ({ requestId: LOST[1], note: 'never ran' }) },
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
  'upstreams.create': {
    input: () => ({
      name: 'Audited',
      baseUrl: 'http://127.0.0.1:9/v1',
      apiKey: 'sk-audited-0123456789abcdef',
    }),
    keep: (data) => {
      made.upstreamId = data.id ?? ''
    },
  },
  'upstreams.change': { input: () => ({ upstreamId: made.upstreamId, isEnabled: false }) },
  'upstreams.remove': { input: () => ({ upstreamId: made.upstreamId }) },
  'settings.update': { input: () => ({ announcement: 'Lunch is at noon' }) },
  'https.replaceAuthority': { input: () => ({}) },
  'limits.update': {
    input: () => ({
      scope: 'user',
      subjectId: made.userId,
      rules: [{ metric: 'requests', window: 'minute', value: 5 }],
    }),
  },
  'policies.update': {
    input: () => ({ scope: 'user', subjectId: made.userId, policy: { webSearch: false } }),
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
  'plans.unarchive': { input: () => ({ planId: made.planId }) },
  'codes.generate': {
    input: () => ({ kind: 'balance', amountNanoUsd: 1_000_000_000, count: 2, prefix: 'AUDITED' }),
    keep: (data) => {
      made.batchId = data.batchId ?? ''
    },
  },
  'codes.disable': { input: () => ({ batchId: made.batchId }) },
  'codes.enable': { input: () => ({ batchId: made.batchId }) },
  'backups.create': {
    input: () => ({}),
    keep: (data) => {
      made.backupId = data.id ?? ''
    },
  },
  'backups.delete': { input: () => ({ backupId: made.backupId }) },
  'users.delete': { input: () => ({ userId: made.userId, confirmEmail: USER.email }) },
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

async function waitingPerson(email: string): Promise<{ userId: string }> {
  return { userId: (await admin('users.create', { email })).data.id }
}

async function personWithFactor(): Promise<string> {
  const person = { email: PERSON_WITH_FACTOR, password: USER.password }
  const { id } = (await admin('users.create', person)).data
  const own = { cookie: await portal.signIn(person) }
  const { secret } = (await portal.call('totp.begin', { password: person.password }, own)).data
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
  expect((await portal.call('totp.confirm', { code }, own)).ok).toBe(true)
  return id
}

async function chargedRequest(): Promise<string> {
  const { secret: key } = (await admin('keys.create', { userId: made.userId, name: 'refunded' })).data
  portal.secrets.used('an API key', key)
  const answer = await portal.send({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo-fast', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect(answer.status).toBe(200)
  return String(answer.headers['x-request-id'])
}

test('every operation by which an administrator changes something is entered in the table above', () => {
  const changing = operationNames.filter(
    (name) => CATALOGUE.get(name)?.audience === 'admin' && !isReading(name),
  )
  expect(changing.filter((name) => !(name in CHANGES))).toEqual([])
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
  const target = { targetType: 'user', targetId: made.userId, operation }
  const { rows } = await audit(target)
  expect(rows).toHaveLength(1)
  const [row] = rows
  expect((await audit({ from: row.createdAt, to: row.createdAt + 1, operation })).rows).toEqual([row])
  expect((await audit({ ...target, to: row.createdAt })).rows).toEqual([])
  expect((await audit({ ...target, actorUserId: row.actorUserId })).rows).toEqual([row])
  expect((await audit({ ...target, actorUserId: made.userId })).rows).toEqual([])
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
