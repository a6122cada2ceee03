// What an account can still spend. Holds that are open count as spent until they are settled or released.
import { type NanoUsd, sumNanoUsd } from './money.ts'

export interface BalanceState {
  /** The sum of settlements and balance changes; negative where a credit limit is in use. */
  readonly balanceNanoUsd: NanoUsd
  /** How far below zero the balance may go; 0 for a prepaid account. */
  readonly creditLimitNanoUsd: NanoUsd
  /** The sum of the holds that are neither settled nor released. */
  readonly openHoldsNanoUsd: NanoUsd
}

/** balance + credit limit − open holds. Negative only where the credit limit was lowered under what is already owed. */
export const availableNanoUsd = (state: BalanceState): NanoUsd =>
  sumNanoUsd(state.balanceNanoUsd, state.creditLimitNanoUsd, -state.openHoldsNanoUsd)
