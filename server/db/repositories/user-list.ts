// The list of people as the console shows it: searched, narrowed, sorted, page by page, with the counts beside it.
import { and, asc, count, desc, eq, ne, type SQL, sql } from 'drizzle-orm'
import type { Role, UserStatus } from '../../../contract/operations/fields.ts'
import type { UserSort } from '../../../contract/operations/users.ts'
import { emailKeyOf } from '../email-key.ts'
import type { Db } from '../open.ts'
import { balances } from '../schema/ledger.ts'
import { users } from '../schema/users.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'
import { namesIn, preparedByShape, type ValueFor } from './shapes.ts'
import type { UserRow } from './users.ts'

export interface UserFilter {
  /** Part of the email, in any case. */
  readonly search?: string | undefined
  /** Where left out: everybody who is not deleted. */
  readonly status?: UserStatus | undefined
  readonly role?: Role | undefined
  /** `createdAt` where left out. */
  readonly sort?: UserSort | undefined
  /** `desc` where left out. */
  readonly direction?: 'asc' | 'desc' | undefined
}

export interface UserCounts {
  readonly pending: number
  readonly active: number
  readonly suspended: number
  readonly deleted: number
  readonly administrators: number
  readonly deletionRequested: number
}

export const userColumns = {
  id: users.id,
  email: users.email,
  passwordHash: users.passwordHash,
  role: users.role,
  status: users.status,
  createdAt: users.createdAt,
  lastSeenAt: users.lastSeenAt,
  locale: users.locale,
  theme: users.theme,
  emailVerifiedAt: users.emailVerifiedAt,
  defaultBalance: users.defaultBalance,
  deletionRequestedAt: users.deletionRequestedAt,
  deletedAt: users.deletedAt,
}

/** What each order compares first; the id decides between equals. */
const SORT_KEYS: Readonly<Record<UserSort, SQL>> = {
  createdAt: sql`${users.createdAt}`,
  email: sql`${users.emailKey}`,
  lastSeenAt: sql`coalesce(${users.lastSeenAt}, 0)`,
  balance: sql`(select ${balances.balanceNanoUsd} from ${balances} where ${balances.userId} = ${users.id})`,
}

type UserPage = UserFilter & PageRequest

export interface UserList {
  list(filter: UserPage): Page<UserRow>
  /** On all pages together. */
  count(filter: UserFilter): number
}

export function createUserList(orm: Db['orm']): UserList {
  const pages = preparedByShape((filter: UserPage, valueFor) => pageQuery(orm, filter, valueFor).prepare())
  const counts = preparedByShape((filter: UserFilter, valueFor) =>
    countQuery(orm, filter, valueFor).prepare(),
  )

  /** The cursor names the last row of the page before, whatever the order: its own key is looked up again, since an email has
   * no place in a cursor. A row is never gone, people are deleted softly. */
  function lastOf(cursor: string | undefined, sort: UserSort): Last | undefined {
    if (cursor === undefined) return undefined
    const { id } = parseTimeCursor(cursor)
    return orm
      .select({ id: users.id, key: sql<string | number>`${SORT_KEYS[sort]}` })
      .from(users)
      .where(eq(users.id, id))
      .get()
  }

  return {
    list(request) {
      const { cursor, limit, ...filter } = request
      const last = lastOf(cursor, filter.sort ?? 'createdAt')
      // A cursor of somebody's own making: there is nothing after nobody.
      if (cursor !== undefined && !last) return { rows: [], nextCursor: null }
      const query = pages(shapeOf(request), request)
      const found = query.all({ ...valuesOf(filter), ...last, rows: limit + 1 })
      return toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
    },
    count: (filter) => counts(shapeOf(filter), filter).get(valuesOf(filter))?.count ?? 0,
  }
}

/** The row behind which a page begins. */
interface Last {
  readonly id: string
  readonly key: string | number
}

const shapeOf = ({ search, ...filter }: UserFilter & { readonly cursor?: string | undefined }): string =>
  `${namesIn({ ...filter, search: search || undefined })} ${filter.sort} ${filter.direction}`

const valuesOf = ({ search = '', status, role }: UserFilter) => ({
  search: emailKeyOf(search),
  status,
  role,
})

function pageQuery(orm: Db['orm'], { cursor, limit, ...filter }: UserPage, valueFor: ValueFor) {
  const { sort = 'createdAt', direction = 'desc' } = filter
  const key = SORT_KEYS[sort]
  const inOrder = direction === 'asc' ? asc : desc
  const compare = direction === 'asc' ? sql`>` : sql`<`
  const isAfter =
    cursor === undefined
      ? undefined
      : sql`(${key}, ${users.id}) ${compare} (${valueFor('key', '')}, ${valueFor('id', '')})`
  return orm
    .select(userColumns)
    .from(users)
    .where(and(whereOf(filter, valueFor), isAfter))
    .orderBy(inOrder(key), inOrder(users.id))
    .limit(valueFor('rows', limit + 1))
}

const countQuery = (orm: Db['orm'], filter: UserFilter, valueFor: ValueFor) =>
  orm.select({ count: count() }).from(users).where(whereOf(filter, valueFor))

function whereOf(filter: UserFilter, valueFor: ValueFor): SQL | undefined {
  const { search, status, role } = filter
  return and(
    // instr, not LIKE: a search for "_" or "%" means these characters.
    search ? sql`instr(${users.emailKey}, ${valueFor('search', valuesOf(filter).search)}) > 0` : undefined,
    status ? eq(users.status, valueFor('status', status)) : ne(users.status, 'deleted'),
    role ? eq(users.role, valueFor('role', role)) : undefined,
  )
}

interface StatusCount {
  readonly status: UserStatus
  readonly count: number
  readonly administrators: number
  readonly deletionRequested: number
}

/** Prepared once, because it stands beside every page of the list. */
export function prepareUserCounts(raw: Db['raw']): () => UserCounts {
  const groups = raw.prepare<[], StatusCount>(
    `SELECT status, count(*) AS count, sum(role = 'admin') AS administrators,
       sum(deletion_requested_at IS NOT NULL) AS deletionRequested
     FROM users GROUP BY status`,
  )
  return () => {
    const found = groups.all()
    const of = (status: UserStatus) => found.find((group) => group.status === status)?.count ?? 0
    const sumOf = (name: 'administrators' | 'deletionRequested') =>
      found.reduce((sum, group) => (group.status === 'deleted' ? sum : sum + group[name]), 0)
    return {
      pending: of('pending'),
      active: of('active'),
      suspended: of('suspended'),
      deleted: of('deleted'),
      administrators: sumOf('administrators'),
      deletionRequested: sumOf('deletionRequested'),
    }
  }
}
