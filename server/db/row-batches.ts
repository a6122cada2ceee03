// Inserts of many rows by few statements: each costs a little of its own, and keeps a copy of every page that it changes.
import type { Database, RunResult } from 'better-sqlite3'
import type { Value } from './packed-commands.ts'

/** How many rows a statement takes. What is left over is written by the next smaller one. */
const SIZES = [16, 4, 1]

type Row = readonly Value[]

/** Writes all rows in their order; `onRows` is told of each statement, and how many rows it took. */
export type InsertRows = (rows: readonly Row[], onRows?: (count: number, result: RunResult) => void) => void

/**
 * `sqlOf` makes the statement from its `VALUES (?, …), (?, …)`. The first `width` values of each row are written, and a row
 * that is too short goes on with nulls.
 */
export function prepareRows(raw: Database, width: number, sqlOf: (values: string) => string): InsertRows {
  const row = `(${Array.from({ length: width }, () => '?').join(', ')})`
  const batches = SIZES.map((size) => ({
    size,
    statement: raw.prepare(sqlOf(`VALUES ${Array.from({ length: size }, () => row).join(', ')}`)),
    values: new Array<Value>(size * width).fill(null),
  }))
  return (rows, onRows) => {
    let at = 0
    for (const { size, statement, values } of batches) {
      for (; at + size <= rows.length; at += size) {
        fill(values, rows, at, width)
        const result = statement.run(...values)
        onRows?.(size, result)
      }
    }
  }
}

function fill(values: Value[], rows: readonly Row[], from: number, width: number): void {
  let place = 0
  for (let index = from; place < values.length; index += 1) {
    const row = rows[index] ?? []
    for (let column = 0; column < width; column += 1) {
      values[place] = row[column] ?? null
      place += 1
    }
  }
}
