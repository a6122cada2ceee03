// Plans: made and changed by an administrator, listed, and bought.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { inputRefusal } from '../../../contract/input-problems.ts'
import type { PlanView } from '../../../contract/plans.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { PlanRow } from '../../db/repositories/plans.ts'
import { formatUsd } from '../../ledger/money.ts'
import { appendAudit, toAuditRow } from '../audit-trail.ts'
import { isAdministering, type SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'
import { visibleUserId } from './ownership.ts'
import { activePlanOf, findPlan, toPlanView } from './plan-facts.ts'

type Noun =
  | 'plans.create'
  | 'plans.update'
  | 'plans.archive'
  | 'plans.unarchive'
  | 'plans.list'
  | 'plans.buy'
  | 'plans.subscriptions'

const PLANS_MAX = 500

export function planHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { repositories, planBook, clock } = deps
  const countsNow = () => repositories.plans.activeCounts(clock.now())
  const shown = (plan: PlanRow) => toPlanView(deps, plan, countsNow().get(plan.id) ?? 0)
  return {
    'plans.create'({ isForSale, ...input }, caller) {
      if (planBook.all().length >= PLANS_MAX) {
        return fail(inputRefusal('too_many_plans', '', { max: PLANS_MAX }))
      }
      const now = clock.now()
      const plan: PlanRow = {
        ...input,
        id: deps.ids.next(),
        // Whoever could buy a plan without a price would have it for ever.
        isForSale: isForSale ?? input.priceNanoUsd > 0,
        createdAt: now,
        updatedAt: now,
        archivedAt: null,
      }
      save(deps, caller, 'plans.create', null, plan)
      return ok(shown(plan))
    },
    'plans.update'({ planId, ...changes }, caller) {
      const found = findPlan(deps, planId)
      if (!found.ok) return found
      const named = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
      const plan: PlanRow = { ...found.value, ...named, updatedAt: clock.now() }
      save(deps, caller, 'plans.update', found.value, plan)
      return ok(shown(plan))
    },
    'plans.archive': ({ planId }, caller) => setArchived('plans.archive', planId, caller),
    'plans.unarchive': ({ planId }, caller) => setArchived('plans.unarchive', planId, caller),
    'plans.list'({ includeArchived }, caller) {
      const isAdmin = isAdministering(caller)
      const counts = isAdmin ? countsNow() : undefined
      const rows = planBook
        .all()
        .filter((plan) => (isAdmin ? includeArchived || plan.archivedAt === null : isSold(plan)))
        .toSorted((one, other) => one.priceNanoUsd - other.priceNanoUsd)
        .map((plan) => toPlanView(deps, plan, counts ? (counts.get(plan.id) ?? 0) : null))
      return ok({ rows, nextCursor: null, total: rows.length })
    },
    'plans.buy': buyPlan(deps),
    'plans.subscriptions'({ userId, ...filter }, caller) {
      const visible = visibleUserId(userId, caller)
      if (!visible.ok) return visible
      const page = repositories.plans.subscriptions({ ...filter, userId: visible.value })
      const rows = page.rows.map((row) => ({ ...row, planName: planBook.find(row.planId)?.name ?? '' }))
      return ok({ ...page, rows })
    },
  }

  function setArchived(
    operation: 'plans.archive' | 'plans.unarchive',
    planId: string,
    caller: SignedInCaller,
  ): Result<PlanView, Refusal> {
    const found = findPlan(deps, planId)
    if (!found.ok) return found
    const isArchiving = operation === 'plans.archive'
    if ((found.value.archivedAt !== null) === isArchiving) return ok(shown(found.value))
    const now = clock.now()
    const plan: PlanRow = { ...found.value, archivedAt: isArchiving ? now : null, updatedAt: now }
    save(deps, caller, operation, found.value, plan)
    return ok(shown(plan))
  }
}

const isSold = ({ isForSale, archivedAt }: PlanRow): boolean => isForSale && archivedAt === null

function save(
  deps: OperationDeps,
  caller: SignedInCaller,
  operation: 'plans.create' | 'plans.update' | 'plans.archive' | 'plans.unarchive',
  before: PlanRow | null,
  after: PlanRow,
): void {
  deps.repositories.transaction(() => {
    deps.repositories.plans.save(after)
    appendAudit(deps, caller, { operation, targetType: 'plan', targetId: after.id, before, after })
  })
  deps.planBook.takeOver(after)
}

function buyPlan(deps: OperationDeps): Handler<'plans.buy'> {
  return async ({ planId, replacesActive, priceNanoUsd: shownNanoUsd }, caller) => {
    const userId = caller.user.id
    const found = findPlan(deps, planId)
    if (!found.ok) return found
    const plan = found.value
    if (!isSold(plan)) return fail(refusal('plan_not_for_sale', { plan: plan.name }))
    const { priceNanoUsd, days } = plan
    if (shownNanoUsd !== undefined && shownNanoUsd !== priceNanoUsd)
      return fail(refusal('plan_price_changed', { plan: plan.name, priceUsd: formatUsd(priceNanoUsd, 'up') }))
    const bought = await deps.planActivation.activate({
      userId,
      plan,
      origin: 'bought',
      days,
      priceNanoUsd,
      replacesActive,
      codeId: null,
      actorUserId: userId,
      audit: ({ id, endsAt }) =>
        toAuditRow(deps, caller, {
          operation: 'plans.buy',
          targetType: 'plan',
          targetId: planId,
          before: null,
          after: { subscriptionId: id, endsAt, priceNanoUsd },
        }),
    })
    if (!bought.ok) return bought
    const active = activePlanOf(deps, userId)
    // It may have been ended by an administrator between its commit and this answer.
    return active ? ok(active) : fail(refusal('no_active_plan'))
  }
}
