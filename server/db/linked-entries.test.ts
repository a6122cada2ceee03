// The links between a person's entries: put between those of a database that is in use, as the journal puts them now.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  chargeOf,
  holdOf,
  MIGRATIONS_DIR,
  NOW,
  openTestDatabase,
  tempDir,
  usageOf,
} from '../../test/support/database.ts'
import { migrateDatabase } from './migrate.ts'
import { type Db, openDatabase } from './open.ts'
import { createWriter } from './write.ts'

/** The migrations before the one that links entries. */
function olderMigrations(): string {
  const dir = join(tempDir(), 'drizzle')
  cpSync(MIGRATIONS_DIR, dir, { recursive: true })
  const path = join(dir, 'meta/_journal.json')
  // The tool's own format.
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { readonly entries: readonly { tag: string }[] }
  const linking = journal.entries.findIndex(({ tag }) => tag.endsWith('_money_after_the_fact'))
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, linking) }))
  return dir
}

const entriesOf = (db: Db) =>
  db.raw
    .prepare('SELECT seq, kind, previous_seq, balance_after_nano_usd FROM ledger_entries ORDER BY seq')
    .raw()
    .all()
const balancesOf = (db: Db) =>
  db.raw
    .prepare('SELECT user_id, balance_nano_usd, last_entry_seq FROM balances ORDER BY user_id')
    .raw()
    .all()

test('entries that were booked before there were links get the links that they would have now', async () => {
  const { db } = openTestDatabase()
  addPeople(db)
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const change = (name: string, amountNanoUsd: number) =>
    writer.submit({
      kind: 'balance_change',
      userId: `user-${name}`,
      changeKind: 'top_up',
      amountNanoUsd,
      note: '',
      actorUserId: null,
      createdAt: NOW,
    })
  const settle = async (requestId: string, name: string, paid: number, writeOffNanoUsd: number) => {
    const hold = holdOf(requestId, 1_000, name)
    await writer.submit({ kind: 'hold', hold })
    const charge = { ...chargeOf(paid), writeOffNanoUsd }
    await writer.submit({
      kind: 'settle',
      hold,
      charge,
      usage: usageOf(requestId),
      spending: [],
      createdAt: NOW,
    })
  }
  void change('ann', 5_000)
  void change('ben', 70)
  await settle('a', 'ann', 400, 0)
  await settle('b', 'ben', 70, 30)
  await writer.submit({ kind: 'hold', hold: holdOf('c') })
  await writer.submit({ kind: 'release', hold: holdOf('c'), usage: usageOf('c'), createdAt: NOW })
  await settle('d', 'ann', 1, 0)
  await change('ann', 9)
  await writer.stop()
  expect(entriesOf(db)).toEqual([
    [1, 'top_up', null, 5_000],
    [2, 'top_up', null, 70],
    [3, 'hold', null, null],
    [4, 'settle', 1, 4_600],
    [5, 'hold', null, null],
    [6, 'write_off', null, null],
    [7, 'settle', 2, 0],
    [8, 'hold', null, null],
    [9, 'release', null, null],
    [10, 'hold', null, null],
    [11, 'settle', 4, 4_599],
    [12, 'top_up', 11, 4_608],
  ])
  expect(balancesOf(db)).toEqual([
    ['user-ann', 4_608, 12],
    ['user-ben', 0, 7],
    ['user-cem', 0, null],
  ])

  const dir = tempDir()
  const older = openDatabase(join(dir, 'gateway.db'))
  try {
    const options = { backupDir: join(dir, 'backups'), now: NOW }
    migrateDatabase(older, { ...options, migrationsDir: olderMigrations() })
    addPeople(older)
    const columns = `seq, created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id, key_id, model, price_id,
      note, actor_user_id`
    older.raw.prepare('ATTACH ? AS newer').run(db.path)
    older.raw.exec(`INSERT INTO ledger_entries (${columns}) SELECT ${columns} FROM newer.ledger_entries;
      UPDATE main.balances SET balance_nano_usd = (
        SELECT balance_nano_usd FROM newer.balances AS copied WHERE copied.user_id = main.balances.user_id);
      DETACH newer`)
    migrateDatabase(older, { ...options, migrationsDir: MIGRATIONS_DIR })
    expect(entriesOf(older)).toEqual(entriesOf(db))
    expect(balancesOf(older)).toEqual(balancesOf(db))
  } finally {
    older.close()
  }
})

/** By hand, because the repositories know today's columns alone. */
function addPeople({ raw }: Db): void {
  for (const name of ['ann', 'ben', 'cem']) {
    raw.exec(`INSERT INTO users (id, email, email_key, role, status, created_at)
        VALUES ('user-${name}', '${name}', '${name}', 'user', 'active', ${NOW});
      INSERT INTO balances (user_id, balance_nano_usd, credit_limit_nano_usd) VALUES ('user-${name}', 0, 0)`)
  }
  raw.exec(`INSERT INTO prices
      (id, model, effective_from, origin, created_at, input_nano_usd_per_mtok, output_nano_usd_per_mtok)
    VALUES ('price-of-test-model', 'test-model', ${NOW}, 'operator', ${NOW}, 1, 1)`)
}
