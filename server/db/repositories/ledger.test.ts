import { expect, test } from 'vitest'
import {
  addPerson,
  cellOf,
  chargeOf,
  holdOf,
  NOW,
  openTestDatabase,
  usageOf,
} from '../../../test/support/database.ts'
import { createWriter } from '../write.ts'
import type { BalanceChangeKind } from '../write-command.ts'

function startLedger() {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories, 'ann')
  addPerson(repositories, 'ben')
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const change = (userId: string, changeKind: BalanceChangeKind, amountNanoUsd: number) =>
    writer.submit({
      kind: 'balance_change',
      userId,
      changeKind,
      amountNanoUsd,
      note: `a ${changeKind}`,
      actorUserId: 'user-ben',
      createdAt: NOW,
    })
  return { db, writer, change, repositories, ledger: repositories.ledger }
}

test('the balance of a person is the sum of their entries, whatever others do', async () => {
  const { writer, change, ledger } = startLedger()
  await change('user-ann', 'top_up', 10_000)
  await change('user-ann', 'correction', -500)
  await change('user-ben', 'top_up', 7)
  await writer.submit({ kind: 'hold', hold: holdOf('r', 4_000) })
  expect(ledger.sumOf('user-ann')).toBe(9_500)
  const hold = holdOf('r', 4_000)
  const charge = chargeOf(1_500)
  await writer.submit({ kind: 'settle', hold, charge, usage: usageOf('r'), spending: [], createdAt: NOW })
  expect(ledger.sumOf('user-ann')).toBe(8_000)
  expect(ledger.balanceOf('user-ann')?.balanceNanoUsd).toBe(8_000)
  expect(ledger.sumOf('user-ben')).toBe(7)
})

test('holds that nobody will end are released once and listed as possible losses', async () => {
  const { db, writer, ledger, repositories } = startLedger()
  for (const id of ['a', 'b', 'done']) await writer.submit({ kind: 'hold', hold: holdOf(id, 4_000) })
  await writer.submit({
    kind: 'release',
    hold: holdOf('done', 4_000),
    usage: usageOf('done'),
    createdAt: NOW,
  })
  expect(ledger.openHolds()).toEqual([holdOf('a', 4_000), holdOf('b', 4_000)])

  const losses = ledger.releaseOpenHolds(NOW + 9)
  expect(losses).toEqual(['a', 'b'].map((id) => ({ ...holdOf(id, 4_000), foundAt: NOW + 9 })))
  expect(ledger.entriesOfRequest('a')).toMatchObject([
    { kind: 'hold', heldNanoUsd: 4_000 },
    { kind: 'release', heldNanoUsd: -4_000, amountNanoUsd: 0, createdAt: NOW + 9 },
  ])
  expect(ledger.openHolds()).toEqual([])
  expect(ledger.releaseOpenHolds(NOW + 10)).toEqual([])
  expect(cellOf(db, 'SELECT sum(held_nano_usd) FROM ledger_entries')).toBe(0)

  const { possibleLosses } = repositories
  const page = possibleLosses.list({ limit: 1 })
  expect(page.rows.map(({ requestId }) => requestId)).toEqual(['b'])
  expect(possibleLosses.list({ limit: 1, cursor: page.nextCursor ?? '' })).toMatchObject({
    rows: [{ requestId: 'a' }],
    nextCursor: null,
  })
})

test('an entry whose figures contradict its kind is refused by the database itself', () => {
  const { db } = startLedger()
  const add = (kind: string, amount: number, held: number, requestId: string | null) => () =>
    db.raw
      .prepare(
        `INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id)
         VALUES (1, 'user-ann', ?, ?, ?, ?)`,
      )
      .run(kind, amount, held, requestId)
  const shape = 'CHECK constraint failed: ledger_entries_shape'
  expect(add('hold', 5, 0, 'r')).toThrow(shape)
  expect(add('release', 5, 0, 'r')).toThrow(shape)
  expect(add('settle', 5, -5, 'r')).toThrow(shape)
  expect(add('settle', -5, -5, null)).toThrow(shape)
  expect(add('top_up', 5, 5, null)).toThrow(shape)
  expect(add('present', 5, 0, null)).toThrow(shape)
  expect(add('top_up', 5, 0, null)).not.toThrow()
})
