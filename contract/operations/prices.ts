// The price book: what a model costs from a moment on.
import { z } from 'zod'
import { ERRORS, type ErrorCode } from '../errors.ts'
import { operation } from '../operation.ts'
import { cursor } from '../paging.ts'
import { modelName, priceInput, priceRow } from '../price.ts'
import { direction, id, listOf, nanoUsd, unixMs } from './fields.ts'

export const pricesUpsert = operation({
  name: 'prices.upsert',
  audience: 'admin',
  input: priceInput,
  output: priceRow,
})

const priceState = z.enum([
  'in_force', // what requests are charged with at that moment
  'upcoming', // takes effect later
  'superseded', // an older row, or a shipped one that an operator's row stands over
  'withdrawn', // taken back before it began
])
export type PriceState = z.infer<typeof priceState>

const priceSorts = ['model', 'effectiveFrom', 'input', 'output'] as const
export type PriceSort = (typeof priceSorts)[number]

export const pricesList = operation({
  name: 'prices.list',
  audience: 'user',
  /**
   * The prices in effect, one row per model that the caller may use. Administrators may ask for another moment, and for the
   * whole book with what was and what will be. Rows that are alike in what they are sorted by are in the order of models,
   * the latest first.
   */
  input: z.strictObject({
    model: modelName.optional(),
    at: unixMs.optional(),
    history: z.boolean().default(false),
    origin: z.enum(['shipped', 'operator', 'demo']).optional(),
    state: priceState.optional(),
    /** Part of a model's name, in any case. */
    search: z.string().trim().max(200).optional(),
    sort: z.enum(priceSorts).default('model'),
    direction: direction.default('asc'),
    limit: z.int().min(1).max(1000).default(1000),
    cursor: cursor.optional(),
  }),
  output: listOf(priceRow.extend({ state: priceState })),
})

/** So many rows can be looked at and imported at once. */
const ROWS_MAX = 500
const rows = z.array(priceInput).min(1).max(ROWS_MAX)

/** A column as it is and as it would be. Empty is null, and is not zero. */
const columnChange = z.strictObject({
  column: z.string(),
  before: z.union([z.number(), z.boolean()]).nullable(),
  after: z.union([z.number(), z.boolean()]).nullable(),
  /** Of a rate that was more than zero: 250,000 is a quarter more. */
  changePpm: z.int().nullable(),
})

/** What was used of a model lately, and what that costs at either price: standard tier, without multipliers. */
const recentUse = z.strictObject({
  requests: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** Null where there was no price. */
  beforeNanoUsd: nanoUsd.nullable(),
  afterNanoUsd: nanoUsd,
})

const previewedRow = z.strictObject({
  model: z.string(),
  effectiveFrom: unixMs,
  outcome: z.enum(['added', 'repeated', 'refused']),
  problem: z
    .strictObject({
      // The catalogue's names are exactly the members of its object.
      code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
      param: z.string().nullable(),
      /** Fills the sentence that a screen has for the code. */
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    })
    .nullable(),
  /** The price that the row takes the place of; null where the model has none at that moment. */
  before: z
    .strictObject({ id: z.string(), origin: z.enum(['shipped', 'operator', 'demo']), effectiveFrom: unixMs })
    .nullable(),
  columns: z.array(columnChange),
  recentUse,
})
export type PreviewedRow = z.infer<typeof previewedRow>

export const pricesPreview = operation({
  name: 'prices.preview',
  audience: 'admin',
  /** Changes nothing. */
  input: z.strictObject({ rows }),
  output: z.strictObject({
    rows: z.array(previewedRow),
    /** What `prices.import` needs: it names this preview, and is refused once the book has changed underneath. */
    fingerprint: z.string(),
    /** Which requests `recentUse` counts: those since `since`, and of them the newest `requestsMax`. */
    recent: z.strictObject({ since: unixMs, requests: z.int(), requestsMax: z.int() }),
  }),
})

export const pricesImport = operation({
  name: 'prices.import',
  audience: 'admin',
  /** All rows or none. `fingerprint` is that of the preview of these very rows. */
  input: z.strictObject({ rows, fingerprint: z.string().min(1).max(100) }),
  output: z.strictObject({ rows: z.array(priceRow), added: z.int() }),
})

export const pricesWithdraw = operation({
  name: 'prices.withdraw',
  audience: 'admin',
  /** Takes back a row that has not begun. The row stays in the book, marked. */
  input: z.strictObject({ priceId: id }),
  output: priceRow.extend({ state: priceState }),
})

export const pricesUnpriced = operation({
  name: 'prices.unpriced',
  audience: 'admin',
  /** Models that were asked for and have no price, the last asked for first. One that gets a price is taken off. */
  input: z.strictObject({ limit: z.int().min(1).max(200).default(50) }),
  output: listOf(
    z.strictObject({
      model: z.string(),
      count: z.int(),
      firstAskedAt: unixMs,
      lastAskedAt: unixMs,
      /** Who asked, the last first; at most ten, of `userCount`. */
      users: z.array(z.strictObject({ userId: id, email: z.string(), count: z.int(), lastAskedAt: unixMs })),
      userCount: z.int(),
    }),
  ),
})
