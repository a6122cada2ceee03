// Plans that begin and codes that are claimed, as the writer writes them: all that belongs together, or nothing of it.
import { expect, test } from 'vitest'
import {
  addPerson,
  addPlan,
  cellOf,
  holdOf,
  NOW,
  openTestDatabase,
  usageOf,
} from '../../test/support/database.ts'
import { CodeClaimedError, createWriter, type WriteFailure } from './write.ts'
import type { GrantCommand, SubscriptionRow } from './write-command.ts'

function start() {
  const { db, repositories } = openTestDatabase()
  for (const name of ['ann', 'ben']) addPerson(repositories, name)
  const { codes } = repositories
  addPlan(repositories)
  const batch = { id: 'batch', name: 'Autumn', prefix: '', count: 2, createdAt: NOW, createdBy: null }
  const kind = { kind: 'balance', amountNanoUsd: 500, planId: null, expiresAt: NOW + 10 } as const
  const made = ['one', 'two'].map((id, index) => ({ id, hash: Buffer.alloc(32, index), hint: id }))
  codes.create({ ...batch, ...kind }, made)
  const failures: WriteFailure[] = []
  const writer = createWriter(db, { onError: (failure) => void failures.push(failure) })
  const balanceOf = (name: string) => repositories.ledger.balanceOf(`user-${name}`)?.balanceNanoUsd
  return { db, repositories, writer, failures, balanceOf }
}

const claim = (name: string, codeId = 'one', createdAt = NOW): GrantCommand => ({
  kind: 'grant',
  change: {
    userId: `user-${name}`,
    changeKind: 'code',
    amountNanoUsd: 500,
    note: 'Autumn',
    actorUserId: null,
    createdAt,
  },
  subscriptions: [],
  planSubscriptionId: null,
  code: { codeId, userId: `user-${name}` },
  createdAt,
})
const subscription = (more: Partial<SubscriptionRow> = {}): SubscriptionRow => ({
  id: 'sub',
  userId: 'user-ann',
  planId: 'pro',
  origin: 'bought',
  startedAt: NOW,
  endsAt: NOW + 1_000,
  endedAt: null,
  ...more,
})
const outcomeOf = (promise: Promise<void>) =>
  promise.then(
    () => 'written',
    (error: unknown) => (error instanceof CodeClaimedError ? 'claimed' : error),
  )

test('a code that is claimed twice in one turn is written once, and what else was written in that turn stays', async () => {
  const { repositories, writer, failures, balanceOf } = start()
  const outcomes = Promise.all(
    [claim('ann'), claim('ben'), claim('ann')].map((each) => outcomeOf(writer.submit(each))),
  )
  void writer.submit({ kind: 'hold', hold: holdOf('r') })
  await writer.submit({ kind: 'release', hold: holdOf('r'), usage: usageOf('r'), createdAt: NOW })
  expect(await outcomes).toEqual(['written', 'claimed', 'claimed'])
  // Whoever asked was told; nothing has failed.
  expect(failures).toEqual([])
  expect([balanceOf('ann'), balanceOf('ben')]).toEqual([500, 0])
  expect(repositories.codes.findByHash(Buffer.alloc(32, 0))).toMatchObject({ isRedeemed: true })
  expect(repositories.codes.redemptions({ limit: 9 }).rows).toMatchObject([{ userId: 'user-ann' }])
  expect(repositories.ledger.entriesOfRequest('r')).toHaveLength(2)
})

test('a code that was disabled, alone or with its batch, or has expired gives nothing', async () => {
  const { repositories, writer, balanceOf } = start()
  expect(await outcomeOf(writer.submit(claim('ann', 'one', NOW + 10)))).toBe('claimed')
  repositories.codes.switchCode('one', NOW)
  expect(await outcomeOf(writer.submit(claim('ann')))).toBe('claimed')
  repositories.codes.switchBatch('batch', NOW)
  expect(await outcomeOf(writer.submit(claim('ann', 'two')))).toBe('claimed')
  expect(balanceOf('ann')).toBe(0)
})

test('a plan and its price are written together, or neither is', async () => {
  const { db, repositories, writer, balanceOf } = start()
  const change = {
    ...(claim('ann').change ?? expect.unreachable()),
    changeKind: 'charge',
    amountNanoUsd: -5,
  } as const
  const bought: GrantCommand = {
    ...claim('ann'),
    change,
    code: null,
    subscriptions: [subscription()],
    planSubscriptionId: 'sub',
  }
  await writer.submit(bought)
  expect(balanceOf('ann')).toBe(-5)
  expect(repositories.plans.openSubscriptionOf('user-ann')).toEqual(subscription())
  expect(cellOf(db, `SELECT plan_subscription_id FROM ledger_entries WHERE kind = 'charge'`)).toBe('sub')

  // A second one that is open beside the first is refused by the database, and so is its price.
  const second = { ...bought, subscriptions: [subscription({ id: 'other' })], planSubscriptionId: 'other' }
  expect(String(await outcomeOf(writer.submit(second)))).toContain('UNIQUE')
  expect(balanceOf('ann')).toBe(-5)
  const ended = subscription({ endedAt: NOW + 5 })
  await writer.submit({ ...second, change: null, subscriptions: [ended, ...second.subscriptions] })
  expect(repositories.plans.openSubscriptionOf('user-ann')?.id).toBe('other')
  const listed = repositories.plans.subscriptions({ limit: 9, userId: 'user-ann' })
  expect(listed.rows.map(({ id, endedAt }) => [id, endedAt])).toEqual([
    ['sub', NOW + 5],
    ['other', null],
  ])
  expect(repositories.plans.activeCounts(NOW).get('pro')).toBe(1)
  expect(repositories.plans.activeCounts(NOW + 1_000).get('pro')).toBeUndefined()
})

test('an entry of what a plan pays for can neither touch the balance nor stand without its plan', () => {
  const { db } = start()
  const insert = (columns: string, values: string) => () =>
    db.raw.exec(
      `INSERT INTO ledger_entries (created_at, user_id, request_id, key_id, model, price_id, ${columns})
       VALUES (1, 'user-ann', 'r', 'k', 'm', 'price-of-test-model', ${values})`,
    )
  db.raw.exec(`INSERT INTO plan_subscriptions VALUES ('sub', 'user-ann', 'pro', 'bought', 1, 2, NULL)`)
  const columns =
    'kind, amount_nano_usd, held_nano_usd, plan_subscription_id, plan_amount_nano_usd, plan_held_nano_usd'
  for (const values of [
    `'hold', 0, 5, 'sub', 0, 5`,
    `'hold', 0, 0, NULL, 0, 5`,
    `'hold', 0, 0, 'sub', NULL, 5`,
    `'hold', 0, 0, 'sub', 1, 5`,
    `'hold', 0, 0, 'sub', NULL, NULL`,
    `'settle', -5, 0, 'sub', -5, -5`,
    `'settle', 0, 0, 'sub', 5, -5`,
    `'top_up', 0, 0, 'sub', 5, 0`,
  ])
    expect(insert(columns, values), values).toThrow(/CHECK constraint failed/)
  insert(columns, `'hold', 0, 0, 'sub', 0, 5`)()
})
