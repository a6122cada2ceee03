// The audit: what administrators did. Rows are only ever added.
import { and, desc, eq, gte, lt, sql } from 'drizzle-orm'
import type { Db } from '../open.ts'
import { audit } from '../schema/audit.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'

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

export interface AuditFilter {
  readonly actorUserId?: string | undefined
  readonly operation?: string | undefined
  readonly targetType?: string | undefined
  readonly targetId?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export interface AuditRepository {
  append(row: AuditRow): void
  /** Newest first. */
  list(filter: AuditFilter & PageRequest): Page<AuditRow>
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

function list(orm: Db['orm'], filter: AuditFilter & PageRequest): Page<AuditRow> {
  const { actorUserId, operation, targetType, targetId, from, to, cursor, limit } = filter
  const key = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const found = orm
    .select()
    .from(audit)
    .where(
      and(
        actorUserId === undefined ? undefined : eq(audit.actorUserId, actorUserId),
        operation === undefined ? undefined : eq(audit.operation, operation),
        targetType === undefined ? undefined : eq(audit.targetType, targetType),
        targetId === undefined ? undefined : eq(audit.targetId, targetId),
        from === undefined ? undefined : gte(audit.createdAt, from),
        to === undefined ? undefined : lt(audit.createdAt, to),
        key && sql`(${audit.createdAt}, ${audit.id}) < (${key.at}, ${key.id})`,
      ),
    )
    .orderBy(desc(audit.createdAt), desc(audit.id))
    .limit(limit + 1)
    .all()
    .map((row): AuditRow => ({ ...row, before: JSON.parse(row.before), after: JSON.parse(row.after) }))
  return toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id }))
}
