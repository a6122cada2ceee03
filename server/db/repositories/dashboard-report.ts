// What the console's first screen shows of the past, and the people whose balance has run low.
import type { Db } from '../open.ts'
import { createPossibleLossesRepository } from './possible-losses.ts'
import { createUsageReport, type SeriesReport, type TimeBucket } from './usage-report.ts'
import type { UsageTiming } from './usage-timings.ts'
import { sumTotals, type UsageTotals } from './usage-totals.ts'
import { prepareUserCounts } from './user-list.ts'

export interface DashboardRequest {
  /** Local days, the last of them today. */
  readonly days: readonly TimeBucket[]
  /** Whose days these are. */
  readonly timeZone: string
  readonly includeDemo: boolean
  /** People with less than this are listed; 0 for nobody. */
  readonly lowBalanceNanoUsd: number
}

export interface DashboardReport {
  readonly users: Count
  readonly keys: Count
  readonly revenue: Amount
  readonly spend: Amount
  readonly today: UsageTotals
  readonly series: Omit<SeriesReport, 'timings'>
  readonly timings: { readonly total: UsageTiming; readonly points: UsageTiming[] }
  readonly topUsers: Group[]
  readonly topModels: Group[]
  readonly lowBalances: LowBalances
  readonly waiting: Waiting
}

export interface LowBalances {
  readonly count: number
  /** The lowest first. */
  readonly people: { readonly userId: string; readonly email: string; readonly leftNanoUsd: number }[]
}

/** What waits for somebody to do something about it. */
export interface Waiting {
  readonly losses: { readonly count: number; readonly sumNanoUsd: number }
  readonly pendingUsers: number
  readonly failedMails: number
}

interface Count {
  readonly total: number
  readonly today: number
}

interface Amount {
  readonly totalNanoUsd: number
  readonly todayNanoUsd: number
}

interface Group {
  readonly id: string
  readonly label: string
  readonly total: UsageTotals
}

const MODELS_IN_SERIES = 7
const TOP_MAX = 10
const LOW_BALANCES_SHOWN_MAX = 10

export function readDashboard(db: Pick<Db, 'raw'>, request: DashboardRequest): DashboardReport {
  const { raw } = db
  const { days, includeDemo, lowBalanceNanoUsd } = request
  const usage = createUsageReport(db)
  const from = days[0]?.from ?? 0
  const today = days.at(-1) ?? { from: 0, to: 0 }
  const filter = { includeDemo }
  const { timings, ...models } = usage.series({
    filter,
    buckets: days,
    groupBy: 'model',
    top: TOP_MAX,
    withTimings: true,
  })
  const series = withFewerGroups(models, MODELS_IN_SERIES)
  const topUsers = usage.top({
    filter: { ...filter, from, to: today.to },
    ...{ by: 'user', sort: 'cost', limit: TOP_MAX },
  } as const)
  const todaysUsage = series.points.at(-1) ?? usage.summary({ ...filter, ...today })
  const count = (sql: string): Count =>
    raw.prepare<[number], Count>(sql).get(today.from) ?? { total: 0, today: 0 }

  return {
    users: count(
      `SELECT count(*) AS total, coalesce(sum(created_at >= ?), 0) AS today FROM users WHERE status <> 'deleted'`,
    ),
    keys: count(
      `SELECT count(*) AS total, coalesce(sum(created_at >= ?), 0) AS today FROM api_keys
       WHERE deleted_at IS NULL AND status = 'active'`,
    ),
    revenue: raw.prepare<[number], Amount>(SELECT_REVENUE).get(today.from) ?? NO_AMOUNT,
    spend: {
      totalNanoUsd: usage.summary(filter).costNanoUsd,
      todayNanoUsd: todaysUsage.costNanoUsd,
    },
    today: todaysUsage,
    series,
    timings: timings ?? NO_TIMINGS,
    topUsers: topUsers.rows,
    topModels: models.groups.map(({ id, label, total }) => ({ id, label, total })),
    lowBalances: lowBalances(db, lowBalanceNanoUsd),
    waiting: {
      losses: createPossibleLossesRepository(db).open(),
      pendingUsers: prepareUserCounts(raw)().pending,
      failedMails: raw.prepare<[], number>(COUNT_FAILED_MAILS).pluck().get() ?? 0,
    },
  }
}

/** The groups behind the first ones become part of what is not told apart. */
function withFewerGroups<Series extends Omit<SeriesReport, 'timings'>>(
  series: Series,
  count: number,
): Series {
  const { groups, other, points } = series
  const rest = [...groups.slice(count), ...(other ? [other] : [])]
  if (groups.length <= count) return series
  const folded = {
    total: sumTotals(rest.map(({ total }) => total)),
    points: points.map((_, at) => sumTotals(rest.flatMap((line) => line.points[at] ?? []))),
  }
  return { ...series, groups: groups.slice(0, count), other: folded }
}

const NO_AMOUNT: Amount = { totalNanoUsd: 0, todayNanoUsd: 0 }
const NO_TIMINGS = { total: { durationMs: null, firstTokenMs: null }, points: [] }

/** The second condition is that of the index, word for word: only then does SQLite read the balance changes alone. */
const SELECT_REVENUE = `
  SELECT coalesce(sum(amount_nano_usd), 0) AS totalNanoUsd,
    coalesce(sum(CASE WHEN created_at >= ? THEN amount_nano_usd ELSE 0 END), 0) AS todayNanoUsd
  FROM ledger_entries
  WHERE kind = 'top_up' AND "kind" <> 'hold' and "kind" <> 'settle' and "kind" <> 'release' and "kind" <> 'write_off'`

const COUNT_FAILED_MAILS = `SELECT count(*) FROM mails WHERE status = 'failed'`

/** Of active people whose balance ever moved: who never had one misses nothing. */
const LOW = `
  FROM balances JOIN users ON users.id = balances.user_id
  WHERE users.status = 'active' AND balances.last_entry_seq IS NOT NULL
    AND balances.balance_nano_usd + balances.credit_limit_nano_usd < ?`

function lowBalances({ raw }: Pick<Db, 'raw'>, belowNanoUsd: number): LowBalances {
  if (belowNanoUsd === 0) return { count: 0, people: [] }
  const count = raw.prepare<[number], number>(`SELECT count(*) ${LOW}`).pluck().get(belowNanoUsd) ?? 0
  const people = raw
    .prepare<[number], LowBalances['people'][number]>(
      `SELECT users.id AS userId, users.email, balances.balance_nano_usd + balances.credit_limit_nano_usd AS leftNanoUsd
       ${LOW} ORDER BY leftNanoUsd, users.id LIMIT ${LOW_BALANCES_SHOWN_MAX}`,
    )
    .all(belowNanoUsd)
  return { count, people }
}
