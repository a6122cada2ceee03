// The prices that come with the product: reads shipped-prices.json, checks it, and turns it into rows of the price book.
// Rows of that file are never edited once released. A new price is a new entry with a later `effectiveFrom`.
import { z } from 'zod'
import { type PriceRow, priceRates, priceRow } from '../../contract/price.ts'
import shippedPrices from './shipped-prices.json' with { type: 'json' }

/** A row before it is entered into a price book. */
export type SeedRow = Omit<PriceRow, 'createdAt'>

const modelName = priceRow.shape.model

const shippedEntry = priceRates.extend({
  model: modelName,
  /** Other names of the same model at the same price: dated snapshots, mostly. */
  sameAs: z.array(modelName).optional(),
  /** From which day (UTC) the figures are known to hold. */
  effectiveFrom: z.iso.date(),
  source: z.string().min(1).max(500),
})

const shippedFile = z.array(shippedEntry)

/**
 * The shipped rows, one for each name. Ids are stable across releases (`shipped:gpt-6-sol:2026-09-01`), so that an upgrade
 * adds only what is new. Throws where the data is not valid: that is a defect of the release, and a test finds it first.
 */
export function readShippedPrices(data: unknown = shippedPrices): readonly SeedRow[] {
  return shippedFile.parse(data).flatMap(({ model, sameAs = [], effectiveFrom, ...rest }) =>
    [model, ...sameAs].map((name) => ({
      ...rest,
      id: idOf(name, effectiveFrom),
      model: name,
      origin: 'shipped' as const,
      effectiveFrom: Date.parse(`${effectiveFrom}T00:00:00Z`),
    })),
  )
}

const idOf = (name: string, effectiveFrom: string): string => `shipped:${name}:${effectiveFrom}`

/**
 * Those that are not known by their ids yet. Only they are checked, which a start would otherwise spend a tenth of its time on:
 * what is in the database was checked on its way there.
 */
export function readNewShippedPrices(isKnown: (id: string) => boolean): readonly SeedRow[] {
  const isNew = ({ model, sameAs = [], effectiveFrom }: (typeof shippedPrices)[number]): boolean =>
    [model, ...sameAs].some((name) => !isKnown(idOf(name, effectiveFrom)))
  return readShippedPrices(shippedPrices.filter(isNew)).filter(({ id }) => !isKnown(id))
}
