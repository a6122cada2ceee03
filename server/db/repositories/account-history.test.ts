// A person's history: whatever happened, it is the entries that moved their balance, in order, each with what it left.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addPerson,
  chargeOf,
  holdOf,
  NOW,
  openTestDatabase,
  usageOf,
} from '../../../test/support/database.ts'
import { createWriter } from '../write.ts'
import type { HistoryEntry } from './account-history.ts'
import type { Page } from './paging.ts'

const step = fc.record({
  name: fc.constantFrom('ann', 'ben'),
  what: fc.constantFrom('top_up', 'settle', 'settle', 'written_off', 'released', 'refund'),
  amount: fc.integer({ min: 1, max: 1_000 }),
})

function startHistory() {
  const { db, repositories } = openTestDatabase()
  for (const name of ['ann', 'ben']) addPerson(repositories, name)
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  let requests = 0
  const settled: { requestId: string; name: string }[] = []

  const change = (name: string, changeKind: 'top_up' | 'refund', amountNanoUsd: number, requestId?: string) =>
    writer.submit({
      kind: 'balance_change',
      userId: `user-${name}`,
      changeKind,
      amountNanoUsd,
      note: `for ${name}`,
      actorUserId: null,
      createdAt: NOW,
      requestId,
    })

  function take({ name, what, amount }: typeof step extends fc.Arbitrary<infer T> ? T : never): void {
    if (what === 'top_up') return void change(name, 'top_up', amount)
    const refunded = what === 'refund' ? settled.shift() : undefined
    if (what === 'refund') return void (refunded && change(refunded.name, 'refund', 1, refunded.requestId))
    requests += 1
    const requestId = `r${requests}`
    const hold = holdOf(requestId, 2_000, name)
    void writer.submit({ kind: 'hold', hold })
    const end = { hold, usage: usageOf(requestId), createdAt: NOW }
    if (what === 'released') return void writer.submit({ kind: 'release', ...end })
    const charge = { ...chargeOf(amount), writeOffNanoUsd: what === 'written_off' ? 7 : 0 }
    void writer.submit({ kind: 'settle', charge, spending: [], ...end })
    settled.push({ requestId, name })
  }
  return { db, writer, take, history: repositories.accountHistory }
}

/** Every page of a list, of three rows each. */
function allOf(page: (request: { limit: number; cursor?: string }) => Page<HistoryEntry>): HistoryEntry[] {
  const rows: HistoryEntry[] = []
  for (let cursor: string | undefined; ; ) {
    const found = page({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
    expect(found.rows.length).toBeLessThanOrEqual(3)
    rows.push(...found.rows)
    if (found.nextCursor === null) return rows
    cursor = found.nextCursor
  }
}

test('every entry that moved a balance is listed once, with what it added and what it left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { db, writer, take, history } = startHistory()
      for (const taken of steps) take(taken)
      await writer.stop()
      for (const userId of ['user-ann', 'user-ben']) {
        // By hand: the entries one after the other, a write-off counted with the settlement behind it.
        const entries = db.raw
          .prepare<[string], { seq: number; kind: string; amount: number }>(
            `SELECT seq, kind, amount_nano_usd AS amount FROM ledger_entries WHERE user_id = ? ORDER BY seq`,
          )
          .all(userId)
        const expected: { seq: number; kind: string; amountNanoUsd: number; balanceAfterNanoUsd: number }[] =
          []
        let balance = 0
        let added = 0
        for (const { seq, kind, amount } of entries) {
          if (kind === 'hold' || kind === 'release') continue
          balance += amount
          added += amount
          if (kind === 'write_off') continue
          expected.unshift({ seq, kind, amountNanoUsd: added, balanceAfterNanoUsd: balance })
          added = 0
        }
        const listed = allOf((request) => history.all(userId, request))
        expect(listed).toMatchObject(expected)
        expect(listed).toHaveLength(expected.length)
        const changes = allOf((request) => history.changes(userId, request))
        expect(changes).toEqual(listed.filter(({ kind }) => kind !== 'settle'))
      }
    }),
    { numRuns: 40 },
  )
})

test("a settlement names its request and model, a refund its request, and a cursor of somebody else's finds nothing", async () => {
  const { writer, take, history } = startHistory()
  for (const what of ['top_up', 'settle', 'refund'] as const) take({ name: 'ann', what, amount: 500 })
  take({ name: 'ben', what: 'top_up', amount: 9 })
  await writer.stop()
  expect(history.all('user-ann', { limit: 9 }).rows).toEqual([
    {
      seq: 4,
      createdAt: NOW,
      kind: 'refund',
      amountNanoUsd: 1,
      balanceAfterNanoUsd: 1,
      requestId: 'r1',
      model: null,
      note: 'for ann',
      actorUserId: null,
    },
    {
      seq: 3,
      createdAt: NOW,
      kind: 'settle',
      amountNanoUsd: -500,
      balanceAfterNanoUsd: 0,
      requestId: 'r1',
      model: 'test-model',
      note: null,
      actorUserId: null,
    },
    expect.objectContaining({ seq: 1, kind: 'top_up', balanceAfterNanoUsd: 500 }),
  ])
  for (const cursor of ['4', '3', '999', '0']) {
    expect(history.all('user-ben', { limit: 9, cursor }).rows).toEqual([])
  }
  expect(history.all('user-nobody', { limit: 9 })).toEqual({ rows: [], nextCursor: null })
})

test('the changes are read along an index of their own', () => {
  const { db } = startHistory()
  const plan = (sql: string) =>
    db.raw
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
  const changes = `SELECT seq FROM ledger_entries WHERE user_id = 'u' AND "kind" <> 'hold' and "kind" <> 'settle' and "kind" <> 'release' and "kind" <> 'write_off'
    AND seq < 9 ORDER BY seq DESC`
  expect(plan(changes)).toEqual([
    'SEARCH ledger_entries USING INDEX ledger_entries_changes (user_id=? AND seq<?)',
  ])
})
