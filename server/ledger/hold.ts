// Decides whether an account can carry the worst case of a request: it is held whole, or the request is refused.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { availableNanoUsd, type BalanceState } from './balance.ts'
import { formatUsd, type NanoUsd, sumNanoUsd } from './money.ts'

/**
 * How long a client waits where only its own open holds are in the way. Codex CLI tries six times and the OpenAI SDKs
 * three, so this spans the seconds that a usual answer takes to settle.
 */
export const HOLD_RETRY_AFTER_MS = 3_000

/**
 * The hold, or why there is none: `balance_on_hold` where the account could carry it once its own open holds have ended,
 * else `insufficient_quota`. What is needed is rounded up and what is available down, so the message never shows two
 * equal amounts.
 */
export function decideHold(
  state: BalanceState,
  amountNanoUsd: NanoUsd,
): Result<{ readonly amountNanoUsd: NanoUsd }, Refusal> {
  const available = availableNanoUsd(state)
  if (amountNanoUsd <= available) return ok({ amountNanoUsd })

  const details = {
    neededUsd: formatUsd(amountNanoUsd, 'up'),
    // Below zero nothing is available; how far below is in shortByNanoUsd.
    availableUsd: formatUsd(Math.max(0, available), 'down'),
    shortByNanoUsd: sumNanoUsd(amountNanoUsd, -available),
  }
  const availableWithoutHolds = availableNanoUsd({ ...state, openHoldsNanoUsd: 0 })
  if (state.openHoldsNanoUsd > 0 && amountNanoUsd <= availableWithoutHolds) {
    const heldUsd = formatUsd(state.openHoldsNanoUsd)
    return fail(refusal('balance_on_hold', { ...details, heldUsd }, { retryAfterMs: HOLD_RETRY_AFTER_MS }))
  }
  return fail(refusal('insufficient_quota', details))
}
