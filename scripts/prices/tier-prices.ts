// What tiers of service cost, taken out of the one list that says so and kept beside the scripts, because that list comes in
// no package that npm could bring.
import { type PriceRates, SERVICE_TIERS } from '../../contract/price.ts'
import type { TierPrices } from './assemble.ts'
import type { ShippedModel } from './shipped-models.ts'
import type { PriceSource, SourcePrice } from './source-price.ts'

const isTierColumn = (column: string): boolean => SERVICE_TIERS.some((tier) => column.startsWith(tier))

/** The tier columns of every shipped model that the list has. A tier without a price for input and output is left out. */
export function tierPricesOf(list: PriceSource, shipped: readonly ShippedModel[]): TierPrices {
  const models = shipped.flatMap(({ model }) => {
    const tiers = usableTiers(list.prices.get(model) ?? {})
    return Object.keys(tiers).length > 0 ? [[model, tiers] as const] : []
  })
  return { source: list.name, models: Object.fromEntries(models) }
}

/** Without the tiers: what is left can be held against the other lists. */
export const withoutTiers = (list: PriceSource): PriceSource => ({
  ...list,
  prices: new Map(
    [...list.prices].map(([model, price]) => [model, only(price, (column) => !isTierColumn(column))]),
  ),
})

function usableTiers(price: SourcePrice): Partial<PriceRates> {
  return only(price, (column) => {
    const tier = SERVICE_TIERS.find((name) => column.startsWith(name))
    if (tier === undefined) return false
    return (
      price[`${tier}InputNanoUsdPerMTok`] !== undefined && price[`${tier}OutputNanoUsdPerMTok`] !== undefined
    )
  })
}

const only = (price: SourcePrice, isKept: (column: string) => boolean): SourcePrice =>
  Object.fromEntries(Object.entries(price).filter(([column]) => isKept(column)))
