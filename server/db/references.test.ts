// What a fold writes refers to what is there, although SQLite does not look: the connection has foreign keys off then.
import { expect, onTestFinished, test } from 'vitest'
import { addPerson, chargeOf, holdOf, NOW, openTestDatabase, usageOf } from '../../test/support/database.ts'
import { createJournal } from './journal.ts'
import { enforceForeignKeys, openRaw } from './open-raw.ts'
import { pack } from './packed-commands.ts'
import { REFERENCES } from './references.ts'
import type { HoldRecord, WriteCommand } from './write-command.ts'

function start() {
  const { db, path, repositories } = openTestDatabase()
  addPerson(repositories, 'ann', 90_000)
  const raw = openRaw(path)
  onTestFinished(() => void raw.close())
  enforceForeignKeys(raw, false)
  return { db, raw, journal: createJournal(raw) }
}

const hold = (held: HoldRecord): WriteCommand => ({ kind: 'hold', hold: held })
const settle = (held: HoldRecord, writeOffNanoUsd = 0): WriteCommand => ({
  kind: 'settle',
  hold: held,
  charge: { ...chargeOf(10), writeOffNanoUsd },
  usage: usageOf(held.requestId, { userId: held.userId }),
  spending: [],
  createdAt: NOW,
})
const release = (held: HoldRecord): WriteCommand => ({
  kind: 'release',
  hold: held,
  usage: usageOf(held.requestId, { userId: held.userId }),
  createdAt: NOW,
})

/** Each refers to something that is not there. */
const STRANGERS: readonly Partial<HoldRecord>[] = [
  { userId: 'nobody' },
  { priceId: 'no-price' },
  { planSubscriptionId: 'no-plan' },
]

test('nothing that refers to what is not there is written while foreign keys are off', () => {
  const { db, raw, journal } = start()
  expect(raw.pragma('foreign_keys', { simple: true })).toBe(0)
  const known = holdOf('known')
  journal.begin()
  journal.execute(pack(hold(known)))
  journal.commit()
  const refused = [
    ...STRANGERS.map((change) => hold({ ...holdOf('strange'), ...change })),
    ...STRANGERS.map((change) => settle({ ...known, ...change })),
    // What the operator bears is written before the rest.
    ...STRANGERS.map((change) => settle({ ...known, ...change }, 5)),
    release({ ...known, userId: 'nobody' }),
    release({ ...known, planSubscriptionId: 'no-plan' }),
  ]
  for (const command of refused) {
    journal.begin()
    expect(() => journal.executeIsolated(pack(command))).toThrow('FOREIGN KEY constraint failed')
    journal.commit()
    journal.begin()
    expect(() => {
      journal.execute(pack(command))
      journal.commit()
    }).toThrow('FOREIGN KEY constraint failed')
    journal.rollback()
  }
  const kinds = () => db.raw.prepare('SELECT kind FROM ledger_entries ORDER BY seq').pluck().all()
  expect(kinds()).toEqual(['hold'])
  journal.begin()
  journal.execute(pack(settle(known)))
  journal.commit()
  expect(kinds()).toEqual(['hold', 'settle'])
  expect(db.raw.pragma('foreign_key_check')).toEqual([])
})

test('every foreign key of the tables that a fold adds rows to is looked after', () => {
  const { db } = start()
  const elsewhere = new Set([
    // The entry that was written right before it, in the same transaction.
    'charges.entry_seq',
    // Of what administrators change, which is not folded.
    'ledger_entries.actor_user_id',
  ])
  const tables = ['ledger_entries', 'charges', 'usage', 'spending_counters', 'limit_counters', 'owned_ids']
  const found = tables.flatMap((table) => {
    const keys = db.raw.pragma(`foreign_key_list(${table})`) as { from: string; table: string; to: string }[]
    return keys
      .filter(({ from }) => !elsewhere.has(`${table}.${from}`))
      .map(({ from, table: to, to: column }) => [from, to, column])
  })
  const lookedFor = Object.entries(REFERENCES).map(([from, to]) => [from, to, 'id'])
  for (const key of found) expect(lookedFor).toContainEqual(key)
  for (const key of lookedFor) expect(found).toContainEqual(key)
})
