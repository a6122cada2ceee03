// The statement that counts what a key family or a plan has spent, in the transaction of the settlement.
import type { Database } from 'better-sqlite3'
import type { SpendingDelta } from './write-command.ts'

/**
 * Adds to the windows that admitted the request. As long as they are the newest ones of the row, that is one plain addition;
 * else each window decides: an earlier one gives way to its own, and one that has begun since leaves it out.
 */
export function prepareSpending(raw: Database) {
  const windows = ['day', 'week', 'month']
  const amounts = ['nano_usd', 'tokens', 'requests']
  const starts = windows.map((window) => `${window}_start_ms`)
  const columns = ['total', ...windows].flatMap((window) => amounts.map((amount) => `${window}_${amount}`))
  const sameWindows = raw.prepare(
    `UPDATE spending_counters SET ${columns.map((column) => `${column} = ${column} + ?`).join(', ')}
     WHERE kind = ? AND subject_id = ? AND ${starts.map((start) => `${start} = ?`).join(' AND ')}`,
  )
  const inWindow = (window: string, amount: string) =>
    `${window}_${amount} = CASE
       WHEN excluded.${window}_start_ms > ${window}_start_ms THEN excluded.${window}_${amount}
       WHEN excluded.${window}_start_ms = ${window}_start_ms THEN ${window}_${amount} + excluded.${window}_${amount}
       ELSE ${window}_${amount} END`
  const otherWindows = raw.prepare(
    `INSERT INTO spending_counters (${[...columns, 'kind', 'subject_id', ...starts].join(', ')})
     VALUES (${[...columns, 'kind', 'subject_id', ...starts].map(() => '?').join(', ')})
     ON CONFLICT (kind, subject_id) DO UPDATE SET
       ${amounts.map((amount) => `total_${amount} = total_${amount} + excluded.total_${amount}`).join(', ')},
       ${windows.flatMap((window) => amounts.map((amount) => inWindow(window, amount))).join(', ')},
       ${starts.map((start) => `${start} = max(${start}, excluded.${start})`).join(', ')}`,
  )
  return {
    spending(delta: SpendingDelta): void {
      const { kind, subjectId, dayStartMs, weekStartMs, monthStartMs, nanoUsd, tokens, requests } = delta
      const added = [nanoUsd, tokens, requests]
      const where = [kind, subjectId, dayStartMs, weekStartMs, monthStartMs]
      const values = [...added, ...added, ...added, ...added, ...where]
      if (sameWindows.run(...values).changes === 0) otherWindows.run(...values)
    },
  }
}
