// What a person's plan has left in the windows that are open now, and what may pay for a request: the plan, the balance, or
// the one after the other. Screens and holds read the same numbers here.
import type { Bound } from '../ledger/bound.ts'
import { isModelAllowed, type NamedModel } from '../limits/decide-key-scope.ts'
import { isUsedUp, planBounds, type QuotaState, quotaStates } from '../limits/decide-plan-quota.ts'
import { decidePlanWindows, type PlanWindows } from '../limits/decide-plan-window.ts'
import type { SpendingTime } from './account.ts'
import type { ActivePlan, PlanBook } from './plan-book.ts'
import type { Amounts, CountedHold, SpendingBook } from './spending-book.ts'

export interface FundingSource {
  readonly kind: 'plan' | 'balance'
  /** Whether it is certain to carry nothing now. It is asked all the same: its answer says when it frees. */
  readonly isUsedUp: boolean
}

export interface PlanState extends ActivePlan {
  readonly quotas: readonly QuotaState[]
  /** All that it has paid for since its activation. */
  readonly usedNanoUsd: number
}

export interface PlanFunds {
  activeOf(userId: string): ActivePlan | undefined
  /** The active plan with what is left of it; undefined for somebody without one. */
  stateOf(userId: string): PlanState | undefined
  /** What may pay for a request with this model, in the order in which it is asked. None: the model is not this person's. */
  sourcesFor(userId: string, model: NamedModel): readonly FundingSource[]
  bounds(active: ActivePlan): Bound[]
  /** Counts a running request in the windows that are open now. */
  hold(active: ActivePlan, amounts: Amounts): CountedHold
}

const BALANCE: FundingSource = { kind: 'balance', isUsedUp: false }
const BALANCE_ALONE: readonly FundingSource[] = [BALANCE]

export function createPlanFunds({
  plans,
  book,
  time,
}: {
  readonly plans: PlanBook
  readonly book: SpendingBook
  readonly time: SpendingTime
}): PlanFunds {
  function windowsOf({ subscription }: ActivePlan): PlanWindows {
    const nowMs = time.now()
    return decidePlanWindows(subscription.startedAt, nowMs, time.windowsAt(nowMs).day)
  }
  const countsOf = (active: ActivePlan, windows: PlanWindows) =>
    book.read('plan', active.subscription.id, startsOf(windows))

  function quotasOf(active: ActivePlan): QuotaState[] {
    const windows = windowsOf(active)
    return quotaStates(active.plan.quotas, countsOf(active, windows), windows)
  }
  const bounds = (active: ActivePlan): Bound[] => planBounds(active.plan.name, quotasOf(active))

  return {
    activeOf: (userId) => plans.activeOf(userId),
    stateOf(userId) {
      const active = plans.activeOf(userId)
      if (!active) return undefined
      const { total } = countsOf(active, windowsOf(active))
      return { ...active, quotas: quotasOf(active), usedNanoUsd: total.used.nanoUsd }
    },
    sourcesFor(userId, model) {
      const active = plans.activeOf(userId)
      if (!active) return BALANCE_ALONE
      const behind = active.plan.mayUseBalance ? [BALANCE] : []
      if (!isModelAllowed(active.plan.allowedModels, model)) return behind
      return [{ kind: 'plan', isUsedUp: isUsedUp(bounds(active)) }, ...behind]
    },
    bounds,
    hold: (active, amounts) =>
      book.hold('plan', active.subscription.id, startsOf(windowsOf(active)), amounts),
  }
}

const startsOf = ({ day, week, month }: PlanWindows) => ({
  dayStartMs: day.startMs,
  weekStartMs: week.startMs,
  monthStartMs: month.startMs,
})
