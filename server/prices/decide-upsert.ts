// Whether an operator's price can be taken, and from which moment it holds. Pure: the book and the clock are given.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { inputRefusal } from '../../contract/input-problems.ts'
import {
  type PriceInput,
  type PriceRates,
  type PriceRow,
  priceRates,
  SERVICE_TIERS,
  type ServiceTier,
  tierColumn,
} from '../../contract/price.ts'
import { fail, ok, type Result } from '../../contract/result.ts'

/**
 * An `effectiveFrom` this little in the past is taken as now: it was "now" when the caller wrote it down. The row itself
 * never lies in the past.
 */
const NOW_TOLERANCE_MS = 5_000

/** An operator's rows of one model. */
export interface OperatorRows {
  /** Those that count, the latest `effectiveFrom` first. */
  readonly active: readonly PriceRow[]
  /** Moments that a row has, withdrawn ones included: no two rows of a model have the same. */
  readonly moments: ReadonlySet<number>
}

/**
 * Whether a row has taken effect, for whoever asks what holds now. One that took effect when it was made stays in force
 * whatever the clock says later: a clock that goes back brings no old price back.
 */
export const hasBegun = (row: PriceRow, at: number): boolean =>
  row.effectiveFrom <= Math.max(at, row.createdAt)

/** The latest of `rows` (in that order) that has. */
const inForceAt = (rows: readonly PriceRow[], at: number): PriceRow | undefined =>
  rows.find((row) => hasBegun(row, at))

export type UpsertDecision =
  | { readonly kind: 'repeated'; readonly row: PriceRow }
  | { readonly kind: 'added'; readonly effectiveFrom: number; readonly createdAt: number }

/** Refuses with `invalid_input`, `price_in_past` or `price_conflict`. */
export function decideUpsert(
  input: PriceInput,
  rows: OperatorRows,
  now: number,
): Result<UpsertDecision, Refusal> {
  const refused = refuseRates(input)
  if (refused) return fail(refused)

  const asked = input.effectiveFrom
  if (asked === undefined || (asked <= now && asked >= now - NOW_TOLERANCE_MS)) {
    return ok(decideNow(input, rows, now))
  }
  const repeated = rows.active.find((row) => isAsAsked(row, asked, now) && hasSameRates(row, input))
  if (repeated) return ok({ kind: 'repeated', row: repeated })
  if (asked < now) return fail(refusal('price_in_past', { effectiveFrom: asked }, { param: 'effectiveFrom' }))
  if (rows.active.some((row) => row.effectiveFrom === asked)) {
    const details = { model: input.model, effectiveFrom: asked }
    return fail(refusal('price_conflict', details, { param: 'effectiveFrom' }))
  }
  // Where only withdrawn rows stand at that moment, the new one begins a millisecond behind them.
  return ok({ kind: 'added', effectiveFrom: freeMoment(asked, rows), createdAt: now })
}

function freeMoment(from: number, { moments }: OperatorRows): number {
  let moment = from
  while (moments.has(moment)) moment += 1
  return moment
}

/** A price that takes effect at once: after the one in force, even within its millisecond or on a clock that went back. */
function decideNow(rates: PriceRates, rows: OperatorRows, now: number): UpsertDecision {
  const inForce = inForceAt(rows.active, now)
  if (inForce && hasSameRates(inForce, rates)) return { kind: 'repeated', row: inForce }
  const effectiveFrom = freeMoment(Math.max(now, inForce ? inForce.effectiveFrom + 1 : now), rows)
  return { kind: 'added', effectiveFrom, createdAt: effectiveFrom }
}

/** Whether a kept row is the one that was asked for. A moment now past may have been taken as "now" back then. */
const isAsAsked = ({ effectiveFrom }: PriceRow, asked: number, now: number): boolean =>
  effectiveFrom === asked ||
  (asked < now && effectiveFrom > asked && effectiveFrom <= asked + NOW_TOLERANCE_MS)

// The members of a zod object schema are exactly the members of the type that is inferred from it.
const RATE_NAMES = Object.keys(priceRates.shape) as readonly (keyof PriceRates)[]

/** Empty and left out are the same; zero is a rate of its own. */
const hasSameRates = (one: PriceRates, other: PriceRates): boolean =>
  RATE_NAMES.every((name) => (one[name] ?? null) === (other[name] ?? null))

const LONG_RATE_NAMES = [
  'longInputNanoUsdPerMTok',
  'longCachedInputNanoUsdPerMTok',
  'longCacheWriteNanoUsdPerMTok',
  'longOutputNanoUsdPerMTok',
] as const satisfies readonly (keyof PriceRates)[]

const TIER_LONG_RATE_NAMES = SERVICE_TIERS.flatMap((tier) =>
  (['Input', 'CachedInput', 'CacheWrite', 'Output'] as const).map((kind) => tierColumn(tier, 'Long', kind)),
)

const isGiven = (rate: number | null | undefined): boolean => rate !== null && rate !== undefined

/** Long rates and their threshold only mean something together; either alone would silently charge the short rates. */
function refuseRates(input: PriceRates): Refusal | undefined {
  const given = LONG_RATE_NAMES.find((name) => isGiven(input[name]))
  const hasThreshold = isGiven(input.longContextAboveTokens)
  const needsThreshold = given ?? TIER_LONG_RATE_NAMES.find((name) => isGiven(input[name]))
  if (needsThreshold && !hasThreshold) {
    const missing = 'longContextAboveTokens'
    return inputRefusal('rate_without_threshold', missing, { given: needsThreshold, missing })
  }
  if (!given && hasThreshold) {
    const missing = 'longInputNanoUsdPerMTok, longOutputNanoUsdPerMTok'
    const said = `longContextAboveTokens is given without a long rate; give ${missing} too, or leave it out`
    return inputRefusal('threshold_without_rate', 'longInputNanoUsdPerMTok', { missing }, said)
  }
  for (const tier of SERVICE_TIERS) {
    const refused = refuseHalfATier(input, tier)
    if (refused) return refused
  }
  return undefined
}

/** A tier has a price once input and output have one; anything less of it would never be charged. */
function refuseHalfATier(input: PriceRates, tier: ServiceTier): Refusal | undefined {
  const given = RATE_NAMES.find((name) => name.startsWith(tier) && isGiven(toRate(input[name])))
  if (given === undefined) return undefined
  const missing = (['Input', 'Output'] as const)
    .map((kind) => tierColumn(tier, '', kind))
    .find((name) => !isGiven(input[name]))
  if (missing === undefined) return undefined
  return inputRefusal('half_a_tier', missing, { given, missing, tier })
}

const toRate = (value: PriceRates[keyof PriceRates]): number | null | undefined =>
  typeof value === 'boolean' ? undefined : value
