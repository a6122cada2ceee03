// Which rows of usage a list shows, and how they are found without reading the others: narrowed by several filters at once, in
// the order of time or of cost.
import { and, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Direction } from '../../../contract/operations/fields.ts'
import type { UsageSort } from '../../../contract/operations/usage.ts'
import type { ChargeReason, UsageRow } from '../../../contract/usage.ts'
import type { Db } from '../open.ts'
import { usage } from '../schema/usage.ts'
import { formatTimeCursor, type PageRequest, parseTimeCursor } from './paging.ts'

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

export interface UsageListRequest extends UsageFilter, PageRequest {
  /** `createdAt` where left out. */
  readonly sort?: UsageSort | undefined
  /** `desc` where left out. */
  readonly direction?: Direction | undefined
}

/** The query itself, so that a test can ask the database how it would go about it. */
export function listQuery(orm: Db['orm'], request: UsageListRequest) {
  return request.sort === 'cost' ? byCost(orm, request) : byTime(orm, request)
}

/** What the cursor of a list says of its last row: a cost has to be said, because a row may be gone when the next page is asked for. */
export const usageCursor = (
  { createdAt, requestId, costNanoUsd }: UsageRow,
  sort: UsageSort = 'createdAt',
): string =>
  sort === 'cost'
    ? formatTimeCursor({ at: costNanoUsd, id: `${createdAt}:${requestId}` })
    : formatTimeCursor({ at: createdAt, id: requestId })

function byTime(orm: Db['orm'], { cursor, limit, sort: _, direction = 'desc', ...filter }: UsageListRequest) {
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const way = sql.raw(direction)
  const wanted = and(
    whereOf(filter),
    after && sql`(${usage.createdAt}, ${usage.requestId}) ${beyond(direction)} (${after.at}, ${after.id})`,
  )
  // SQLite reads the row to every entry of an index before it looks at what else the entry says. Asked for the keys alone, it
  // reads the index alone.
  const keys = sql`(select ${usage.createdAt}, ${usage.requestId} from ${usage} where ${wanted}
    order by ${usage.createdAt} ${way}, ${usage.requestId} ${way} limit ${limit + 1})`
  return orm
    .select()
    .from(usage)
    .where(isInIndex(filter) ? sql`(${usage.createdAt}, ${usage.requestId}) in ${keys}` : wanted)
    .orderBy(sql`${usage.createdAt} ${way}`, sql`${usage.requestId} ${way}`)
    .limit(limit + 1)
}

/**
 * So many rows are sorted where an index finds them; of more, the dearest are looked for along the index of costs, where they
 * come soon. The first number holds where each of them has to be read, because the index does not say all that is asked for.
 */
const FEW = { read: 5_000, unread: 100_000 }

function byCost(orm: Db['orm'], { cursor, limit, sort: _, direction = 'desc', ...filter }: UsageListRequest) {
  const last = cursor === undefined ? undefined : parseCostCursor(cursor)
  const way = sql.raw(direction)
  const isSorted = isFew(orm, filter)
  // The plus takes the cost out of the choice of an index, or else the other conditions.
  const cost = isSorted ? sql`+${usage.costNanoUsd}` : sql`${usage.costNanoUsd}`
  const wanted = and(
    isSorted ? whereOf(filter) : and(...conditionsOf(filter).map(unindexed), ...spanOf(filter, '+')),
    last &&
      sql`(${cost}, ${usage.createdAt}, ${usage.requestId}) ${beyond(direction)} (${last.cost}, ${last.at}, ${last.id})`,
  )
  const order = sql`${cost} ${way}, ${usage.createdAt} ${way}, ${usage.requestId} ${way}`
  const keys = sql`(select ${usage.createdAt}, ${usage.requestId} from ${usage} where ${wanted ?? sql`1`}
    order by ${order} limit ${limit + 1})`
  return orm
    .select()
    .from(usage)
    .where(sql`(${usage.createdAt}, ${usage.requestId}) in ${keys}`)
    .orderBy(
      sql`+${usage.costNanoUsd} ${way}`,
      sql`${usage.createdAt} ${way}`,
      sql`${usage.requestId} ${way}`,
    )
    .limit(limit + 1)
}

function isFew(orm: Db['orm'], filter: UsageFilter): boolean {
  const [leading] = conditionsOf(filter)
  const where = and(leading && indexed(leading), ...spanOf(filter))
  if (where === undefined) return false
  const most = isCovered(filter) ? FEW.unread : FEW.read
  const counted = orm.get<{ readonly count: number }>(
    sql`select count(*) as count from (select 1 from ${usage} where ${where} limit ${most + 1})`,
  )
  return counted.count <= most
}

const beyond = (direction: Direction): SQL => sql.raw(direction === 'asc' ? '>' : '<')

function parseCostCursor(cursor: string): {
  readonly cost: number
  readonly at: number
  readonly id: string
} {
  const { at: cost, id } = parseTimeCursor(cursor)
  const colon = id.indexOf(':')
  if (colon === -1) throw new Error(`The cursor ${cursor} belongs to another list.`)
  return { cost, at: Number(id.slice(0, colon)), id: id.slice(colon + 1) }
}

/** Whether the index by person or by key has everything that is asked for, and more than whose the rows are is asked for. */
const isInIndex = (filter: UsageFilter): boolean =>
  isCovered(filter) &&
  (filter.userId !== undefined || filter.keyId !== undefined) &&
  [filter.model, filter.endpoint, filter.status].some((asked) => asked !== undefined)

/** Whether the index that the narrowest condition leads along says all that is asked for. */
function isCovered(filter: UsageFilter): boolean {
  const [leading, ...others] = conditionsOf(filter)
  if (leading === undefined || others.length === 0) return true
  const isOfOne = leading.column === usage.userId || leading.column === usage.keyId
  const said: readonly AnySQLiteColumn[] = [usage.model, usage.endpoint, usage.status]
  return isOfOne && others.every(({ column }) => said.includes(column))
}

/**
 * Of several filters the narrowest leads along its index, and the others are asked of the rows that it finds: the plus takes
 * a column out of the choice of an index, which would be a guess.
 */
export function whereOf(filter: UsageFilter): SQL | undefined {
  const [leading, ...others] = conditionsOf(filter)
  return and(leading && indexed(leading), ...others.map(unindexed), ...spanOf(filter))
}

const indexed = ({ column, value, implied }: Condition): SQL | undefined =>
  and(sql`${column} = ${value}`, implied)
const unindexed = ({ column, value }: Condition): SQL => sql`+${column} = ${value}`

function spanOf({ from, to }: UsageFilter, plus: '+' | '' = ''): (SQL | undefined)[] {
  const at = sql`${sql.raw(plus)}${usage.createdAt}`
  return [from === undefined ? undefined : gte(at, from), to === undefined ? undefined : lt(at, to)]
}

interface Condition {
  readonly column: AnySQLiteColumn
  readonly value: string | number
  /** That of a partial index, word for word: only then does SQLite use it. */
  readonly implied?: SQL | undefined
}

/** The narrowest first. */
function conditionsOf({ userId, keyId, model, endpoint, status, reason }: UsageFilter): Condition[] {
  const asked: Condition[] = []
  const add = (column: AnySQLiteColumn, value: string | number | undefined, implied?: SQL): void => {
    if (value !== undefined) asked.push({ column, value, implied })
  }
  add(usage.keyId, keyId)
  add(usage.userId, userId)
  if (status !== 200) add(usage.status, status, sql`${usage.status} <> 200`)
  if (reason !== 'completed') add(usage.reason, reason, sql`${usage.reason} <> 'completed'`)
  add(usage.model, model)
  add(usage.endpoint, endpoint)
  if (status === 200) add(usage.status, status)
  if (reason === 'completed') add(usage.reason, reason)
  return asked
}
