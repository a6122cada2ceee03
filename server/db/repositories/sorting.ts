// A page of a list that is sorted by one of several columns. The cursor names the last row of the page before, whatever the
// order: the row's own key is looked up again, since an email has no place in a cursor, and the id decides between equals.
import { eq, type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Direction } from '../../../contract/operations/fields.ts'
import type { Db } from '../open.ts'
import { type PageRequest, parseTimeCursor } from './paging.ts'
import { itself, type ValueFor } from './shapes.ts'

/** What a list may be sorted by. A key is worked out from the row of its table alone, and is never null. */
export interface SortKeys<Name extends string> {
  readonly table: SQLiteTable
  readonly id: AnySQLiteColumn
  readonly keys: Readonly<Record<Name, SQL>>
  /** Where nothing is said. */
  readonly usual: Name
}

export interface SortRequest<Name extends string> extends PageRequest {
  readonly sort?: Name | undefined
  /** `desc` where left out. */
  readonly direction?: Direction | undefined
}

/** The row behind which a page begins. */
export interface LastRow {
  readonly lastId: string
  readonly lastKey: string | number
}

interface Order {
  /** For `where`, undefined on the first page. No row may be gone for good, or its page has nothing after it. */
  readonly after: SQL | undefined
  /** For `orderBy`. */
  readonly order: readonly [SQL, SQL]
}

/** Undefined on the first page. Null for a cursor of somebody's own making: there is nothing after nobody. */
export function findLast<Name extends string>(
  orm: Db['orm'],
  { table, id, keys, usual }: SortKeys<Name>,
  { sort = usual, cursor }: SortRequest<Name>,
): LastRow | null | undefined {
  if (cursor === undefined) return undefined
  const lastId = parseTimeCursor(cursor).id
  const found = orm
    .select({ lastKey: sql<string | number>`${keys[sort]}` })
    .from(table)
    .where(eq(id, lastId))
    .get()
  return found ? { lastId, ...found } : null
}

/** Behind a row that was found before: for queries that are prepared, by sort, direction and whether there is such a row. */
export function orderBehind<Name extends string>(
  last: LastRow | undefined,
  { id, keys, usual }: SortKeys<Name>,
  { sort = usual, direction = 'desc' }: SortRequest<Name>,
  valueFor: ValueFor = itself,
): Order {
  const key = keys[sort]
  const way = sql.raw(direction)
  const order = [sql`${key} ${way}`, sql`${id} ${way}`] as const
  if (last === undefined) return { after: undefined, order }
  const compare = sql.raw(direction === 'asc' ? '>' : '<')
  const { lastKey, lastId } = last
  return {
    after: sql`(${key}, ${id}) ${compare} (${valueFor('lastKey', lastKey)}, ${valueFor('lastId', lastId)})`,
    order,
  }
}

/** For a query that is built anew for each page. */
export function decideOrder<Name extends string>(
  orm: Db['orm'],
  sortKeys: SortKeys<Name>,
  request: SortRequest<Name>,
): Order {
  const last = findLast(orm, sortKeys, request)
  const decided = orderBehind(last ?? undefined, sortKeys, request)
  return last === null ? { ...decided, after: sql`0` } : decided
}
