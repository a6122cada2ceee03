// Decides what an administrator may do about money after the fact: how much goes back for a request, how much of a possible
// loss is charged, how far a credit limit can be lowered. Each is bounded, so that a slip cannot make or take more than there was.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { availableNanoUsd, type BalanceState } from './balance.ts'
import { formatUsd, type NanoUsd, sumNanoUsd } from './money.ts'

/** What goes back: all that was paid, or as much of it as is named. A request is refunded once. */
export function decideRefund(
  paidNanoUsd: NanoUsd,
  refundedNanoUsd: NanoUsd,
  namedNanoUsd: NanoUsd | undefined,
): Result<NanoUsd, Refusal> {
  if (refundedNanoUsd > 0) return fail(refusal('already_refunded'))
  if (paidNanoUsd <= 0) return fail(refusal('nothing_to_refund'))
  const amountNanoUsd = namedNanoUsd ?? paidNanoUsd
  if (amountNanoUsd > paidNanoUsd) return fail(refusal('refund_too_large', atMost(paidNanoUsd)))
  return ok(amountNanoUsd)
}

export interface LossCharge {
  readonly amountNanoUsd: NanoUsd
  /** What of the wanted amount the account cannot bear now; it is charged at no later time. */
  readonly unchargedNanoUsd: NanoUsd
}

/**
 * What of a possible loss is charged. Where no amount is named, all that the request held, or as much of that as is
 * available; a named amount is charged whole or not at all. Where nothing is available, nothing is: the loss stays open.
 */
export function decideLossCharge(
  heldNanoUsd: NanoUsd,
  account: BalanceState,
  namedNanoUsd: NanoUsd | undefined,
): Result<LossCharge, Refusal> {
  if (namedNanoUsd !== undefined && namedNanoUsd > heldNanoUsd) {
    return fail(refusal('loss_charge_too_large', atMost(heldNanoUsd)))
  }
  const wanted = namedNanoUsd ?? heldNanoUsd
  const bearable = Math.max(0, availableNanoUsd(account))
  const isTooMuch = namedNanoUsd === undefined ? bearable === 0 && wanted > 0 : wanted > bearable
  if (isTooMuch) return fail(refusal('balance_below_limit', atMost(bearable)))
  const amountNanoUsd = Math.min(wanted, bearable)
  return ok({ amountNanoUsd, unchargedNanoUsd: wanted - amountNanoUsd })
}

/** Why a credit limit cannot be set: what is owed and what is held would not fit into it. Raising is always possible. */
export function refuseCreditLimit(account: BalanceState, creditLimitNanoUsd: NanoUsd): Refusal | undefined {
  if (creditLimitNanoUsd >= account.creditLimitNanoUsd) return undefined
  const minNanoUsd = Math.max(0, sumNanoUsd(account.openHoldsNanoUsd, -account.balanceNanoUsd))
  if (creditLimitNanoUsd >= minNanoUsd) return undefined
  return refusal('credit_limit_in_use', { minUsd: formatUsd(minNanoUsd, 'up'), minNanoUsd })
}

const atMost = (maxNanoUsd: NanoUsd) => ({ maxUsd: formatUsd(maxNanoUsd, 'down'), maxNanoUsd })
