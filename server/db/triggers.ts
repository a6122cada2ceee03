// The triggers that make rows append-only. A migration that rebuilds a table loses its triggers without a word, so they are no
// part of any migration: they are taken away before one and put back after it, at every start.
import type { Database } from 'better-sqlite3'

/** Tables whose rows are never changed and never deleted. */
export const APPEND_ONLY_TABLES = [
  'ledger_entries',
  'charges',
  'prices',
  'price_withdrawals',
  'audit',
  'possible_losses',
  'loss_resolutions',
] as const

/** What an earlier version left to triggers, and the writer does by now. */
const FORMER_TRIGGERS = ['usage_late', 'usage_late_for_its_day']

const triggersOf = (table: string) => [
  { name: `${table}_no_update`, event: 'UPDATE', verb: 'changed' },
  { name: `${table}_no_delete`, event: 'DELETE', verb: 'deleted' },
]

/** Called inside the transaction of a migration, before it: a migration may have to rewrite what nobody else may. */
export function dropTriggers(raw: Database): void {
  for (const table of APPEND_ONLY_TABLES) {
    for (const { name } of triggersOf(table)) raw.exec(`DROP TRIGGER IF EXISTS ${name}`)
  }
  for (const name of FORMER_TRIGGERS) raw.exec(`DROP TRIGGER IF EXISTS ${name}`)
}

export function createTriggers(raw: Database): void {
  const isThere = raw.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).pluck()
  for (const table of APPEND_ONLY_TABLES) {
    // An older schema has fewer of them.
    if (isThere.get(table) === undefined) continue
    for (const { name, event, verb } of triggersOf(table)) {
      raw.exec(
        `CREATE TRIGGER ${name} BEFORE ${event} ON ${table}
         BEGIN SELECT RAISE(ABORT, '${table} is append-only: its rows are never ${verb}'); END`,
      )
    }
  }
}
