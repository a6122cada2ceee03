// The live price book: which price a model has at a moment. Rows are never changed; new ones follow, and an operator's
// rows always win over those that came with the product.
import { type Refusal, refusal } from '../../contract/errors.ts'
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
import { DEMO_PRICES } from './demo-prices.ts'
import { readShippedPrices } from './shipped-prices.ts'

/** Where price rows are kept for ever; charges refer to them by id. */
interface PriceRepository {
  all(): readonly PriceRow[]
  insert(row: PriceRow): void
}

export interface PriceBook {
  /** The price of a request for this model at `at` (Unix ms). Undefined: the request is refused, it is never free. */
  priceOf(model: string, at: number): PriceRow | undefined
  /** One row for each model that has a price at `at`, in the order of their names. */
  models(at: number): readonly PriceRow[]
  /**
   * Adds an operator's price, which takes effect at once or at a later `effectiveFrom`. Repeating a row succeeds, answers
   * with the row there is, and adds nothing. Refuses with `invalid_input`, `price_in_past` or `price_conflict`.
   */
  upsert(input: PriceInput): Result<PriceRow, Refusal>
  /** With the demo upstream the demo models stand in for the shipped ones; without it they do not exist. */
  setDemo(isDemo: boolean): void
}

export interface PriceBookDeps {
  readonly repository: PriceRepository
  readonly clock: { now(): number }
  readonly ids: { next(): string }
}

/** The rows of one model by origin, the latest `effectiveFrom` first. */
type RowsByOrigin = Record<PriceRow['origin'], PriceRow[]>

/**
 * An `effectiveFrom` this little in the past is taken as now: it was "now" when the caller wrote it down. The row itself
 * never lies in the past.
 */
const NOW_TOLERANCE_MS = 5_000

/** Reads what is kept, adds the shipped and demo rows that are missing, and holds the whole book in memory. */
export function createPriceBook({ repository, clock, ids }: PriceBookDeps): PriceBook {
  const rowsByModel = new Map<string, RowsByOrigin>()
  let isDemo = false

  const remember = (row: PriceRow): void => {
    const rows = rowsByModel.get(row.model) ?? { operator: [], shipped: [], demo: [] }
    rows[row.origin].push(row)
    rows[row.origin].sort((one, other) => other.effectiveFrom - one.effectiveFrom)
    rowsByModel.set(row.model, rows)
  }
  // Kept first: a row that is not on disk must price nothing, because the charge could not refer to it.
  const add = (row: PriceRow): void => {
    repository.insert(row)
    remember(row)
  }

  const kept = repository.all()
  for (const row of kept) remember(row)
  const keptIds = new Set(kept.map((row) => row.id))
  for (const row of [...readShippedPrices(), ...DEMO_PRICES]) {
    if (!keptIds.has(row.id)) add({ ...row, createdAt: clock.now() })
  }

  const priceAt = (rows: RowsByOrigin, at: number): PriceRow | undefined => {
    const byOperator = inForceAt(rows.operator, at)
    if (byOperator) return byOperator
    const ours = isDemo ? rows.demo : rows.shipped
    // The oldest of our own rows also covers the time before it: a box set up with its clock in 1970 still has prices.
    return inForceAt(ours, at) ?? ours.at(-1)
  }

  return {
    priceOf(model, at) {
      const rows = rowsByModel.get(model)
      return rows && priceAt(rows, at)
    },
    models(at) {
      return [...rowsByModel.values()]
        .map((rows) => priceAt(rows, at))
        .filter((row) => row !== undefined)
        .sort((one, other) => (one.model < other.model ? -1 : 1))
    },
    upsert(input) {
      const operatorRows = rowsByModel.get(input.model)?.operator ?? []
      const decided = decideUpsert(input, operatorRows, clock.now())
      if (!decided.ok) return decided
      if (decided.value.kind === 'repeated') return ok(decided.value.row)
      const { effectiveFrom, createdAt } = decided.value
      const row: PriceRow = { ...input, id: ids.next(), origin: 'operator', effectiveFrom, createdAt }
      add(row)
      return ok(row)
    },
    setDemo(value) {
      isDemo = value
    },
  }
}

/**
 * The latest of `rows` (in that order) that has taken effect. A row that took effect when it was made stays in force
 * whatever the clock says later: a clock that goes back brings no old price back.
 */
const inForceAt = (rows: readonly PriceRow[], at: number): PriceRow | undefined =>
  rows.find((row) => row.effectiveFrom <= Math.max(at, row.createdAt))

type UpsertDecision =
  | { readonly kind: 'repeated'; readonly row: PriceRow }
  | { readonly kind: 'added'; readonly effectiveFrom: number; readonly createdAt: number }

/** `rows` are the operator's rows of this model, the latest `effectiveFrom` first. */
function decideUpsert(
  input: PriceInput,
  rows: readonly PriceRow[],
  now: number,
): Result<UpsertDecision, Refusal> {
  const refused = refuseRates(input)
  if (refused) return fail(refused)

  const asked = input.effectiveFrom
  if (asked === undefined || (asked <= now && asked >= now - NOW_TOLERANCE_MS)) {
    return ok(decideNow(input, rows, now))
  }
  const repeated = rows.find((row) => isAsAsked(row, asked, now) && hasSameRates(row, input))
  if (repeated) return ok({ kind: 'repeated', row: repeated })
  if (asked < now) return fail(refusal('price_in_past', { effectiveFrom: asked }, { param: 'effectiveFrom' }))
  if (rows.some((row) => row.effectiveFrom === asked)) {
    const details = { model: input.model, effectiveFrom: asked }
    return fail(refusal('price_conflict', details, { param: 'effectiveFrom' }))
  }
  return ok({ kind: 'added', effectiveFrom: asked, createdAt: now })
}

/** A price that takes effect at once: after the one in force, even within its millisecond or on a clock that went back. */
function decideNow(rates: PriceRates, rows: readonly PriceRow[], now: number): UpsertDecision {
  const inForce = inForceAt(rows, now)
  if (inForce && hasSameRates(inForce, rates)) return { kind: 'repeated', row: inForce }
  let effectiveFrom = Math.max(now, inForce ? inForce.effectiveFrom + 1 : now)
  while (rows.some((row) => row.effectiveFrom === effectiveFrom)) effectiveFrom += 1
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
    const problem = `${needsThreshold} is never used without longContextAboveTokens. Give both, or leave both out.`
    return refusal('invalid_input', { problem }, { param: 'longContextAboveTokens' })
  }
  if (!given && hasThreshold) {
    const problem =
      'longContextAboveTokens is given without a long rate. Give longInputNanoUsdPerMTok and longOutputNanoUsdPerMTok too, or leave it out.'
    return refusal('invalid_input', { problem }, { param: 'longInputNanoUsdPerMTok' })
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
  const problem = `${given} is never used without ${missing}. Give both, or leave the tier "${tier}" out.`
  return refusal('invalid_input', { problem }, { param: missing })
}

const toRate = (value: PriceRates[keyof PriceRates]): number | null | undefined =>
  typeof value === 'boolean' ? undefined : value
