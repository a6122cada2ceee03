// The triggers that make rows append-only, and those that keep sums of usage whole. A migration that rebuilds a table loses
// its triggers without a word, so they are no part of any migration: they are taken away before one and put back after it, at
// every start.
import type { Database } from 'better-sqlite3'
import { LATE_DAILY_USAGE } from './daily-usage.ts'

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

const triggersOf = (table: string) => [
  { name: `${table}_no_update`, event: 'UPDATE', verb: 'changed' },
  { name: `${table}_no_delete`, event: 'DELETE', verb: 'deleted' },
]

/** Called inside the transaction of a migration, before it: a migration may have to rewrite what nobody else may. */
export function dropTriggers(raw: Database): void {
  for (const table of APPEND_ONLY_TABLES) {
    for (const { name } of triggersOf(table)) raw.exec(`DROP TRIGGER IF EXISTS ${name}`)
  }
  for (const { name } of LATE_TRIGGERS) raw.exec(`DROP TRIGGER IF EXISTS ${name}`)
}

/**
 * Sums of usage follow behind the present. A request that arrived before the point that they have reached, and ends only now,
 * is added to them with its row, in the same transaction.
 */
const LATE_USAGE = {
  name: 'usage_late',
  table: 'usage_progress',
  sql: `CREATE TRIGGER usage_late AFTER INSERT ON usage
    WHEN NEW.created_at < (SELECT rolled_until FROM usage_progress WHERE id = 0)
    BEGIN
      INSERT INTO usage_rollups
        (level, start_ms, model, endpoint, status, reason, is_demo, source, requests, input_tokens, cached_input_tokens,
         cache_write_tokens, output_tokens, reasoning_tokens, web_search_calls, cost_nano_usd)
      VALUES
        (0, NEW.created_at - NEW.created_at % 900000, NEW.model, NEW.endpoint, NEW.status, NEW.reason, NEW.is_demo,
         NEW.source, 1, NEW.input_tokens, NEW.cached_input_tokens, NEW.cache_write_tokens, NEW.output_tokens,
         NEW.reasoning_tokens, NEW.web_search_calls, NEW.cost_nano_usd)
      ON CONFLICT DO UPDATE SET
        requests = requests + excluded.requests, input_tokens = input_tokens + excluded.input_tokens,
        cached_input_tokens = cached_input_tokens + excluded.cached_input_tokens,
        cache_write_tokens = cache_write_tokens + excluded.cache_write_tokens,
        output_tokens = output_tokens + excluded.output_tokens,
        reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
        web_search_calls = web_search_calls + excluded.web_search_calls,
        cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd;
    END`,
}

const LATE_TRIGGERS = [LATE_USAGE, LATE_DAILY_USAGE]

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
  for (const { table, sql } of LATE_TRIGGERS) if (isThere.get(table) !== undefined) raw.exec(sql)
}
