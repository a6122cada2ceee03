// What pays for a request: a person's balance, or their plan. Either is held, released and charged in the same way, so that
// the account book need not know which it is.
import type { SpendingDelta } from '../db/write-command.ts'
import { availableNanoUsd } from '../ledger/balance.ts'
import { type Bound, balanceBound } from '../ledger/bound.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Account } from './known-accounts.ts'
import type { ActivePlan } from './plan-book.ts'
import type { PlanFunds } from './plan-funds.ts'
import type { Amounts } from './spending-book.ts'

export interface Payer {
  /** Null for the balance. */
  readonly planSubscriptionId: string | null
  bounds(): readonly Bound[]
  hold(amounts: Amounts): Payment
}

/** One request's part of it: held at once, then released, and charged where something is due. */
export interface Payment {
  /** What can be charged now beyond what is held for it. Negative where more was spent than is allowed by now. */
  available(): NanoUsd
  release(): void
  /** Returns what that adds to the counters on disk, beside the charge itself. */
  charge(used: Amounts): readonly SpendingDelta[]
  /** Takes back a charge that the disk refused. */
  undo(used: Amounts): void
}

export const balancePayer = (account: Account): Payer => ({
  planSubscriptionId: null,
  bounds: () => [balanceBound(account)],
  hold({ nanoUsd: heldNanoUsd }) {
    account.openHoldsNanoUsd += heldNanoUsd
    return {
      available: () => availableNanoUsd(account),
      release() {
        account.openHoldsNanoUsd -= heldNanoUsd
      },
      charge({ nanoUsd }) {
        account.balanceNanoUsd -= nanoUsd
        return []
      },
      undo({ nanoUsd }) {
        account.balanceNanoUsd += nanoUsd
      },
    }
  },
})

export const planPayer = (funds: PlanFunds, active: ActivePlan): Payer => ({
  planSubscriptionId: active.subscription.id,
  bounds: () => funds.bounds(active),
  hold(amounts) {
    const counted = funds.hold(active, amounts)
    return {
      available: () => leastMoneyOf(funds.bounds(active)),
      release: () => counted.release(),
      charge: (used) => [counted.count(used)],
      undo: (used) => counted.undo(used),
    }
  },
})

/** A plan without a quota in money is bounded by none. */
function leastMoneyOf(bounds: readonly Bound[]): NanoUsd {
  let least = Number.MAX_SAFE_INTEGER
  for (const { metric, available } of bounds) if (metric === 'money') least = Math.min(least, available)
  return least
}
