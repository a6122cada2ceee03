// A bound on what may be held: a balance, the cap of a key, the quota of a plan. What each of them comes to is worked out
// elsewhere; here is how one that is too small is told of.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { availableNanoUsd, type BalanceState } from './balance.ts'
import { formatUsd, sumNanoUsd } from './money.ts'

export type BoundMetric = 'money' | 'tokens' | 'requests'

export interface Bound {
  readonly metric: BoundMetric
  /** Nano-dollars, tokens or requests, less what open holds take. Negative where more was used than is allowed by now. */
  readonly available: number
  /** What open holds take of it. */
  readonly held: number
  /** Unix milliseconds at which it is whole again, or null where waiting does not help. */
  readonly freesAt: number | null
  /** What a refusal says beside the amounts: which bound it is, for its message and for screens. */
  readonly about: NonNullable<Refusal['details']>
}

/**
 * How long a client waits where only its own open holds are in the way. Codex CLI tries six times and the OpenAI SDKs
 * three, so this spans the seconds that a usual answer takes to settle.
 */
export const HOLD_RETRY_AFTER_MS = 3_000

export const balanceBound = (state: BalanceState): Bound => ({
  metric: 'money',
  available: availableNanoUsd(state),
  held: state.openHoldsNanoUsd,
  freesAt: null,
  about: {},
})

/** A bound, and the least that would have to be available within it. */
export interface ShortBound {
  readonly bound: Bound
  readonly needed: number
}

/**
 * Why bounds that are too small carry no hold: `balance_on_hold` where open holds are all that stands in the way, else
 * `insufficient_quota`, of the bound that frees last. What is needed is rounded up and what is available down, so that the
 * message never shows two equal amounts.
 */
export function refuseShort(short: readonly [ShortBound, ...ShortBound[]]): Refusal {
  const final = short.filter(({ bound, needed }) => needed > sumNanoUsd(bound.available, bound.held))
  const [first] = short
  if (final.length === 0) {
    const details = { ...detailsOf(first), ...heldOf(first.bound) }
    return refusal('balance_on_hold', details, { retryAfterMs: HOLD_RETRY_AFTER_MS })
  }
  return refusal('insufficient_quota', detailsOf(final.reduce(laterOf)))
}

const laterOf = (one: ShortBound, other: ShortBound): ShortBound =>
  (other.bound.freesAt ?? Number.POSITIVE_INFINITY) > (one.bound.freesAt ?? Number.POSITIVE_INFINITY)
    ? other
    : one

function detailsOf({ bound, needed }: ShortBound): NonNullable<Refusal['details']> {
  const { metric, available, freesAt, about } = bound
  // Below zero nothing is available; how far below is in what it is short by.
  const left = Math.max(0, available)
  const frees = freesAt === null ? {} : { resetsAt: freesAt, resetsAtText: new Date(freesAt).toISOString() }
  if (metric !== 'money') return { ...about, ...frees, needed, available: left, shortBy: needed - available }
  return {
    ...about,
    ...frees,
    neededUsd: formatUsd(needed, 'up'),
    availableUsd: formatUsd(left, 'down'),
    shortByNanoUsd: sumNanoUsd(needed, -available),
  }
}

const heldOf = ({ metric, held }: Bound) => (metric === 'money' ? { heldUsd: formatUsd(held) } : { held })
