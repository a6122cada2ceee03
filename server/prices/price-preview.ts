// What a new price means before it is set: column by column, and for what was used lately. Pure.
import { createHash } from 'node:crypto'
import { messageOf, type Refusal } from '../../contract/errors.ts'
import type { PreviewedRow } from '../../contract/operations/prices.ts'
import { type PriceInput, type PriceRates, type PriceRow, priceRates } from '../../contract/price.ts'
import type { Result } from '../../contract/result.ts'
import type { RecentCharge } from '../db/repositories/recent-charges.ts'
import { chargeFor, isLongContext } from '../ledger/charge.ts'
import { ONE_MILLION, sumNanoUsd } from '../ledger/money.ts'
import { isTierPriced, serviceTierNamed } from '../ledger/service-tier.ts'
import { type FurtherUsage, NO_USAGE, type TokenUsage } from '../ledger/token-usage.ts'
import type { UpsertedRow } from './price-book.ts'

// The members of a zod object schema are exactly the members of the type that is inferred from it.
const COLUMNS = Object.keys(priceRates.shape) as readonly (keyof PriceRates)[]

/** Names a preview: the rows that were sent, what would become of each, and the price it would take the place of. */
export function fingerprintOf(
  inputs: readonly PriceInput[],
  results: readonly Result<UpsertedRow, Refusal>[],
): string {
  const outcomes = results.map((result) =>
    result.ok ? [result.value.isAdded, result.value.before?.id ?? null] : result.error.code,
  )
  return createHash('sha256')
    .update(JSON.stringify([inputs.map(inOrder), outcomes]))
    .digest('hex')
    .slice(0, 32)
}

/** Members in one order, whatever order they were sent in. */
const inOrder = (input: PriceInput): unknown =>
  Object.entries(input).sort(([one], [other]) => (one < other ? -1 : 1))

export function previewRow(
  input: PriceInput,
  result: Result<UpsertedRow, Refusal>,
  charges: readonly RecentCharge[],
): PreviewedRow {
  const used = charges.filter((charge) => charge.model === input.model)
  if (!result.ok) {
    const { code, param = null, details = {} } = result.error
    return {
      model: input.model,
      effectiveFrom: input.effectiveFrom ?? 0,
      outcome: 'refused',
      problem: { code, message: messageOf(result.error), param, details: { ...details } },
      before: null,
      columns: [],
      recentUse: recentUse(used, undefined, input),
    }
  }
  const { row, isAdded, before } = result.value
  return {
    model: row.model,
    effectiveFrom: row.effectiveFrom,
    outcome: isAdded ? 'added' : 'repeated',
    problem: null,
    before: before ? { id: before.id, origin: before.origin, effectiveFrom: before.effectiveFrom } : null,
    columns: changesBetween(before, row),
    recentUse: recentUse(used, before, row),
  }
}

function changesBetween(before: PriceRow | undefined, after: PriceRates): PreviewedRow['columns'] {
  return COLUMNS.map((column) => ({
    column,
    before: before?.[column] ?? null,
    after: after[column] ?? null,
  }))
    .filter((change) => change.before !== change.after)
    .map((change) => ({ ...change, changePpm: changePpm(change.before, change.after) }))
}

function changePpm(before: number | boolean | null, after: number | boolean | null): number | null {
  if (typeof before !== 'number' || typeof after !== 'number' || before <= 0) return null
  const change = Math.round(((after - before) / before) * ONE_MILLION)
  // From next to nothing to very much: how much more it is says nothing any more.
  return Number.isSafeInteger(change) ? change : null
}

function recentUse(
  charges: readonly RecentCharge[],
  before: PriceRates | undefined,
  after: PriceRates,
): PreviewedRow['recentUse'] {
  const sumOf = (tokens: (charge: RecentCharge) => number) =>
    charges.reduce((sum, charge) => sum + tokens(charge), 0)
  return {
    requests: charges.length,
    inputTokens: sumOf(({ inputTokens }) => inputTokens),
    outputTokens: sumOf(({ outputTokens }) => outputTokens),
    beforeNanoUsd: before === undefined ? null : costOf(charges, before),
    afterNanoUsd: costOf(charges, after),
  }
}

/** Usage of the same tier and length is summed up first: exact arithmetic over thousands of charges takes too long. */
function costOf(charges: readonly RecentCharge[], rates: PriceRates): number {
  const groups = Map.groupBy(charges, ({ serviceTier, inputTokens }) => {
    const tier = serviceTierNamed(serviceTier ?? 'default')
    const priced = tier !== undefined && isTierPriced(rates, tier) ? tier : 'default'
    return `${priced} ${isLongContext(inputTokens, rates) ? 'long' : 'short'}`
  })
  const costs = [...groups].map(([name, alike]) => {
    const [tier = 'default', length] = name.split(' ')
    // The sum has the length of its parts, however large it is.
    const lengthRates = { ...rates, longContextAboveTokens: length === 'long' ? 0 : null }
    return chargeFor(sumUsage(alike), lengthRates, ONE_MILLION, serviceTierNamed(tier) ?? 'default')
  })
  return sumNanoUsd(...costs)
}

function sumUsage(charges: readonly RecentCharge[]): TokenUsage {
  const sum: Record<keyof typeof NO_USAGE, number> & FurtherUsage = { ...NO_USAGE, ...furtherSum(charges) }
  for (const charge of charges) {
    for (const name of EVERY_COUNT) sum[name] += charge[name]
  }
  return sum
}

// The members of an object literal are exactly the members of its type.
const EVERY_COUNT = Object.keys(NO_USAGE) as readonly (keyof typeof NO_USAGE)[]

function furtherSum(charges: readonly RecentCharge[]): FurtherUsage {
  const sum: Record<string, number> = {}
  for (const { furtherUsage } of charges) {
    for (const [name, count] of Object.entries(furtherUsage ?? {})) {
      // What a tool's own model used has rates of its own, whatever this row says.
      if (typeof count === 'number') sum[name] = (sum[name] ?? 0) + count
    }
  }
  return sum
}
