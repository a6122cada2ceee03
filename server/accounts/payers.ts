// What pays for a request: a person's balance, or their plan. Either is held, released and charged in the same way, so that
// the account book need not know which it is.
import type { SpendingDelta } from '../db/write-command.ts'
import { availableNanoUsd } from '../ledger/balance.ts'
import { type Bound, balanceBound } from '../ledger/bound.ts'
import { type NanoUsd, sumNanoUsd } from '../ledger/money.ts'
import type { Account } from './known-accounts.ts'
import type { ActivePlan } from './plan-book.ts'
import type { PlanFunds } from './plan-funds.ts'
import type { Amounts, CountedHold } from './spending-book.ts'

export interface Payer {
  /** Null for the balance. */
  readonly planSubscriptionId: string | null
  bounds(): readonly Bound[]
  hold(amounts: Amounts): Payment
}

/** One request's part of it: held at once, then released, and charged where something is due. */
export interface Payment {
  /**
   * What can be charged now beyond what is held for it, or, once that is released, in all. Negative where more was spent than
   * is allowed by now.
   */
  available(): NanoUsd
  release(): void
  /** Returns what that adds to the counters on disk, beside the charge itself. */
  charge(used: Amounts): readonly SpendingDelta[]
  /** Takes back a charge that the disk refused. */
  undo(used: Amounts): void
}

/** Both may have to read what was counted before. Where the disk does not let them, neither holds anything. */
export function holdFrom(payer: Pick<Payer, 'hold'>, amounts: Amounts, ofKey: CountedHold): Payment {
  try {
    return payer.hold(amounts)
  } catch (error) {
    ofKey.release()
    throw error
  }
}

export const balancePayer = (account: Account): Payer => new BalancePayer(account)

class BalancePayer implements Payer {
  readonly planSubscriptionId = null
  readonly #account: Account

  constructor(account: Account) {
    this.#account = account
  }

  bounds(): readonly Bound[] {
    return [balanceBound(this.#account)]
  }

  hold({ nanoUsd }: Amounts): Payment {
    return new BalancePayment(this.#account, nanoUsd)
  }
}

class BalancePayment implements Payment {
  readonly #account: Account
  readonly #heldNanoUsd: NanoUsd

  constructor(account: Account, heldNanoUsd: NanoUsd) {
    this.#account = account
    this.#heldNanoUsd = heldNanoUsd
    account.openHoldsNanoUsd += heldNanoUsd
  }

  available(): NanoUsd {
    return availableNanoUsd(this.#account)
  }

  release(): void {
    this.#account.openHoldsNanoUsd -= this.#heldNanoUsd
  }

  charge({ nanoUsd }: Amounts): readonly SpendingDelta[] {
    this.#account.balanceNanoUsd -= nanoUsd
    return NOTHING_MORE
  }

  undo({ nanoUsd }: Amounts): void {
    this.#account.balanceNanoUsd += nanoUsd
  }
}

/** A balance is counted by the ledger alone. */
const NOTHING_MORE: readonly SpendingDelta[] = []

export const planPayer = (funds: PlanFunds, active: ActivePlan): Payer => ({
  planSubscriptionId: active.subscription.id,
  bounds: () => funds.bounds(active),
  hold: (amounts) => new PlanPayment(funds, active, amounts),
})

/**
 * What is held was taken from the windows that admitted the request. Nothing that is used in the next ones, or by others since
 * the plan was changed, takes it away again; what is charged beyond it comes from the windows that are open by then.
 */
class PlanPayment implements Payment {
  readonly #funds: PlanFunds
  readonly #active: ActivePlan
  readonly #heldNanoUsd: NanoUsd
  readonly #counted: CountedHold
  #releasedNanoUsd: NanoUsd | undefined

  constructor(funds: PlanFunds, active: ActivePlan, held: Amounts) {
    this.#funds = funds
    this.#active = active
    this.#heldNanoUsd = held.nanoUsd
    this.#counted = funds.hold(active, held)
  }

  available(): NanoUsd {
    return this.#releasedNanoUsd ?? Math.max(0, leastMoneyOf(this.#funds.bounds(this.#active)))
  }

  release(): void {
    this.#releasedNanoUsd = sumNanoUsd(this.#heldNanoUsd, this.available())
    this.#counted.release()
  }

  charge(used: Amounts): readonly SpendingDelta[] {
    return [this.#counted.count(used)]
  }

  undo(used: Amounts): void {
    this.#counted.undo(used)
  }
}

/** A plan without a quota in money is bounded by none. */
function leastMoneyOf(bounds: readonly Bound[]): NanoUsd {
  let least = Number.MAX_SAFE_INTEGER
  for (const { metric, available } of bounds) if (metric === 'money') least = Math.min(least, available)
  return least
}
