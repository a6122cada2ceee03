// The audit: what administrators did. Rows are only ever added.
import { and, eq, getTableColumns, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { AuditSort } from '../../../contract/operations/audit.ts'
import type { Db } from '../open.ts'
import { audit } from '../schema/audit.ts'
import { users } from '../schema/users.ts'
import { formatTimeCursor, type Page, toPage } from './paging.ts'
import { decideOrder, type SortKeys, type SortRequest } from './sorting.ts'

export interface AuditRow {
  readonly id: string
  readonly createdAt: number
  readonly actorUserId: string | null
  /** Such as `users.adjustBalance`. */
  readonly operation: string
  readonly targetType: string
  readonly targetId: string | null
  /** JSON-like; never a secret. */
  readonly before: unknown
  readonly after: unknown
  readonly address: string
}

/** As it is listed: with the email of who did it, where that person is known. */
export interface ListedAuditRow extends AuditRow {
  readonly actorEmail: string | null
  readonly targetName: string | null
}

/** Names are looked up, because they change, and a person's is forgotten with them. */
const targetName = sql<string | null>`case ${audit.targetType}
  when 'user' then (select email from users where id = ${audit.targetId})
  when 'key' then (select name from api_keys where id = ${audit.targetId})
  when 'plan' then (select name from plans where id = ${audit.targetId})
  when 'codes' then (select name from code_batches where id = ${audit.targetId})
  when 'upstream' then (select name from upstreams where id = ${audit.targetId})
  when 'model' then ${audit.targetId} end`

export interface AuditFilter {
  readonly actorUserId?: string | undefined
  readonly operation?: string | undefined
  readonly targetType?: string | undefined
  readonly targetId?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Part of a text, in any case of ASCII letters; in whatever a row says. */
  readonly search?: string | undefined
}

export interface AuditRepository {
  append(row: AuditRow): void
  list(filter: AuditFilter & SortRequest<AuditSort>): Page<ListedAuditRow>
}

const SORT_KEYS: SortKeys<AuditSort> = {
  table: audit,
  id: audit.id,
  usual: 'createdAt',
  keys: {
    createdAt: sql`${audit.createdAt}`,
    actor: sql`coalesce((select actor.email_key from users as actor where actor.id = ${audit.actorUserId}), '')`,
    operation: sql`${audit.operation}`,
  },
}

export function createAuditRepository({ orm }: Db): AuditRepository {
  return {
    append: ({ before, after, ...row }) =>
      void orm
        .insert(audit)
        .values({ ...row, before: toJson(before), after: toJson(after) })
        .run(),
    list: (filter) => list(orm, filter),
  }
}

/** JSON has no undefined; nothing is null. */
const toJson = (value: unknown): string => JSON.stringify(value ?? null)

function list(orm: Db['orm'], filter: AuditFilter & SortRequest<AuditSort>): Page<ListedAuditRow> {
  const { actorUserId, operation, targetType, targetId, from, to, search, limit } = filter
  const { after, order } = decideOrder(orm, SORT_KEYS, filter)
  const found = orm
    .select({ ...getTableColumns(audit), actorEmail: users.email, targetName })
    .from(audit)
    .leftJoin(users, eq(users.id, audit.actorUserId))
    .where(
      and(
        actorUserId === undefined ? undefined : eq(audit.actorUserId, actorUserId),
        operation === undefined ? undefined : eq(audit.operation, operation),
        targetType === undefined ? undefined : eq(audit.targetType, targetType),
        targetId === undefined ? undefined : eq(audit.targetId, targetId),
        from === undefined ? undefined : gte(audit.createdAt, from),
        to === undefined ? undefined : lt(audit.createdAt, to),
        search ? containing(search) : undefined,
        after,
      ),
    )
    .orderBy(...order)
    .limit(limit + 1)
    .all()
    .map((row): ListedAuditRow => ({ ...row, before: JSON.parse(row.before), after: JSON.parse(row.after) }))
  return toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
}

/** instr, not LIKE: a search for "_" or "%" means these characters. A line feed keeps one column's end from the next. */
const containing = (search: string): SQL => sql`instr(
  lower(${audit.operation} || char(10) || coalesce(${audit.targetId}, '') || char(10) || ${audit.before} || char(10)
    || ${audit.after} || char(10) || ${audit.address} || char(10) || coalesce(${users.email}, '')),
  lower(${search})) > 0`
