// What buying a plan would do, before anybody confirms it: to the balance, to the plan that is active, and until when.
import type { ActivePlanView, PlanView } from '../../../../contract/plans.ts'

const DAY_MS = 24 * 60 * 60_000

export interface Purchase {
  readonly newBalanceNanoUsd: number
  /** What is missing; 0 where it can be bought. */
  readonly shortByNanoUsd: number
  readonly kind: 'new' | 'extends' | 'replaces'
  readonly endsAt: number
}

interface Account {
  readonly balanceNanoUsd: number
  readonly availableNanoUsd: number
  readonly plan: ActivePlanView | null
}

/** The gateway decides; this is its rule told beforehand (server/limits/decide-activation.ts). */
export function purchaseOf(plan: PlanView, account: Account, nowMs: number): Purchase {
  const { balanceNanoUsd, availableNanoUsd, plan: active } = account
  const isSame = active?.planId === plan.id
  const from = isSame ? Math.max(active.endsAt, nowMs) : nowMs
  return {
    newBalanceNanoUsd: balanceNanoUsd - plan.priceNanoUsd,
    shortByNanoUsd: Math.max(0, plan.priceNanoUsd - availableNanoUsd),
    kind: active === null ? 'new' : kindOver(isSame),
    endsAt: from + plan.days * DAY_MS,
  }
}

const kindOver = (isSame: boolean): Purchase['kind'] => (isSame ? 'extends' : 'replaces')
