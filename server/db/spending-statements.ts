// The statement that counts what a key family or a plan has spent, and the order of its values.
import type { SpendingDelta } from './write-command.ts'

const WINDOWS = ['day', 'week', 'month']
const AMOUNTS = ['nano_usd', 'tokens', 'requests']
const STARTS = WINDOWS.map((window) => `${window}_start_ms`)

/** What a difference consists of; every window gets the same amounts. */
export const SPENDING_COLUMNS: readonly string[] = ['kind', 'subject_id', ...STARTS, ...AMOUNTS]

const inWindow = (window: string, amount: string): string =>
  `${window}_${amount} = CASE
     WHEN excluded.${window}_start_ms = ${window}_start_ms THEN ${window}_${amount} + excluded.${window}_${amount}
     WHEN excluded.${window}_start_ms > ${window}_start_ms THEN excluded.${window}_${amount}
     ELSE ${window}_${amount} END`

/**
 * Adds to the windows that admitted the request, each of which decides: an earlier one gives way to its own, and one that has
 * begun since leaves it out.
 */
export function spendingUpsert(): string {
  const read = (column: string): string => `column${SPENDING_COLUMNS.indexOf(column) + 1}`
  const ofWindow = (window: string) => AMOUNTS.map((amount) => `${window}_${amount}`)
  const columns = ['kind', 'subject_id', ...STARTS, ...['total', ...WINDOWS].flatMap(ofWindow)]
  const amounts = AMOUNTS.map(read)
  const values = [
    ...['kind', 'subject_id', ...STARTS].map(read),
    ...amounts,
    ...WINDOWS.flatMap(() => amounts),
  ]
  return `INSERT INTO spending_counters (${columns.join(', ')}) SELECT ${values.join(', ')}
    FROM (VALUES (${SPENDING_COLUMNS.map(() => '?').join(', ')})) WHERE 1
    ON CONFLICT (kind, subject_id) DO UPDATE SET
      ${AMOUNTS.map((amount) => `total_${amount} = total_${amount} + excluded.total_${amount}`).join(', ')},
      ${WINDOWS.flatMap((window) => AMOUNTS.map((amount) => inWindow(window, amount))).join(', ')},
      ${STARTS.map((start) => `${start} = max(${start}, excluded.${start})`).join(', ')}`
}

/** In the order of SPENDING_COLUMNS. */
export const spendingValues = (
  delta: SpendingDelta,
): readonly [string, string, number, number, number, number, number, number] => [
  delta.kind,
  delta.subjectId,
  delta.dayStartMs,
  delta.weekStartMs,
  delta.monthStartMs,
  delta.nanoUsd,
  delta.tokens,
  delta.requests,
]
