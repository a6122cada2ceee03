// Decides what becomes of a person's plan when they are given one: it begins, is extended, or takes another one's place. Pure.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { SubscriptionOrigin } from '../../contract/plans.ts'
import { fail, ok, type Result } from '../../contract/result.ts'

/** One person's plan, from its activation to its end. */
export interface PlanTerm {
  readonly id: string
  readonly userId: string
  readonly planId: string
  readonly origin: SubscriptionOrigin
  readonly startedAt: number
  readonly endsAt: number
  readonly endedAt: number | null
}

export interface ActivationAsk {
  /** The last term that nothing has ended, though its time may be over. */
  readonly open: PlanTerm | undefined
  readonly openPlanName: string
  readonly next: Pick<PlanTerm, 'id' | 'userId' | 'planId' | 'origin'>
  readonly days: number
  /** Whether another plan that is active ends for it; what is left of that one is gone. */
  readonly replacesActive: boolean
  readonly nowMs: number
}

export interface Activation {
  /** The term that ends for it. */
  readonly ended: PlanTerm | undefined
  readonly active: PlanTerm
}

const DAY_MS = 86_400_000

/** The same plan again is extended by its days; its windows run on from the first activation. Another one is `plan_active`. */
export function decideActivation(ask: ActivationAsk): Result<Activation, Refusal> {
  const { open, openPlanName, next, days, replacesActive, nowMs } = ask
  const lengthMs = days * DAY_MS
  const begun: PlanTerm = { ...next, startedAt: nowMs, endsAt: nowMs + lengthMs, endedAt: null }
  if (!open) return ok({ ended: undefined, active: begun })
  if (open.endsAt <= nowMs) return ok({ ended: { ...open, endedAt: open.endsAt }, active: begun })
  if (open.planId === next.planId) {
    return ok({ ended: undefined, active: { ...open, endsAt: open.endsAt + lengthMs } })
  }
  if (replacesActive) return ok({ ended: { ...open, endedAt: nowMs }, active: begun })
  const endsAtText = new Date(open.endsAt).toISOString()
  return fail(refusal('plan_active', { plan: openPlanName, endsAt: open.endsAt, endsAtText }))
}
