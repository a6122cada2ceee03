// A page of a list that is sorted by one of several columns. The cursor names the last row of the page before, whatever the
// order: the row's own key is looked up again, since an email has no place in a cursor, and the id decides between equals.
import { eq, type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Direction } from '../../../contract/operations/fields.ts'
import type { Db } from '../open.ts'
import { type PageRequest, parseTimeCursor } from './paging.ts'

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

/** For `where`, undefined on the first page, and for `orderBy`. No row may be gone for good, or its page has nothing after it. */
export function decideOrder<Name extends string>(
  orm: Db['orm'],
  { table, id, keys, usual }: SortKeys<Name>,
  { sort = usual, direction = 'desc', cursor }: SortRequest<Name>,
): { readonly after: SQL | undefined; readonly order: readonly [SQL, SQL] } {
  const key = keys[sort]
  const way = sql.raw(direction)
  const order = [sql`${key} ${way}`, sql`${id} ${way}`] as const
  if (cursor === undefined) return { after: undefined, order }
  const lastId = parseTimeCursor(cursor).id
  const last = orm
    .select({ key: sql<string | number>`${key}` })
    .from(table)
    .where(eq(id, lastId))
    .get()
  // A cursor of somebody's own making: there is nothing after nobody.
  if (!last) return { after: sql`0`, order }
  const compare = sql.raw(direction === 'asc' ? '>' : '<')
  return { after: sql`(${key}, ${id}) ${compare} (${last.key}, ${lastId})`, order }
}
