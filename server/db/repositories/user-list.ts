// The list of people as the console shows it: searched, narrowed, sorted, page by page, with the counts beside it.
import { and, count, eq, ne, sql } from 'drizzle-orm'
import type { Role, UserStatus } from '../../../contract/operations/fields.ts'
import type { UserSort } from '../../../contract/operations/users.ts'
import { emailKeyOf } from '../email-key.ts'
import type { Db } from '../open.ts'
import { balances } from '../schema/ledger.ts'
import { users } from '../schema/users.ts'
import { type CountedPage, formatTimeCursor, toPage } from './paging.ts'
import { decideOrder, type SortKeys, type SortRequest } from './sorting.ts'
import type { UserRow } from './users.ts'

export interface UserFilter extends SortRequest<UserSort> {
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

export function listUsers(orm: Db['orm'], filter: UserFilter): CountedPage<UserRow> {
  const { search, status, role, limit } = filter
  const wanted = and(
    // instr, not LIKE: a search for "_" or "%" means these characters.
    search ? sql`instr(${users.emailKey}, ${emailKeyOf(search)}) > 0` : undefined,
    status ? eq(users.status, status) : ne(users.status, 'deleted'),
    role ? eq(users.role, role) : undefined,
  )
  const { after, order } = decideOrder(orm, SORT_KEYS, filter)
  const found = orm
    .select(userColumns)
    .from(users)
    .where(and(wanted, after))
    .orderBy(...order)
    .limit(limit + 1)
    .all()
  const total = orm.select({ count: count() }).from(users).where(wanted).get()?.count ?? 0
  return { ...toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id })), total }
}

export function countUsers(orm: Db['orm']): UserCounts {
  const groups = orm
    .select({
      status: users.status,
      count: count(),
      administrators: sql<number>`sum(${users.role} = 'admin')`,
      deletionRequested: sql<number>`sum(${users.deletionRequestedAt} is not null)`,
    })
    .from(users)
    .groupBy(users.status)
    .all()
  const of = (status: UserStatus) => groups.find((group) => group.status === status)?.count ?? 0
  const sumOf = (name: 'administrators' | 'deletionRequested') =>
    groups.reduce((sum, group) => (group.status === 'deleted' ? sum : sum + group[name]), 0)
  return {
    pending: of('pending'),
    active: of('active'),
    suspended: of('suspended'),
    deleted: of('deleted'),
    administrators: sumOf('administrators'),
    deletionRequested: sumOf('deletionRequested'),
  }
}
