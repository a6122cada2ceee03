// Usage rows: one per request. Read here; written by the writer together with what the request cost.
import { and, eq, gt, gte, lte, type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { UsageRow } from '../../../contract/usage.ts'
import type { Db } from '../open.ts'
import { usage } from '../schema/usage.ts'
import type { Page } from './paging.ts'
import { createUsageList, type UsageListRequest, whereOf } from './usage-list.ts'
import { createUsageSums } from './usage-sums.ts'
import type { UsageTotals } from './usage-totals.ts'

export interface UsageRepository {
  /** The row of a request that arrived at this moment. */
  find(createdAt: number, requestId: string): UsageRow | undefined
  /** The row of a request that arrived from `from` to `to`, both inclusive: reads every row of that time. */
  findBetween(requestId: string, from: number, to: number): UsageRow | undefined
  list(request: UsageListRequest): Page<UsageRow>
  /** Of one person since a moment, such as local midnight; without what the demo upstream answered. */
  today(userId: string, since: number): UsageTotals
  /** What a person's balance has paid since a moment, and when it did so first; null where it never did. */
  paidFromBalance(
    userId: string,
    since: number,
  ): { readonly spentNanoUsd: number; readonly firstAt: number | null }
  /** How far the sums of everyone have come; 0 where there are none. */
  summedUntil(): number
}

export function createUsageRepository({ raw, orm }: Db): UsageRepository {
  const sums = createUsageSums({ raw })
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
  const summedUntil = raw.prepare<[], number>('SELECT rolled_until FROM usage_progress WHERE id = 0').pluck()
  return {
    find: (createdAt, requestId) => between.get({ from: createdAt, to: createdAt, requestId }),
    findBetween: (requestId, from, to) => between.get({ from, to, requestId }),
    list: createUsageList(orm),
    paidFromBalance: (userId, since) =>
      orm
        .select({
          spentNanoUsd: sumOf(usage.costNanoUsd),
          firstAt: sql<number | null>`min(${usage.createdAt})`,
        })
        .from(usage)
        .where(and(whereOf({ userId, from: since }), eq(usage.source, 'balance'), gt(usage.costNanoUsd, 0)))
        .get() ?? { spentNanoUsd: 0, firstAt: null },
    summedUntil: () => summedUntil.get() ?? 0,
    today: (userId, since) => sums.total({ userId, from: since, includeDemo: false }),
  }
}

const sumOf = (column: AnySQLiteColumn<{ data: number }>): SQL<number> =>
  sql<number>`coalesce(sum(${column}), 0)`
