// What the spending caps of a key allow: one bound for each cap that is set. Pure; a key only narrows what its owner has.
import type { SpendingCaps } from '../../contract/limits.ts'
import type { Bound } from '../ledger/bound.ts'
import { formatUsd, type NanoUsd, sumNanoUsd } from '../ledger/money.ts'

export type CapPeriod = 'day' | 'month' | 'total'

/** What requests admitted within a period came to, over all keys of the family. */
export interface PeriodSpending {
  readonly settledNanoUsd: NanoUsd
  readonly openHoldsNanoUsd: NanoUsd
  /** Unix milliseconds; null for the total, which never ends. */
  readonly endsAt: number | null
}

export type KeySpending = Readonly<Record<CapPeriod, PeriodSpending>>

export const NO_CAPS: SpendingCaps = { dayNanoUsd: null, monthNanoUsd: null, totalNanoUsd: null }

const CAPS = [
  ['total', 'totalNanoUsd'],
  ['month', 'monthNanoUsd'],
  ['day', 'dayNanoUsd'],
] as const satisfies readonly (readonly [CapPeriod, keyof SpendingCaps])[]

export const hasCap = ({ dayNanoUsd, monthNanoUsd, totalNanoUsd }: SpendingCaps): boolean =>
  dayNanoUsd !== null || monthNanoUsd !== null || totalNanoUsd !== null

/** None where no cap is set. */
export function capBounds(caps: SpendingCaps, spent: KeySpending): Bound[] {
  const bounds: Bound[] = []
  for (const [period, member] of CAPS) {
    const capNanoUsd = caps[member]
    if (capNanoUsd === null) continue
    const { settledNanoUsd, openHoldsNanoUsd, endsAt } = spent[period]
    bounds.push({
      metric: 'money',
      available: sumNanoUsd(capNanoUsd, -settledNanoUsd, -openHoldsNanoUsd),
      held: openHoldsNanoUsd,
      freesAt: endsAt,
      about: {
        cause: endsAt === null ? 'key_cap' : 'key_window_cap',
        scope: 'key',
        cap: period,
        capUsd: formatUsd(capNanoUsd, 'down'),
      },
    })
  }
  return bounds
}
