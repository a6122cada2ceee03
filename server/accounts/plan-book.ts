// The plans there are, and which one each person has: in memory, where the request path asks at every request. What a plan
// has left is told by plan-funds.ts, and how one begins by plan-activation.ts.
import type { PlanRow, PlansRepository, SubscriptionRow } from '../db/repositories/plans.ts'
import type { SpendingTime } from './account.ts'

export interface ActivePlan {
  readonly subscription: SubscriptionRow
  /** As the plan is now: a change of it holds for everyone who has it. */
  readonly plan: PlanRow
}

export interface PlanBook {
  /** Every plan there is, archived ones too, in the order of their making. */
  all(): readonly PlanRow[]
  find(planId: string): PlanRow | undefined
  /** Takes over a plan, new or changed, that is on disk by now: for the next request. */
  takeOver(plan: PlanRow): void
  activeOf(userId: string): ActivePlan | undefined
  /** The person's last subscription where nothing has ended it, though its time may be over. */
  openOf(userId: string): SubscriptionRow | undefined
  /** Takes over a subscription that is on disk by now. */
  remember(subscription: SubscriptionRow): void
}

export function createPlanBook({
  repository,
  time,
}: {
  readonly repository: PlansRepository
  readonly time: SpendingTime
}): PlanBook {
  const plans = new Map(repository.all().map((plan) => [plan.id, plan]))
  /** Null for somebody without one. Grows with the people who were seen since the start, and no further. */
  const open = new Map<string, SubscriptionRow | null>()

  function openOf(userId: string): SubscriptionRow | undefined {
    let known = open.get(userId)
    if (known === undefined) {
      known = repository.openSubscriptionOf(userId) ?? null
      open.set(userId, known)
    }
    return known ?? undefined
  }

  return {
    all: () => [...plans.values()],
    find: (planId) => plans.get(planId),
    takeOver: (plan) => void plans.set(plan.id, plan),
    activeOf(userId) {
      const subscription = openOf(userId)
      if (!subscription || subscription.endsAt <= time.now()) return undefined
      const plan = plans.get(subscription.planId)
      if (!plan)
        throw new Error(
          `The subscription ${subscription.id} has the plan ${subscription.planId}, which is none`,
        )
      return { subscription, plan }
    },
    openOf,
    remember: (subscription) =>
      void open.set(subscription.userId, subscription.endedAt === null ? subscription : null),
  }
}
