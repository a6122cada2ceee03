// Inserts of many rows by few statements: each costs a little of its own, and keeps a copy of every page that it changes.
import type { Database, RunResult } from 'better-sqlite3'
import type { Value } from './packed-commands.ts'
import type { Pause } from './pauses.ts'

/** How many rows a statement takes. What is left over is written by the next smaller one. */
const SIZES = [16, 4, 1]

/** Writes all rows in their order; `onRows` is told of each statement, and how many rows it took. */
export type InsertRows<Row> = (
  rows: readonly Row[],
  onRows?: (count: number, result: RunResult) => void,
) => void

interface RowShape<Row> {
  readonly width: number
  /** Makes the statement from its `VALUES (?, …), (?, …)`. */
  sqlOf(values: string): string
  /** Puts the `width` values of a row into those of a statement, from `at` on. */
  put(row: Row, values: Value[], at: number): void
}

export function prepareRows<Row>(
  raw: Database,
  pause: Pause,
  { width, sqlOf, put }: RowShape<Row>,
): InsertRows<Row> {
  const row = `(${Array.from({ length: width }, () => '?').join(', ')})`
  const batches = SIZES.map((size) => ({
    size,
    statement: raw.prepare(sqlOf(`VALUES ${Array.from({ length: size }, () => row).join(', ')}`)),
    values: new Array<Value>(size * width).fill(null),
  }))
  return (rows, onRows) => {
    let written = 0
    for (const { size, statement, values } of batches) {
      for (; written + size <= rows.length; written += size) {
        let at = 0
        for (const row of rows.slice(written, written + size)) {
          put(row, values, at)
          at += width
        }
        const result = statement.run(...values)
        onRows?.(size, result)
        pause()
      }
    }
  }
}

/** Puts the values of these places; what a row is too short for is null. */
export function putPlaces(
  places: readonly number[],
  row: readonly Value[],
  values: Value[],
  at: number,
): void {
  let to = at
  for (const place of places) {
    values[to] = row[place] ?? null
    to += 1
  }
}
