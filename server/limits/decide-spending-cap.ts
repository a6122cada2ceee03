// Decides whether a key's own spending caps carry the hold of a request. Pure; the balance is asked elsewhere, and a key
// only narrows what it allows.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { SpendingCaps } from '../../contract/limits.ts'
import { HOLD_RETRY_AFTER_MS } from '../ledger/hold.ts'
import { formatUsd, type NanoUsd, sumNanoUsd } from '../ledger/money.ts'

export type CapPeriod = 'day' | 'month' | 'total'

/** What requests admitted within a period came to, over all keys of the family. */
export interface PeriodSpending {
  readonly settledNanoUsd: NanoUsd
  readonly openHoldsNanoUsd: NanoUsd
}

export type KeySpending = Readonly<Record<CapPeriod, PeriodSpending>>

const CAPS = [
  ['total', 'totalNanoUsd'],
  ['month', 'monthNanoUsd'],
  ['day', 'dayNanoUsd'],
] as const satisfies readonly (readonly [CapPeriod, keyof SpendingCaps])[]

/**
 * Why the caps do not carry the hold, or undefined where they do: `insufficient_quota` with the cap in its details, or
 * `balance_on_hold` where the key's own open holds are all that stands in the way. The cap that frees last is named.
 */
export function decideSpendingCap(
  caps: SpendingCaps,
  spent: KeySpending,
  holdNanoUsd: NanoUsd,
): Refusal | undefined {
  let onHold: Refusal | undefined
  for (const [period, member] of CAPS) {
    const capNanoUsd = caps[member]
    if (capNanoUsd === null) continue
    const { settledNanoUsd, openHoldsNanoUsd } = spent[period]
    const available = sumNanoUsd(capNanoUsd, -settledNanoUsd, -openHoldsNanoUsd)
    if (holdNanoUsd <= available) continue
    const details = {
      scope: 'key',
      cap: period,
      capUsd: formatUsd(capNanoUsd, 'down'),
      neededUsd: formatUsd(holdNanoUsd, 'up'),
      availableUsd: formatUsd(Math.max(0, available), 'down'),
      shortByNanoUsd: sumNanoUsd(holdNanoUsd, -available),
    }
    if (holdNanoUsd > sumNanoUsd(capNanoUsd, -settledNanoUsd)) return refusal('insufficient_quota', details)
    const heldUsd = formatUsd(openHoldsNanoUsd)
    onHold ??= refusal('balance_on_hold', { ...details, heldUsd }, { retryAfterMs: HOLD_RETRY_AFTER_MS })
  }
  return onHold
}
