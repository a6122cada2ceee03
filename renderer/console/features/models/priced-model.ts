// A model with the price row that is in force for it: two answers of the gateway, put together by name.
import type { CallOutput } from '../../../../contract/catalogue.ts'

export type ModelRow = CallOutput<'models.list'>['rows'][number]
export type BookRow = CallOutput<'prices.list'>['rows'][number]
export interface PricedModel extends ModelRow {
  readonly rates: BookRow | undefined
}

export const ORIGINS = ['shipped', 'operator', 'demo'] as const
export const ACCESS_KINDS = ['everyone', 'role', 'users', 'nobody'] as const

export function toPricedModels(
  models: readonly ModelRow[],
  prices: readonly BookRow[],
): readonly PricedModel[] {
  const byModel = new Map(prices.map((row) => [row.model, row]))
  return models
    .map((row) => ({ ...row, rates: byModel.get(row.model) }))
    .sort((one, other) => one.model.localeCompare(other.model, 'en', { numeric: true }))
}
