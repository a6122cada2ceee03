// Begins, extends and ends a person's plan, together with what it costs and the code that gives it. One change of a person
// at a time, so that two purchases at once extend a plan twice.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { SubscriptionOrigin } from '../../contract/plans.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { AuditRow } from '../db/repositories/audit.ts'
import type { PlanRow, SubscriptionRow } from '../db/repositories/plans.ts'
import { formatUsd, type NanoUsd } from '../ledger/money.ts'
import { decideActivation } from '../limits/decide-activation.ts'
import type { Ids } from '../ports.ts'
import type { AccountBook, SpendingTime } from './account.ts'
import type { PlanBook } from './plan-book.ts'

export interface ActivationRequest {
  readonly userId: string
  readonly plan: PlanRow
  readonly origin: SubscriptionOrigin
  readonly days: number
  /** Taken from the balance; 0 for a plan that is given. */
  readonly priceNanoUsd: NanoUsd
  /** Whether another plan that is active ends for it. */
  readonly replacesActive: boolean
  readonly codeId: string | null
  readonly actorUserId: string | null
  /** What the audit says of it, asked when it is decided: on disk with it, or neither is. */
  readonly audit: (active: SubscriptionRow) => AuditRow
}

export interface PlanActivation {
  /**
   * Resolves when the plan is active, on disk and for the next request. Refuses with `plan_active`, `plan_not_affordable`,
   * `code_not_valid` or `storage_unavailable`, and then nothing has changed.
   */
  activate(request: ActivationRequest): Promise<Result<SubscriptionRow, Refusal>>
  /**
   * Ends the active plan now; nothing is given back for it. Refuses with `no_active_plan` or `storage_unavailable`, and then
   * nothing has changed.
   */
  end(userId: string, audit: (ended: SubscriptionRow) => AuditRow): Promise<Result<SubscriptionRow, Refusal>>
}

export function createPlanActivation(deps: {
  readonly accounts: Pick<AccountBook, 'grant' | 'state'>
  readonly plans: PlanBook
  readonly time: SpendingTime
  readonly ids: Ids
}): PlanActivation {
  const { accounts, plans, time, ids } = deps
  /** The last change of each person whose changes are not all through. */
  const lastChange = new Map<string, Promise<unknown>>()

  async function inTurn<T>(userId: string, change: () => Promise<T>): Promise<T> {
    const before = lastChange.get(userId) ?? Promise.resolve()
    // However the one before has ended: it was answered for.
    const mine = before.then(change, change)
    lastChange.set(userId, mine)
    try {
      return await mine
    } finally {
      if (lastChange.get(userId) === mine) lastChange.delete(userId)
    }
  }

  async function activateNow(request: ActivationRequest): Promise<Result<SubscriptionRow, Refusal>> {
    const { userId, plan, origin, days, replacesActive, codeId } = request
    const open = plans.openOf(userId)
    const decided = decideActivation({
      open,
      openPlanName: (open && plans.find(open.planId)?.name) ?? '',
      next: { id: ids.next(), userId, planId: plan.id, origin },
      days,
      replacesActive,
      nowMs: time.now(),
    })
    if (!decided.ok) return decided
    const { ended, active } = decided.value
    const granted = await accounts.grant({
      change: priceOf(request),
      subscriptions: ended ? [ended, active] : [active],
      planSubscriptionId: active.id,
      code: codeId === null ? null : { codeId, userId },
      audit: request.audit(active),
    })
    if (!granted.ok) return fail(explained(granted.error, request))
    plans.remember(active)
    return ok(active)
  }

  function explained(refused: Refusal, { userId, priceNanoUsd }: ActivationRequest): Refusal {
    if (refused.code !== 'balance_below_limit') return refused
    const available = Math.max(0, accounts.state(userId).availableNanoUsd)
    return refusal('plan_not_affordable', {
      priceUsd: formatUsd(priceNanoUsd, 'up'),
      availableUsd: formatUsd(available, 'down'),
      shortByNanoUsd: priceNanoUsd - available,
    })
  }

  async function endNow(
    userId: string,
    audit: (ended: SubscriptionRow) => AuditRow,
  ): Promise<Result<SubscriptionRow, Refusal>> {
    const active = plans.activeOf(userId)
    if (!active) return fail(refusal('no_active_plan'))
    const ended = { ...active.subscription, endedAt: time.now() }
    const written = { change: null, subscriptions: [ended], planSubscriptionId: null, code: null }
    const granted = await accounts.grant({ ...written, audit: audit(ended) })
    if (!granted.ok) return granted
    plans.remember(ended)
    return ok(ended)
  }

  return {
    activate: (request) => inTurn(request.userId, () => activateNow(request)),
    end: (userId, audit) => inTurn(userId, () => endNow(userId, audit)),
  }
}

const priceOf = ({ userId, plan, priceNanoUsd, actorUserId }: ActivationRequest) =>
  priceNanoUsd === 0
    ? null
    : ({ userId, kind: 'charge', amountNanoUsd: 0 - priceNanoUsd, note: plan.name, actorUserId } as const)
