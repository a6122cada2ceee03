// The tables of docs/money.md, for the tests that compute its examples again: each by the first word of its head, its rows by
// their first cell. Which rows were read is kept, so that none stands there unchecked.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is decided after a request has ended: these tables have a test of their own. */
const AFTERWARDS = ['History', 'Receipt', 'Refund', 'Possible loss', 'Limit', 'Statement']

type Rows = ReadonlyMap<string, readonly string[]>

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

function tablesOf(page: string): ReadonlyMap<string, Rows> {
  const tables = new Map<string, Rows>()
  for (const block of page.matchAll(/(?:^\|.*\|\n)+/gm)) {
    const [head, , ...rows] = block[0].trim().split('\n').map(cellsOf)
    const name = head?.[0]
    if (name === undefined || tables.has(name)) throw new Error(`the table "${name}" needs a name of its own`)
    tables.set(name, new Map(rows.map(([first = '', ...rest]) => [first, rest])))
  }
  return tables
}

export const tables = tablesOf(readFileSync(join(import.meta.dirname, '../../docs/money.md'), 'utf8'))
const read = new Set<string>()

/** The cells of a row behind its first one. */
export function row(table: string, label: string): readonly string[] {
  const cells = tables.get(table)?.get(label)
  if (!cells) throw new Error(`docs/money.md has no row "${label}" in the table "${table}"`)
  read.add(`${table}: ${label}`)
  return cells
}

export const numberIn = (cell: string | undefined): number => {
  const value = Number((cell ?? '').replaceAll(',', '').replace('\u2212', '-'))
  if (cell === undefined || cell === '' || !Number.isInteger(value))
    throw new Error(`"${cell}" is no whole number`)
  return value
}

/** The cells of a row that are not empty, as numbers. */
export const numbers = (table: string, label: string): readonly number[] =>
  row(table, label)
    .filter((cell) => cell !== '')
    .map(numberIn)

/** The last number of a row. */
export const amount = (table: string, label: string): number => numberIn(row(table, label).at(-1))

/** The rows that no test has read, of what is decided afterwards or of the rest. */
export function unread(part: 'before' | 'afterwards'): string[] {
  const mine = [...tables].filter(([table]) => AFTERWARDS.includes(table) === (part === 'afterwards'))
  const all = mine.flatMap(([table, rows]) => [...rows.keys()].map((label) => `${table}: ${label}`))
  return all.filter((label) => !read.has(label))
}
