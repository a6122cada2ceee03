// The list of people as the console shows it: searched, narrowed, sorted, page by page, with the counts beside it.
import { and, count, eq, ne, type SQL, sql } from 'drizzle-orm'
import type { Role, UserStatus } from '../../../contract/operations/fields.ts'
import type { UserSort } from '../../../contract/operations/users.ts'
import { emailKeyOf } from '../email-key.ts'
import type { Db } from '../open.ts'
import { balances } from '../schema/ledger.ts'
import { users } from '../schema/users.ts'
import { formatTimeCursor, type Page, toPage } from './paging.ts'
import { decideOrder, type SortKeys, type SortRequest } from './sorting.ts'
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

export function listUsers(orm: Db['orm'], filter: UserFilter & SortRequest<UserSort>): Page<UserRow> {
  const { limit } = filter
  const { after, order } = decideOrder(orm, SORT_KEYS, filter)
  const found = orm
    .select(userColumns)
    .from(users)
    .where(and(whereOf(filter), after))
    .orderBy(...order)
    .limit(limit + 1)
    .all()
  return toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
}

export const countUsers = (orm: Db['orm'], filter: UserFilter): number =>
  orm.select({ count: count() }).from(users).where(whereOf(filter)).get()?.count ?? 0

const whereOf = ({ search, status, role }: UserFilter): SQL | undefined =>
  and(
    // instr, not LIKE: a search for "_" or "%" means these characters.
    search ? sql`instr(${users.emailKey}, ${emailKeyOf(search)}) > 0` : undefined,
    status ? eq(users.status, status) : ne(users.status, 'deleted'),
    role ? eq(users.role, role) : undefined,
  )

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
