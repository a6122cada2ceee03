// The price book, as people read it and an administrator extends it.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { Direction } from '../../../contract/operations/fields.ts'
import type { PriceSort } from '../../../contract/operations/prices.ts'
import type { PriceInput, PriceRow } from '../../../contract/price.ts'
import { fail, ok } from '../../../contract/result.ts'
import type { UpsertedRow } from '../../prices/price-book.ts'
import { fingerprintOf, previewRow } from '../../prices/price-preview.ts'
import { appendAudit } from '../audit-trail.ts'
import { type Caller, isAdministering, type SignedInCaller } from '../caller.ts'
import type { OperationDeps } from '../deps.ts'
import type { Handler, Handlers } from '../dispatch.ts'

type Noun =
  | 'prices.upsert'
  | 'prices.list'
  | 'prices.preview'
  | 'prices.import'
  | 'prices.withdraw'
  | 'prices.unpriced'

const RECENT_MS = 30 * 24 * 60 * 60 * 1000
const RECENT_CHARGES_MAX = 20_000

export function priceHandlers(deps: OperationDeps): Pick<Handlers, Noun> {
  const { prices } = deps
  return {
    'prices.upsert'(input, caller) {
      const added = prices.upsertAll([input], (rows) => audit(deps, caller, 'prices.upsert', rows))
      if (!added.ok) return fail(added.error.refusal)
      deps.unpriced.forget([input.model])
      const [first] = added.value
      if (first === undefined) throw new Error('one price in, one price out')
      return ok(first.row)
    },
    'prices.list': listPrices(deps),
    'prices.preview': previewPrices(deps),
    'prices.import': importPrices(deps),
    'prices.withdraw'({ priceId }, caller) {
      return prices.withdraw(priceId, caller.user.id, (row) =>
        appendAudit(deps, caller, {
          operation: 'prices.withdraw',
          targetType: 'price',
          targetId: row.id,
          before: row,
          after: null,
        }),
      )
    },
    'prices.unpriced'({ limit }) {
      const now = deps.clock.now()
      // One that has a price by now, such as a shipped one, is no longer missing.
      const rows = deps.unpriced.list(limit).filter(({ model }) => prices.priceOf(model, now) === undefined)
      return ok({ rows: rows.map((row) => ({ ...row, users: [...row.users] })), nextCursor: null })
    },
  }
}

function audit(
  deps: OperationDeps,
  caller: Caller,
  operation: 'prices.upsert' | 'prices.import',
  rows: readonly UpsertedRow[],
): void {
  for (const { row, isAdded, before } of rows) {
    if (!isAdded) continue
    appendAudit(deps, caller, {
      operation,
      targetType: 'price',
      targetId: row.id,
      before: before ?? null,
      after: row,
    })
  }
}

function listPrices({ prices, models, clock }: OperationDeps): Handler<'prices.list'> {
  return ({ model, at, history, origin, state, search, sort, direction, limit, cursor }, caller) => {
    const now = clock.now()
    const looksElsewhere = history || (at !== undefined && at > now)
    // What will be charged tomorrow is the operator's to tell.
    if (looksElsewhere && !isAdministering(caller)) return fail(refusal('forbidden'))
    const start = Number(cursor ?? 0)
    const wanted = search?.toLowerCase() ?? ''
    const book = at !== undefined && at < now ? prices.pastHistory(at) : prices.history(at ?? now)
    const matching = book.filter(
      (row) =>
        (history || row.state === 'in_force') &&
        (model === undefined || row.model === model) &&
        (origin === undefined || row.origin === origin) &&
        (state === undefined || row.state === state) &&
        row.model.toLowerCase().includes(wanted) &&
        isShownTo(caller, models.isAllowed(row.model, asking(caller))),
    )
    const found = sorted(matching, sort, direction)
    const rows = found.slice(start, start + limit)
    const end = start + rows.length
    return ok({ rows, nextCursor: end < found.length ? String(end) : null, total: found.length })
  }
}

const SORT_KEYS: Readonly<Record<PriceSort, (row: PriceRow) => string | number>> = {
  model: ({ model }) => model,
  effectiveFrom: ({ effectiveFrom }) => effectiveFrom,
  input: ({ inputNanoUsdPerMTok }) => inputNanoUsdPerMTok,
  output: ({ outputNanoUsdPerMTok }) => outputNanoUsdPerMTok,
}

/** The book is in memory, and equals keep its order: by model, the latest first. */
function sorted<Row extends PriceRow>(rows: readonly Row[], sort: PriceSort, direction: Direction): Row[] {
  const keyOf = SORT_KEYS[sort]
  const way = direction === 'asc' ? 1 : -1
  return rows.toSorted((one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)]
    return way * (Number(a > b) - Number(a < b))
  })
}

const asking = ({ user }: SignedInCaller) => ({ userId: user.id, userRole: user.role })

/** An administrator sees the models, too, that they may not use themselves. */
const isShownTo = (caller: SignedInCaller, isAllowed: boolean): boolean =>
  isAllowed || isAdministering(caller)

function previewPrices(deps: OperationDeps): Handler<'prices.preview'> {
  const { prices, repositories, clock } = deps
  return ({ rows: inputs }) => {
    const results = prices.preview(inputs)
    const since = clock.now() - RECENT_MS
    const models = [...new Set(inputs.map(({ model }) => model))]
    const charges = repositories.recentCharges.of(models, since, RECENT_CHARGES_MAX)
    return ok({
      rows: inputs.map((input, index) => previewRow(input, resultAt(results, index), charges)),
      fingerprint: fingerprintOf(inputs, results),
      recent: { since, requests: charges.length, requestsMax: RECENT_CHARGES_MAX },
    })
  }
}

function resultAt<T>(results: readonly T[], index: number): T {
  const result = results[index]
  if (result === undefined) throw new Error('a preview has one result for each row')
  return result
}

function importPrices(deps: OperationDeps): Handler<'prices.import'> {
  const { prices, unpriced } = deps
  return ({ rows: inputs, fingerprint }, caller) => {
    if (fingerprintOf(inputs, prices.preview(inputs)) !== fingerprint)
      return fail(refusal('preview_outdated'))
    const added = prices.upsertAll(inputs, (rows) => audit(deps, caller, 'prices.import', rows))
    if (!added.ok) return fail(ofRow(added.error.refusal, added.error.index, inputs))
    unpriced.forget(inputs.map(({ model }) => model))
    return ok({
      rows: added.value.map(({ row }) => row),
      added: added.value.filter(({ isAdded }) => isAdded).length,
    })
  }
}

/** Says which of the rows is at fault. */
function ofRow(refused: Refusal, index: number, inputs: readonly PriceInput[]): Refusal {
  const model = inputs[index]?.model ?? ''
  const param = `rows.${index}${refused.param === undefined ? '' : `.${refused.param}`}`
  return { ...refused, details: { ...refused.details, row: index, model }, param }
}
