// Which rows of usage a list shows, and how they are found without reading the others: narrowed by several filters at once, in
// the order of time or of cost.
import { and, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Direction } from '../../../contract/operations/fields.ts'
import type { UsageSort } from '../../../contract/operations/usage.ts'
import type { ChargeReason, UsageRow } from '../../../contract/usage.ts'
import type { Db } from '../open.ts'
import { usage } from '../schema/usage.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'
import { itself, namesIn, preparedByShape, type ValueFor } from './shapes.ts'

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

export function createUsageList(orm: Db['orm']): (request: UsageListRequest) => Page<UsageRow> {
  const byTimeOf = preparedByShape((request: UsageListRequest, valueFor) =>
    byTime(orm, request, valueFor).prepare(),
  )
  const byCostOf = preparedByShape((request: CostRequest, valueFor) =>
    byCost(orm, request, valueFor).prepare(),
  )
  function find(request: UsageListRequest): UsageRow[] {
    const { cursor, limit, sort } = request
    const values = { ...request, rows: limit + 1 }
    if (sort === 'cost') {
      const isSorted = isFew(orm, request)
      const query = byCostOf(`${shapeOf(request)} ${isSorted}`, { ...request, isSorted })
      return query.all({ ...values, ...(cursor !== undefined && parseCostCursor(cursor)) })
    }
    const query = byTimeOf(shapeOf(request), request)
    return query.all({ ...values, ...(cursor !== undefined && parseTimeCursor(cursor)) })
  }
  return (request) => toPage(find(request), request.limit, (row) => toCursor(row, request.sort))
}

/** The leading condition depends on these two values as well. */
const shapeOf = (request: UsageListRequest): string =>
  `${namesIn(request)} ${request.status === 200} ${request.reason === 'completed'} ${request.direction}`

/** The query itself, so that a test can ask the database how it would go about it. */
export function listQuery(orm: Db['orm'], request: UsageListRequest) {
  return request.sort === 'cost'
    ? byCost(orm, { ...request, isSorted: isFew(orm, request) }, itself)
    : byTime(orm, request, itself)
}

/** What the cursor of a list says of its last row: a cost has to be said, because a row may be gone when the next page is asked for. */
const toCursor = ({ createdAt, requestId, costNanoUsd }: UsageRow, sort: UsageSort = 'createdAt'): string =>
  sort === 'cost'
    ? formatTimeCursor({ at: costNanoUsd, id: `${createdAt}:${requestId}` })
    : formatTimeCursor({ at: createdAt, id: requestId })

function byTime(
  orm: Db['orm'],
  { cursor, limit, sort: _, direction = 'desc', ...filter }: UsageListRequest,
  valueFor: ValueFor,
) {
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const way = sql.raw(direction)
  const wanted = and(
    whereOf(filter, valueFor),
    after &&
      sql`(${usage.createdAt}, ${usage.requestId}) ${beyond(direction)} (${valueFor('at', after.at)}, ${valueFor('id', after.id)})`,
  )
  const rows = valueFor('rows', limit + 1)
  // SQLite reads the row to every entry of an index before it looks at what else the entry says. Asked for the keys alone, it
  // reads the index alone.
  const keys = sql`(select ${usage.createdAt}, ${usage.requestId} from ${usage} where ${wanted}
    order by ${usage.createdAt} ${way}, ${usage.requestId} ${way} limit ${rows})`
  return orm
    .select()
    .from(usage)
    .where(isInIndex(filter) ? sql`(${usage.createdAt}, ${usage.requestId}) in ${keys}` : wanted)
    .orderBy(sql`${usage.createdAt} ${way}`, sql`${usage.requestId} ${way}`)
    .limit(rows)
}

/**
 * So many rows are sorted where an index finds them; of more, the dearest are looked for along the index of costs, where they
 * come soon. The first number holds where each of them has to be read, because the index does not say all that is asked for.
 */
const FEW = { read: 5_000, unread: 100_000 }

interface CostRequest extends UsageListRequest {
  /** Whether the rows are few enough to be sorted. */
  readonly isSorted: boolean
}

function byCost(
  orm: Db['orm'],
  { cursor, limit, sort: _, direction = 'desc', isSorted, ...filter }: CostRequest,
  valueFor: ValueFor,
) {
  const last = cursor === undefined ? undefined : parseCostCursor(cursor)
  const way = sql.raw(direction)
  // The plus takes the cost out of the choice of an index, or else the other conditions.
  const cost = isSorted ? sql`+${usage.costNanoUsd}` : sql`${usage.costNanoUsd}`
  const wanted = and(
    isSorted ? whereOf(filter, valueFor) : unindexedWhereOf(filter, valueFor),
    last &&
      sql`(${cost}, ${usage.createdAt}, ${usage.requestId}) ${beyond(direction)} (${valueFor('cost', last.cost)}, ${valueFor('at', last.at)}, ${valueFor('id', last.id)})`,
  )
  const rows = valueFor('rows', limit + 1)
  const order = sql`${cost} ${way}, ${usage.createdAt} ${way}, ${usage.requestId} ${way}`
  const keys = sql`(select ${usage.createdAt}, ${usage.requestId} from ${usage} where ${wanted ?? sql`1`}
    order by ${order} limit ${rows})`
  return orm
    .select()
    .from(usage)
    .where(sql`(${usage.createdAt}, ${usage.requestId}) in ${keys}`)
    .orderBy(
      sql`+${usage.costNanoUsd} ${way}`,
      sql`${usage.createdAt} ${way}`,
      sql`${usage.requestId} ${way}`,
    )
    .limit(rows)
}

function isFew(orm: Db['orm'], filter: UsageFilter): boolean {
  const [leading] = conditionsOf(filter)
  const where = and(leading && indexed(leading, itself), ...spanOf(filter, itself))
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

/** Rows that do not fit are passed over unread: more is asked for than what leads, and the index says all of it. */
const isInIndex = (filter: UsageFilter): boolean => conditionsOf(filter).length > 1 && isCovered(filter)

/** What the index of each says beside it, the moment and the cost. */
const SAID_BESIDE: Readonly<Record<ConditionName, readonly ConditionName[]>> = {
  keyId: ['model', 'endpoint', 'status'],
  userId: ['model', 'endpoint', 'status'],
  model: ['endpoint', 'status', 'reason'],
  endpoint: [],
  // These two lead along an index where they are not the usual.
  status: ['model', 'endpoint', 'reason'],
  reason: ['model', 'endpoint', 'status'],
}

/** Whether the index that the narrowest condition leads along says all that is asked for. */
function isCovered(filter: UsageFilter): boolean {
  const [leading, ...others] = conditionsOf(filter)
  if (leading === undefined || others.length === 0) return true
  const isUsual = (leading.name === 'status' || leading.name === 'reason') && leading.implied === undefined
  return !isUsual && others.every(({ name }) => SAID_BESIDE[leading.name].includes(name))
}

/**
 * Of several filters the narrowest leads along its index, and the others are asked of the rows that it finds: the plus takes
 * a column out of the choice of an index, which would be a guess.
 */
export function whereOf(filter: UsageFilter, valueFor: ValueFor = itself): SQL | undefined {
  const [leading, ...others] = conditionsOf(filter)
  return and(
    leading && indexed(leading, valueFor),
    ...others.map((other) => unindexed(other, valueFor)),
    ...spanOf(filter, valueFor),
  )
}

/** For rows that are found along the index of costs. */
function unindexedWhereOf(filter: UsageFilter, valueFor: ValueFor): SQL | undefined {
  const isApart = filter.reason === 'completed' && filter.userId === undefined && filter.keyId === undefined
  const { reason: _, ...others } = filter
  return and(
    ...conditionsOf(isApart ? others : filter).map((condition) => unindexed(condition, valueFor)),
    ...spanOf(filter, valueFor, '+'),
    isApart ? isCompleted : undefined,
  )
}

/**
 * The cheapest rows of all are those of refused requests, and the index of costs has their status but not their reason. So
 * rows that an unusual status goes with are looked for among the few that have both, and only the others are read.
 */
const isCompleted = sql`(+${usage.status} = 200 or (${usage.createdAt}, ${usage.requestId}) in (
    select odd.created_at, odd.request_id from ${usage} as odd where odd.status <> 200 and +odd.reason = 'completed'))
  and exists (select 1 from ${usage} as same where same.created_at = ${usage.createdAt}
    and same.request_id = ${usage.requestId} and same.reason = 'completed')`

const indexed = ({ name, column, value, implied }: Condition, valueFor: ValueFor): SQL | undefined =>
  and(sql`${column} = ${valueFor(name, value)}`, implied)
const unindexed = ({ name, column, value }: Condition, valueFor: ValueFor): SQL =>
  sql`+${column} = ${valueFor(name, value)}`

function spanOf({ from, to }: UsageFilter, valueFor: ValueFor, plus: '+' | '' = ''): (SQL | undefined)[] {
  const at = sql`${sql.raw(plus)}${usage.createdAt}`
  return [
    from === undefined ? undefined : gte(at, valueFor('from', from)),
    to === undefined ? undefined : lt(at, valueFor('to', to)),
  ]
}

type ConditionName = 'userId' | 'keyId' | 'model' | 'endpoint' | 'status' | 'reason'

interface Condition {
  readonly name: ConditionName
  readonly column: AnySQLiteColumn
  readonly value: string | number
  /** That of a partial index, word for word: only then does SQLite use it. */
  readonly implied?: SQL | undefined
}

/** The narrowest first. */
function conditionsOf({ userId, keyId, model, endpoint, status, reason }: UsageFilter): Condition[] {
  const asked: Condition[] = []
  const add = (name: ConditionName, value: string | number | undefined, implied?: SQL): void => {
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
