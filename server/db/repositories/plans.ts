// Plans as an administrator made them, and who has had which. Subscriptions are written by the writer, with what they cost.
import { and, asc, count, desc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { PlanQuota } from '../../../contract/plans.ts'
import type { Db } from '../open.ts'
import { planSubscriptions, plans } from '../schema/plans.ts'
import type { SubscriptionRow } from '../write-command.ts'
import { formatTimeCursor, type Page, type PageRequest, parseTimeCursor, toPage } from './paging.ts'

export type { SubscriptionRow }

export interface PlanRow {
  readonly id: string
  readonly name: string
  readonly priceNanoUsd: number
  /** How long it lasts from its activation, and by how much buying it again extends it. */
  readonly days: number
  readonly quotas: readonly PlanQuota[]
  /** Names of models or aliases; null for all. */
  readonly allowedModels: readonly string[] | null
  readonly mayUseBalance: boolean
  readonly isForSale: boolean
  readonly createdAt: number
  readonly updatedAt: number
  readonly archivedAt: number | null
}

export interface SubscriptionFilter extends PageRequest {
  readonly userId?: string | undefined
  readonly planId?: string | undefined
}

export interface PlansRepository {
  /** Every plan there is, archived ones too, in the order of their making. */
  all(): PlanRow[]
  /** Inserts it, or replaces all of it but when it was made. */
  save(plan: PlanRow): void
  /** The subscription that was not ended, or not seen to have ended yet. */
  openSubscriptionOf(userId: string): SubscriptionRow | undefined
  /** Newest first. */
  subscriptions(filter: SubscriptionFilter): Page<SubscriptionRow>
  /** How many people have each plan at a moment. */
  activeCounts(at: number): ReadonlyMap<string, number>
}

export function createPlansRepository({ orm }: Db): PlansRepository {
  const open = orm
    .select()
    .from(planSubscriptions)
    .where(and(eq(planSubscriptions.userId, sql.placeholder('userId')), isNull(planSubscriptions.endedAt)))
    .prepare()
  return {
    all: () => orm.select().from(plans).orderBy(asc(plans.createdAt), asc(plans.id)).all().map(toPlan),
    save(plan) {
      const { id: _, createdAt: __, ...changes } = toColumns(plan)
      orm.insert(plans).values(toColumns(plan)).onConflictDoUpdate({ target: plans.id, set: changes }).run()
    },
    openSubscriptionOf: (userId) => open.get({ userId }),
    subscriptions: (filter) => listSubscriptions(orm, filter),
    activeCounts(at) {
      const { planId, endedAt, endsAt } = planSubscriptions
      const counted = orm
        .select({ planId, count: count() })
        .from(planSubscriptions)
        .where(and(isNull(endedAt), gt(endsAt, at)))
        .groupBy(planId)
        .all()
      return new Map(counted.map((row) => [row.planId, row.count]))
    },
  }
}

function listSubscriptions(
  orm: Db['orm'],
  { userId, planId, cursor, limit }: SubscriptionFilter,
): Page<SubscriptionRow> {
  const { startedAt, id } = planSubscriptions
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const wanted: (SQL | undefined)[] = [
    userId === undefined ? undefined : eq(planSubscriptions.userId, userId),
    planId === undefined ? undefined : eq(planSubscriptions.planId, planId),
    after && sql`(${startedAt}, ${id}) < (${after.at}, ${after.id})`,
  ]
  const found = orm
    .select()
    .from(planSubscriptions)
    .where(and(...wanted))
    .orderBy(desc(startedAt), desc(id))
    .limit(limit + 1)
    .all()
  return toPage(found, limit, (row) => formatTimeCursor({ at: row.startedAt, id: row.id }))
}

/** Both were written by `save`, and are checked to be arrays. */
const toPlan = ({ quotas, allowedModels, ...row }: typeof plans.$inferSelect): PlanRow => ({
  ...row,
  quotas: JSON.parse(quotas) as PlanQuota[],
  allowedModels: allowedModels === null ? null : (JSON.parse(allowedModels) as string[]),
})

const toColumns = ({ quotas, allowedModels, ...plan }: PlanRow) => ({
  ...plan,
  quotas: JSON.stringify(quotas),
  allowedModels: allowedModels === null ? null : JSON.stringify(allowedModels),
})
