// The check of the books: it finds each thing that can be wrong with them, and nothing in books that are right.
import { expect, test } from 'vitest'
import type { FindingKind } from '../../../contract/operations/ledger.ts'
import {
  addPerson,
  chargeOf,
  holdOf,
  NOW,
  openTestDatabase,
  usageOf,
} from '../../../test/support/database.ts'
import type { Db } from '../open.ts'
import { dropTriggers } from '../triggers.ts'
import { createWriter, type Writer } from '../write.ts'
import type { HoldRecord, SpendingDelta } from '../write-command.ts'
import { createLedgerCheck, FINDINGS_MAX } from './ledger-check.ts'
import type { Repositories } from './repositories.ts'

/**
 * Books with everything in them: `a` is settled, `b` with a write-off, `c` released, `d` lost and charged, `e` refunded, and
 * `f` paid by a plan that was bought.
 */
async function someBooks() {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories, 'ann')
  addPerson(repositories, 'ben', 500)
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const change = (changeKind: 'top_up' | 'refund' | 'charge', amountNanoUsd: number, requestId?: string) =>
    writer.submit({
      kind: 'balance_change',
      userId: 'user-ann',
      changeKind,
      amountNanoUsd,
      note: '',
      actorUserId: null,
      createdAt: NOW,
      requestId,
    })
  const settle = async (
    requestId: string,
    paid: number,
    { writeOffNanoUsd = 0, planSubscriptionId = null as string | null } = {},
  ) => {
    const hold = { ...holdOf(requestId), planSubscriptionId }
    await writer.submit({ kind: 'hold', hold })
    const end = { hold, usage: usageOf(requestId), createdAt: NOW }
    await writer.submit({
      kind: 'settle',
      charge: { ...chargeOf(paid), writeOffNanoUsd },
      spending: spentOf(hold, paid),
      ...end,
    })
  }
  await writer.submit({ kind: 'hold', hold: holdOf('d') })
  repositories.ledger.releaseOpenHolds(NOW)
  await change('top_up', 10_000)
  await settle('a', 300)
  await settle('b', 700, { writeOffNanoUsd: 50 })
  await writer.submit({ kind: 'hold', hold: holdOf('c') })
  await writer.submit({ kind: 'release', hold: holdOf('c'), usage: usageOf('c'), createdAt: NOW })
  await change('charge', -900, 'd')
  await settle('e', 40)
  await change('refund', 40, 'e')
  await buyPlan(writer, repositories)
  await settle('f', 60, { planSubscriptionId: 'subscription' })
  const open = (requestId: string) => writer.submit({ kind: 'hold', hold: holdOf(requestId) })
  return { db, writer, settle, open }
}

/** What a settlement adds to the counters of its key and its plan. */
const spentOf = ({ keyId, planSubscriptionId }: HoldRecord, nanoUsd: number): SpendingDelta[] => {
  const added = { dayStartMs: 1, weekStartMs: 1, monthStartMs: 1, nanoUsd, tokens: 15, requests: 1 }
  const ofKey = { kind: 'key', subjectId: keyId, ...added } as const
  if (planSubscriptionId === null) return [ofKey]
  return [ofKey, { kind: 'plan', subjectId: planSubscriptionId, ...added }]
}

async function buyPlan(writer: Writer, { plans }: Repositories): Promise<void> {
  plans.save({
    ...{ id: 'plan', name: 'Pro', priceNanoUsd: 1_000, days: 30, quotas: [], allowedModels: null },
    ...{ mayUseBalance: true, isForSale: true, createdAt: NOW, updatedAt: NOW, archivedAt: null },
  })
  const change = { userId: 'user-ann', changeKind: 'charge', amountNanoUsd: -1_000, note: 'Pro' } as const
  const until = { startedAt: NOW, endsAt: NOW + 1, endedAt: null }
  await writer.submit({
    kind: 'grant',
    change: { ...change, actorUserId: null, createdAt: NOW },
    subscriptions: [{ id: 'subscription', userId: 'user-ann', planId: 'plan', origin: 'bought', ...until }],
    planSubscriptionId: 'subscription',
    code: null,
    createdAt: NOW,
  })
}

function checked(db: Db, entriesAtATime = 3) {
  const check = createLedgerCheck(db, entriesAtATime)
  while (check.step());
  const open = check.finish()
  return { check, open }
}

/** As no code of ours can: past the triggers. */
function spoil(db: Db, sql: string): void {
  dropTriggers(db.raw)
  db.raw.pragma('foreign_keys = OFF')
  db.raw.exec(sql)
}

test.each([1, 3, 1_000])(
  'books that are right are found right, read %i entries at a time',
  async (atATime) => {
    const { db, writer } = await someBooks()
    await writer.stop()
    const { check, open } = checked(db, atATime)
    expect(check.findings).toEqual([])
    expect(open).toEqual([])
    expect(check.entries).toBe(17)
  },
)

test('a counter that has grown beyond what a number holds exactly is right to the last nano-dollar', async () => {
  const { db, writer, settle } = await someBooks()
  const ofPlan = { planSubscriptionId: 'subscription' }
  const charges = { g: Number.MAX_SAFE_INTEGER, h: 2, i: 2 }
  for (const [requestId, paid] of Object.entries(charges)) await settle(requestId, paid, ofPlan)
  await writer.stop()
  expect(checked(db).check.findings).toEqual([])
})

const SPOILT: readonly (readonly [string, FindingKind, string])[] = [
  ['a balance that was edited', 'balance_differs', 'UPDATE balances SET balance_nano_usd = 8_999'],
  [
    'an amount that was edited',
    'balance_differs',
    'UPDATE ledger_entries SET amount_nano_usd = 9_999 WHERE seq = 3',
  ],
  ['an entry that was taken out', 'balance_differs', `DELETE FROM ledger_entries WHERE kind = 'top_up'`],
  ['a person without a balance', 'balance_differs', `DELETE FROM balances WHERE user_id = 'user-ann'`],
  [
    'a balance beyond the limit',
    'below_credit_limit',
    `UPDATE balances SET balance_nano_usd = -501 WHERE user_id = 'user-ben'`,
  ],
  ['a lost link', 'entry_unlinked', `UPDATE ledger_entries SET previous_seq = 1 WHERE kind = 'refund'`],
  [
    'a wrong balance on an entry',
    'entry_unlinked',
    `UPDATE ledger_entries SET balance_after_nano_usd = 1 WHERE kind = 'top_up'`,
  ],
  ['a balance that points elsewhere', 'entry_unlinked', 'UPDATE balances SET last_entry_seq = 3'],
  [
    'a hold that is gone',
    'hold_mismatched',
    `DELETE FROM ledger_entries WHERE request_id = 'c' AND kind = 'hold'`,
  ],
  [
    'a hold of another size',
    'hold_mismatched',
    `UPDATE ledger_entries SET held_nano_usd = 7 WHERE request_id = 'a' AND kind = 'hold'`,
  ],
  [
    "a hold of somebody else's",
    'hold_mismatched',
    `UPDATE ledger_entries SET user_id = 'user-ben' WHERE request_id = 'a' AND kind = 'hold'`,
  ],
  ['a charge that is gone', 'charge_differs', `DELETE FROM charges WHERE request_id = 'a'`],
  [
    'a charge of another amount',
    'charge_differs',
    `UPDATE charges SET amount_nano_usd = 301 WHERE request_id = 'a'`,
  ],
  [
    'a charge that forgot its write-off',
    'charge_differs',
    `UPDATE charges SET amount_nano_usd = 750, write_off_nano_usd = 0 WHERE request_id = 'b'`,
  ],
  [
    'a charge of another hold',
    'charge_differs',
    `UPDATE charges SET hold_nano_usd = 1 WHERE request_id = 'a'`,
  ],
  [
    'a charge without a settlement',
    'charge_differs',
    `UPDATE charges SET entry_seq = 3 WHERE request_id = 'a'`,
  ],
  [
    'a write-off without a settlement',
    'charge_differs',
    `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id) VALUES (1, 'user-ann', 'write_off', 5, 0, 'x')`,
  ],
  ['a usage row that is gone', 'usage_differs', `DELETE FROM usage WHERE request_id = 'a'`],
  [
    'a usage row of another cost',
    'usage_differs',
    `UPDATE usage SET cost_nano_usd = 0 WHERE request_id = 'a'`,
  ],
  [
    'a refund of more than was paid',
    'correction_unfounded',
    `UPDATE ledger_entries SET amount_nano_usd = 41 WHERE kind = 'refund'`,
  ],
  [
    'a later charge of more than was held',
    'correction_unfounded',
    `UPDATE ledger_entries SET amount_nano_usd = -1001 WHERE kind = 'charge'`,
  ],
  [
    'a counter of another sum',
    'counter_differs',
    `UPDATE spending_counters SET total_nano_usd = total_nano_usd + 1 WHERE kind = 'key'`,
  ],
  ['a counter that is gone', 'counter_differs', `DELETE FROM spending_counters WHERE kind = 'plan'`],
  [
    'a counter of nobody',
    'counter_differs',
    `UPDATE spending_counters SET subject_id = 'nobody' WHERE kind = 'plan'`,
  ],
  [
    'a hold of another plan',
    'hold_mismatched',
    `UPDATE ledger_entries SET plan_subscription_id = 'other' WHERE request_id = 'f' AND kind = 'hold'`,
  ],
  [
    'what a plan paid, of another amount',
    'charge_differs',
    `UPDATE ledger_entries SET plan_amount_nano_usd = -61 WHERE request_id = 'f' AND kind = 'settle'`,
  ],
  ['a later charge of no loss', 'correction_unfounded', `DELETE FROM possible_losses`],
  [
    'a mark beyond the end',
    'mark_wrong',
    `INSERT OR REPLACE INTO meta VALUES ('holds_resolved_before_seq', '19')`,
  ],
]

test.each(SPOILT)('%s is found as %s', async (_, kind, sql) => {
  const { db, writer } = await someBooks()
  await writer.stop()
  spoil(db, sql)
  const { check } = checked(db)
  expect(check.findings.map((finding) => finding.kind)).toContain(kind)
})

test('a finding says whose, where, what should be and what is', async () => {
  const { db, writer } = await someBooks()
  await writer.stop()
  spoil(db, `UPDATE usage SET cost_nano_usd = 1 WHERE request_id = 'a'`)
  const { check } = checked(db)
  expect(check.findings).toEqual([
    {
      kind: 'usage_differs',
      userId: 'user-ann',
      requestId: 'a',
      seq: 5,
      expectedNanoUsd: 300,
      foundNanoUsd: 1,
    },
  ])
})

test('an open hold is a leak only where nobody lives for it and its end is not on disk by then', async () => {
  const { db, writer, settle, open } = await someBooks()
  await open('living')
  await open('leaked')
  await open('ending')
  const { check, open: found } = checked(db)
  expect(found).toEqual(['living', 'leaked', 'ending'])
  expect(check.findings).toEqual([])
  const end = { hold: holdOf('ending'), usage: usageOf('ending'), createdAt: NOW }
  await writer.submit({ kind: 'settle', charge: chargeOf(5), spending: spentOf(holdOf('ending'), 5), ...end })
  await settle('new', 5)
  check.reportLeaked(['leaked', 'ending'])
  expect(check.findings).toMatchObject([{ kind: 'hold_leaked', requestId: 'leaked', userId: 'user-ann' }])
  await writer.stop()
})

test('a mark above an open hold is wrong, one below it is only slow', async () => {
  const { db, writer, open } = await someBooks()
  await open('living')
  await writer.stop()
  const markAt = (seq: number) => {
    db.raw.prepare(`INSERT OR REPLACE INTO meta VALUES ('holds_resolved_before_seq', ?)`).run(String(seq))
    return checked(db).check.findings.map(({ kind }) => kind)
  }
  expect(markAt(18)).toEqual([])
  expect(markAt(3)).toEqual([])
  expect(markAt(19)).toEqual(['mark_wrong'])
})

test('what is written while the ledger is read belongs to the picture', async () => {
  const { db, writer, settle } = await someBooks()
  const check = createLedgerCheck(db, 2)
  let written = 0
  while (check.step()) {
    if (written < 5) await settle(`more-${written}`, 10)
    written += 1
  }
  await settle('last', 10)
  expect(check.finish()).toEqual([])
  expect(check.findings).toEqual([])
  expect(check.entries).toBe(17 + 2 * 6)
  await writer.stop()
})

test('findings are told up to a bound and counted beyond it', async () => {
  const { db, writer, settle } = await someBooks()
  for (let n = 0; n < FINDINGS_MAX + 5; n += 1) void settle(`n${n}`, 1)
  await writer.flush()
  await writer.stop()
  spoil(db, 'DELETE FROM usage')
  const { check } = checked(db)
  expect(check.findings).toHaveLength(FINDINGS_MAX)
  expect(check.findingsTotal).toBeGreaterThan(FINDINGS_MAX)
})
