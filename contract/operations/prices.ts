// The price book: what a model costs from a moment on.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { priceInput, priceRow } from '../price.ts'
import { listOf } from './fields.ts'

export const pricesUpsert = operation({
  name: 'prices.upsert',
  audience: 'admin',
  input: priceInput,
  output: priceRow,
})

export const pricesList = operation({
  name: 'prices.list',
  audience: 'user',
  /** The prices in effect now, one row per model; the book is small, so it comes whole. */
  input: z.strictObject({}),
  output: listOf(priceRow),
})
