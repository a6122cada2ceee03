// What many rows have in common: whose they are, what was asked for, what it costs. It is kept once, in a table of this connection,
// so that a row brings its own values and a number along: handing a text to SQLite takes longer than writing it. What it refers to
// is looked for once as well.
import type { Database } from 'better-sqlite3'
import type { Value } from './packed-commands.ts'
import { prepareReferences, REFERENCES, type Reference } from './references.ts'

type Row = readonly Value[]

export interface CommonValues {
  /** Has them by the names of their columns. */
  readonly table: string
  /**
   * The number of what a row has in common with others: the `id` in the table. Throws where it cannot be written, or refers to
   * what is not there.
   */
  idOf(row: Row): number
  /** To be called where none of the numbers is needed any more: there is an end to how many are kept. */
  makeRoom(): void
  /** To be called where a transaction was undone, and with it what it had kept. */
  forget(): void
}

interface Common {
  readonly id: number
  readonly values: Row
}

const KEPT_MAX = 1_000

/** Each has a table of its own, whoever else uses the connection. */
let tables = 0

/** `columns` by where a row has them; the first tells most rows apart, and the others in turn. */
export function createCommonValues(
  raw: Database,
  columns: readonly (readonly [name: string, place: number])[],
): CommonValues {
  const names = columns.map(([name]) => name)
  const places = columns.map(([, place]) => place)
  const references = columns.flatMap(([name, place]) => (isReference(name) ? [{ name, place }] : []))
  const [firstPlace = 0] = places
  tables += 1
  const table = `temp.common_values_${tables}`
  raw.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, ${names.join(', ')})`)
  const insert = raw.prepare(`INSERT INTO ${table} VALUES (?, ${names.map(() => '?').join(', ')})`)
  const removeAll = raw.prepare(`DELETE FROM ${table}`)
  const requireReference = prepareReferences(raw)
  const kept = new Map<Value, Common[]>()
  let count = 0
  /** What is forgotten is removed when the next is kept: it may be the disk that undid a transaction. */
  let isForgotten = false
  /** No number is given twice: one that is gone then leads to nothing, which no table takes, and never to other values. */
  let lastId = 0

  function keep(row: Row, alike: Common[] | undefined): number {
    // None of it is ever deleted, so that it is enough to have found it once.
    for (const { name, place } of references) requireReference(name, row[place] ?? null)
    if (isForgotten) removeAll.run()
    isForgotten = false
    lastId += 1
    const common = { id: lastId, values: places.map((place) => row[place] ?? null) }
    insert.run(lastId, ...common.values)
    if (alike) alike.push(common)
    else kept.set(row[firstPlace] ?? null, [common])
    count += 1
    return common.id
  }

  function forget(): void {
    kept.clear()
    count = 0
    isForgotten = true
  }

  return {
    table,
    idOf(row) {
      const alike = kept.get(row[firstPlace] ?? null)
      if (alike) for (const common of alike) if (isOf(common, row, places)) return common.id
      return keep(row, alike)
    },
    makeRoom() {
      if (count > KEPT_MAX) forget()
    },
    forget,
  }
}

const isReference = (name: string): name is Reference => name in REFERENCES

function isOf({ values }: Common, row: Row, places: readonly number[]): boolean {
  for (let at = 0; at < places.length; at += 1) {
    // So many places there are.
    if (values[at] !== (row[places[at] as number] ?? null)) return false
  }
  return true
}
