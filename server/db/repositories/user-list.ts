// The list of people as the console shows it: searched, narrowed, sorted, page by page, with the counts beside it.
import { and, count, eq, ne, type SQL, sql } from 'drizzle-orm'
import type { Role, UserStatus } from '../../../contract/operations/fields.ts'
import type { UserSort } from '../../../contract/operations/users.ts'
import { emailKeyOf } from '../email-key.ts'
import type { Db } from '../open.ts'
import { balances } from '../schema/ledger.ts'
import { users } from '../schema/users.ts'
import { formatTimeCursor, type Page, toPage } from './paging.ts'
import { namesIn, preparedByShape, type ValueFor } from './shapes.ts'
import { findLast, type LastRow, orderBehind, type SortKeys, type SortRequest } from './sorting.ts'
import type { UserRow } from './users.ts'

export interface UserFilter {
  /** Part of the email, in any case. */
  readonly search?: string | undefined
  /** Where left out: everybody who is not deleted. */
  readonly status?: UserStatus | undefined
  readonly role?: Role | undefined
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

const SORT_KEYS: SortKeys<UserSort> = {
  table: users,
  id: users.id,
  usual: 'createdAt',
  keys: {
    createdAt: sql`${users.createdAt}`,
    email: sql`${users.emailKey}`,
    lastSeenAt: sql`coalesce(${users.lastSeenAt}, 0)`,
    balance: sql`(select ${balances.balanceNanoUsd} from ${balances} where ${balances.userId} = ${users.id})`,
  },
}

export type UserPage = UserFilter & SortRequest<UserSort>

export interface UserList {
  list(page: UserPage): Page<UserRow>
  /** On all pages together. */
  count(filter: UserFilter): number
}

export function createUserList(orm: Db['orm']): UserList {
  const pages = preparedByShape((page: UserPage & Behind, valueFor) =>
    pageQuery(orm, page, valueFor).prepare(),
  )
  const counts = preparedByShape((filter: UserFilter, valueFor) =>
    countQuery(orm, filter, valueFor).prepare(),
  )
  return {
    list(page) {
      const last = findLast(orm, SORT_KEYS, page)
      if (last === null) return { rows: [], nextCursor: null }
      const query = pages(shapeOf(page), { ...page, last })
      const found = query.all({ ...valuesOf(page), ...last, rows: page.limit + 1 })
      return toPage(found, page.limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
    },
    count: (filter) => counts(shapeOf(filter), filter).get(valuesOf(filter))?.count ?? 0,
  }
}

interface Behind {
  readonly last: LastRow | undefined
}

const shapeOf = ({ search, ...page }: UserFilter & Partial<SortRequest<UserSort>>): string =>
  `${namesIn({ ...page, search: search || undefined })} ${page.sort} ${page.direction}`

const valuesOf = ({ search = '', status, role }: UserFilter) => ({
  search: emailKeyOf(search),
  status,
  role,
})

function pageQuery(orm: Db['orm'], page: UserPage & Behind, valueFor: ValueFor) {
  const { after, order } = orderBehind(page.last, SORT_KEYS, page, valueFor)
  return orm
    .select(userColumns)
    .from(users)
    .where(and(whereOf(page, valueFor), after))
    .orderBy(...order)
    .limit(valueFor('rows', page.limit + 1))
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
