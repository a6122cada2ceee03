// How plans are shown, and which one a call names.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { ActivePlanView, PlanView } from '../../../contract/plans.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { PlanRow } from '../../db/repositories/plans.ts'
import type { OperationDeps } from '../deps.ts'

export function findPlan({ planBook }: OperationDeps, planId: string): Result<PlanRow, Refusal> {
  const plan = planBook.find(planId)
  return plan ? ok(plan) : fail(refusal('plan_not_found'))
}

export const copyOf = (names: readonly string[] | null): string[] | null =>
  names === null ? null : [...names]

export function toPlanView(
  { limitBook }: OperationDeps,
  plan: PlanRow,
  activeCount: number | null,
): PlanView {
  const { rules } = limitBook.get('plan', plan.id)
  return {
    ...plan,
    quotas: [...plan.quotas],
    allowedModels: copyOf(plan.allowedModels),
    limits: rules.map(({ metric, window, value }) => ({ metric, window, value })),
    activeCount,
  }
}

/** The active plan with what is left of it: the numbers that the next hold is decided by. */
export function activePlanOf({ planFunds }: OperationDeps, userId: string): ActivePlanView | null {
  const state = planFunds.stateOf(userId)
  if (!state) return null
  const { subscription, plan, quotas, usedNanoUsd } = state
  return {
    subscriptionId: subscription.id,
    planId: plan.id,
    name: plan.name,
    origin: subscription.origin,
    startedAt: subscription.startedAt,
    endsAt: subscription.endsAt,
    mayUseBalance: plan.mayUseBalance,
    allowedModels: copyOf(plan.allowedModels),
    windows: quotas.map(({ window, metric, value, used, held, left, resetsAt }) => ({
      window,
      metric,
      quota: value,
      used,
      held,
      left: Math.max(0, left),
      resetsAt,
    })),
    usedNanoUsd,
  }
}
