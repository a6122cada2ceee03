import { expect, test } from 'vitest'
import {
  addPerson,
  cellOf,
  chargeOf,
  holdOf,
  NOW,
  openTestDatabase,
  PRICE_ID,
  usageOf,
} from '../../test/support/database.ts'
import { APPEND_ONLY_TABLES } from './triggers.ts'
import { createWriter } from './write.ts'

async function databaseWithRows() {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories)
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const at = { createdAt: NOW }
  void writer.submit({ kind: 'hold', hold: holdOf('lost') })
  void writer.submit({ kind: 'hold', hold: holdOf('done') })
  void writer.submit({
    kind: 'settle',
    hold: holdOf('done'),
    charge: chargeOf(0),
    usage: usageOf('done'),
    spending: [],
    ...at,
  })
  await writer.stop()
  repositories.ledger.releaseOpenHolds(NOW)
  repositories.possibleLosses.dismiss({ requestId: 'lost', createdAt: NOW, actorUserId: null, note: '' })
  const rest = {
    actorUserId: null,
    operation: 'users.create',
    targetType: 'user',
    targetId: 'u',
    address: 'ipc',
  }
  repositories.audit.append({ id: 'a', createdAt: NOW, before: null, after: { role: 'user' }, ...rest })
  repositories.prices.withdraw(PRICE_ID, null, NOW, () => undefined)
  return db
}

/** The column with a moment; most tables call it the same. */
const STAMPS: Readonly<Record<string, string>> = {
  possible_losses: 'found_at',
  price_withdrawals: 'withdrawn_at',
}

test.each(APPEND_ONLY_TABLES)('a row of %s is never changed, replaced or deleted', async (table) => {
  const db = await databaseWithRows()
  const count = cellOf(db, `SELECT count(*) FROM ${table}`)
  expect(count).toBeGreaterThan(0)
  const stamp = STAMPS[table] ?? 'created_at'
  expect(() => db.raw.exec(`UPDATE ${table} SET ${stamp} = 0`)).toThrow(`${table} is append-only`)
  expect(() => db.raw.exec(`DELETE FROM ${table}`)).toThrow(`${table} is append-only`)
  expect(() => db.raw.exec(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`)).toThrow(/append-only/)
  expect(cellOf(db, `SELECT count(*) FROM ${table} WHERE ${stamp} = ${NOW}`)).toBe(count)
})

test('a person whom the ledger knows cannot be deleted', async () => {
  const db = await databaseWithRows()
  expect(() => db.raw.exec(`DELETE FROM users`)).toThrow('FOREIGN KEY constraint failed')
})
