// Usage rows: one per request. Read here; written by the writer together with what the request cost.
import { and, desc, eq, gt, gte, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { ChargeReason, UsageRow } from '../../../contract/usage.ts'
import type { Db } from '../open.ts'
import { usage } from '../schema/usage.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'
import { itself, namesIn, preparedByShape, type ValueFor } from './shapes.ts'
import { createUsageSums } from './usage-sums.ts'
import type { UsageTotals } from './usage-totals.ts'

export interface UsageFilter {
  readonly userId?: string | undefined
  readonly keyId?: string | undefined
  readonly model?: string | undefined
  readonly endpoint?: string | undefined
  /** HTTP status. */
  readonly status?: number | undefined
  readonly reason?: ChargeReason | undefined
  /** Unix milliseconds, inclusive. */
  readonly from?: number | undefined
  /** Unix milliseconds, exclusive. */
  readonly to?: number | undefined
}

export interface UsageRepository {
  /** The row of a request that arrived at this moment. */
  find(createdAt: number, requestId: string): UsageRow | undefined
  /** The row of a request that arrived from `from` to `to`, both inclusive: reads every row of that time. */
  findBetween(requestId: string, from: number, to: number): UsageRow | undefined
  /** Newest first. */
  list(filter: UsageFilter & PageRequest): Page<UsageRow>
  /** Of one person since a moment, such as local midnight; without what the demo upstream answered. */
  today(userId: string, since: number): UsageTotals
  /** What a person's balance has paid since a moment, and when it did so first; null where it never did. */
  paidFromBalance(
    userId: string,
    since: number,
  ): { readonly spentNanoUsd: number; readonly firstAt: number | null }
}

export function createUsageRepository({ raw, orm }: Db): UsageRepository {
  const sums = createUsageSums({ raw })
  const listed = preparedByShape((request: UsageFilter & PageRequest, valueFor) =>
    listQuery(orm, request, valueFor).prepare(),
  )
  const between = orm
    .select()
    .from(usage)
    .where(
      and(
        gte(usage.createdAt, sql.placeholder('from')),
        lte(usage.createdAt, sql.placeholder('to')),
        eq(usage.requestId, sql.placeholder('requestId')),
      ),
    )
    .prepare()
  return {
    find: (createdAt, requestId) => between.get({ from: createdAt, to: createdAt, requestId }),
    findBetween: (requestId, from, to) => between.get({ from, to, requestId }),
    list: (request) => {
      const { cursor, limit, ...filter } = request
      const after = cursor === undefined ? {} : parseTimeCursor(cursor)
      const found = listed(shapeOf(request), request).all({ ...filter, ...after, rows: limit + 1 })
      return toPage(found, request.limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.requestId }))
    },
    paidFromBalance: (userId, since) =>
      orm
        .select({
          spentNanoUsd: sumOf(usage.costNanoUsd),
          firstAt: sql<number | null>`min(${usage.createdAt})`,
        })
        .from(usage)
        .where(and(whereOf({ userId, from: since }), eq(usage.source, 'balance'), gt(usage.costNanoUsd, 0)))
        .get() ?? { spentNanoUsd: 0, firstAt: null },
    today: (userId, since) => sums.total({ userId, from: since, includeDemo: false }),
  }
}

const sumOf = (column: AnySQLiteColumn<{ data: number }>): SQL<number> =>
  sql<number>`coalesce(sum(${column}), 0)`

/** The leading condition depends on these two values as well. */
const shapeOf = (request: UsageFilter & PageRequest): string =>
  `${namesIn(request)} ${request.status === 200} ${request.reason === 'completed'}`

/** The query itself, so that a test can ask the database how it would go about it. */
export function listQuery(
  orm: Db['orm'],
  { cursor, limit, ...filter }: UsageFilter & PageRequest,
  valueFor: ValueFor = itself,
) {
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const wanted = and(
    whereOf(filter, valueFor),
    after &&
      sql`(${usage.createdAt}, ${usage.requestId}) < (${valueFor('at', after.at)}, ${valueFor('id', after.id)})`,
  )
  const rows = valueFor('rows', limit + 1)
  // SQLite reads the row to every entry of an index before it looks at what else the entry says. Asked for the keys alone, it
  // reads the index alone.
  const keys = sql`(select ${usage.createdAt}, ${usage.requestId} from ${usage} where ${wanted}
    order by ${usage.createdAt} desc, ${usage.requestId} desc limit ${rows})`
  return orm
    .select()
    .from(usage)
    .where(isInIndex(filter) ? sql`(${usage.createdAt}, ${usage.requestId}) in ${keys}` : wanted)
    .orderBy(desc(usage.createdAt), desc(usage.requestId))
    .limit(rows)
}

/**
 * Whether the index of what leads has everything that is asked for, and more is asked for than that: rows that do not fit are
 * passed over unread then. By endpoint alone there is none, because only what is usual is asked for beside it.
 */
function isInIndex({ userId, keyId, model, endpoint, status, reason }: UsageFilter): boolean {
  const asked = [userId ?? keyId, model, endpoint, status, reason].filter((value) => value !== undefined)
  if (asked.length < 2) return false
  if (userId !== undefined || keyId !== undefined)
    return (userId === undefined || keyId === undefined) && reason === undefined
  const isUnusual = (status ?? 200) !== 200 || (reason ?? 'completed') !== 'completed'
  return isUnusual || model !== undefined
}

/**
 * Of several filters the narrowest leads along its index, and the others are asked of the rows that it finds: the plus takes
 * a column out of the choice of an index, which would be a guess.
 */
function whereOf(filter: UsageFilter, valueFor: ValueFor = itself): SQL | undefined {
  const { from, to } = filter
  const [leading, ...others] = conditionsOf(filter)
  return and(
    leading && sql`${leading.column} = ${valueFor(leading.name, leading.value)}`,
    leading?.implied,
    ...others.map(({ name, column, value }) => sql`+${column} = ${valueFor(name, value)}`),
    from === undefined ? undefined : gte(usage.createdAt, valueFor('from', from)),
    to === undefined ? undefined : lt(usage.createdAt, valueFor('to', to)),
  )
}

interface Condition {
  readonly name: string
  readonly column: AnySQLiteColumn
  readonly value: string | number
  /** That of a partial index, word for word: only then does SQLite use it. */
  readonly implied?: SQL | undefined
}

/** The narrowest first. */
function conditionsOf({ userId, keyId, model, endpoint, status, reason }: UsageFilter): Condition[] {
  const asked: Condition[] = []
  const add = (
    name: 'userId' | 'keyId' | 'model' | 'endpoint' | 'status' | 'reason',
    value: string | number | undefined,
    implied?: SQL,
  ): void => {
    if (value !== undefined) asked.push({ name, column: usage[name], value, implied })
  }
  add('keyId', keyId)
  add('userId', userId)
  if (status !== 200) add('status', status, sql`${usage.status} <> 200`)
  if (reason !== 'completed') add('reason', reason, sql`${usage.reason} <> 'completed'`)
  add('model', model)
  add('endpoint', endpoint)
  if (status === 200) add('status', status)
  if (reason === 'completed') add('reason', reason)
  return asked
}
