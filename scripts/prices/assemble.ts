// Makes the price of each shipped model out of what the lists say. Where they disagree, nothing is chosen: a person decides
// in shipped-models.ts, with a reason, or the update stops.
import type { PriceRates } from '../../contract/price.ts'
import type { ShippedModel } from './shipped-models.ts'
import type { PriceSource } from './source-price.ts'

export interface AssembledPrice {
  readonly model: string
  readonly sameAs: readonly string[]
  readonly rates: PriceRates
  readonly source: string
}

export interface Assembly {
  readonly prices: readonly AssembledPrice[]
  /** Disagreements that nobody has decided, and prices that are missing: nothing is written while there are any. */
  readonly conflicts: readonly string[]
  /** Disagreements as they were decided, with their reasons. */
  readonly decisions: readonly string[]
  /** Models that a list has a price for and the product does not ship. */
  readonly notShipped: readonly string[]
}

/** What tiers of service cost, and which list says so. */
export interface TierPrices {
  readonly source: string
  readonly models: Readonly<Record<string, Partial<PriceRates>>>
}

/** The columns that only lists speak of; everything else is a fact of shipped-models.ts or a tier. */
type Column = keyof PriceRates

export function assemble(
  shipped: readonly ShippedModel[],
  sources: readonly PriceSource[],
  tiers: TierPrices,
): Assembly {
  const conflicts: string[] = []
  const decisions: string[] = []
  const prices = shipped.flatMap((model) => {
    const found = assembleOne(model, sources, tiers)
    conflicts.push(...found.conflicts)
    decisions.push(...found.decisions)
    return found.price === undefined ? [] : [found.price]
  })
  const names = new Set(shipped.flatMap(({ model, sameAs = [] }) => [model, ...sameAs]))
  const listed = new Set(sources.flatMap((source) => [...source.prices.keys()]))
  return { prices, conflicts, decisions, notShipped: [...listed].filter((name) => !names.has(name)).sort() }
}

function assembleOne(model: ShippedModel, sources: readonly PriceSource[], tiers: TierPrices) {
  const conflicts: string[] = []
  const decisions: string[] = []
  const rates: Partial<Record<Column, number | boolean>> = {}
  const named = sources.map((source) => ({
    name: source.name,
    price: source.prices.get(model.pricedAs ?? model.model),
  }))
  const columns = new Set(named.flatMap(({ price }) => Object.keys(price ?? {}) as Column[]))
  for (const column of columns) {
    if (model.leftEmpty?.includes(column)) continue
    const said = named.flatMap(({ name, price }) => {
      const value = price?.[column]
      return value === undefined || value === null ? [] : [{ name, value }]
    })
    const decided = model.decided?.[column]
    const [first, ...others] = said
    if (first === undefined) continue
    const words = said.map(({ name, value }) => `${name}: ${value}`).join(', ')
    if (decided !== undefined) {
      rates[column] = decided.value
      decisions.push(`${model.model} ${column}: ${decided.value}, because ${decided.because} (${words})`)
    } else if (others.some(({ value }) => value !== first.value)) {
      conflicts.push(`${model.model} ${column}: the lists disagree (${words})`)
    } else rates[column] = first.value
  }
  for (const [column, value] of Object.entries(model.facts) as [Column, number | boolean][]) {
    const listed = rates[column]
    const isDecided = model.decided?.[column] !== undefined
    if (listed !== undefined && listed !== value && !isDecided) {
      conflicts.push(`${model.model} ${column}: shipped-models.ts says ${value}, the lists say ${listed}`)
    }
    if (!isDecided) rates[column] = value
  }
  const tier = tiers.models[model.model] ?? {}
  Object.assign(rates, tier)
  const { inputNanoUsdPerMTok, outputNanoUsdPerMTok } = rates
  if (typeof inputNanoUsdPerMTok !== 'number' || typeof outputNanoUsdPerMTok !== 'number') {
    conflicts.push(`${model.model}: no list says what input and output cost`)
    return { conflicts, decisions, price: undefined }
  }
  const source = sourceOf(model, named, Object.keys(tier).length > 0 ? tiers.source : undefined)
  const price: AssembledPrice = {
    model: model.model,
    sameAs: model.sameAs ?? [],
    // Every column is a number, but for `isReasoning`; the file's own schema checks each of them when it is read.
    rates: { ...rates, inputNanoUsdPerMTok, outputNanoUsdPerMTok } as PriceRates,
    source,
  }
  return { conflicts, decisions, price }
}

function sourceOf(
  model: ShippedModel,
  named: readonly { readonly name: string; readonly price: object | undefined }[],
  tierSource: string | undefined,
): string {
  const lists = named.filter(({ price }) => price !== undefined).map(({ name }) => name)
  const recorded = lists.length === 0 ? '' : `, as recorded in ${lists.join(' and ')}`
  return [
    `OpenAI price list and model page${recorded}`,
    ...(tierSource === undefined ? [] : [`tiers of service as in ${tierSource}`]),
    ...(model.note === undefined ? [] : [model.note]),
  ].join('; ')
}
