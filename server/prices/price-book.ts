// The live price book: which price a model has at a moment. Rows are never changed; new ones follow, and an operator's
// rows always win over those that came with the product.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { PriceState } from '../../contract/operations/prices.ts'
import type { PriceInput, PriceRow } from '../../contract/price.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { decideUpsert, hasBegun } from './decide-upsert.ts'
import { DEMO_PRICES } from './demo-prices.ts'
import { readNewShippedPrices } from './shipped-prices.ts'

/** Where price rows are kept for ever; charges refer to them by id. */
interface PriceRepository {
  all(): readonly PriceRow[]
  insertAll(rows: readonly PriceRow[], alsoWrite: () => void): void
  withdrawn(): readonly string[]
  withdraw(priceId: string, by: string | null, at: number, alsoWrite: () => void): void
}

/** What became of one row that was sent. */
export interface UpsertedRow {
  readonly row: PriceRow
  /** False where the very same row was there already. */
  readonly isAdded: boolean
  /** The price that it takes the place of at its moment. */
  readonly before: PriceRow | undefined
}

export interface RefusedRow {
  readonly index: number
  readonly refusal: Refusal
}

export interface StatedPrice extends PriceRow {
  readonly state: PriceState
}

export interface PriceBook {
  /** The price of a request for this model at `at` (Unix ms). Undefined: the request is refused, it is never free. */
  priceOf(model: string, at: number): PriceRow | undefined
  /** One row for each model that has a price at `at`, in the order of their names. */
  models(at: number): readonly PriceRow[]
  /** The whole book as it stands at `at`: by model, the latest first. */
  history(at: number): readonly StatedPrice[]
  /** The whole book as it stood at a moment that has passed, whatever has taken effect since. */
  pastHistory(at: number): readonly StatedPrice[]
  /**
   * Adds an operator's price, which takes effect at once or at a later `effectiveFrom`. Repeating a row succeeds, answers
   * with the row there is, and adds nothing. Refuses with `invalid_input`, `price_in_past` or `price_conflict`.
   */
  upsert(input: PriceInput): Result<PriceRow, Refusal>
  /** Adds all of them or none, and writes whatever `alsoWrite` writes in the same transaction. */
  upsertAll(
    inputs: readonly PriceInput[],
    alsoWrite: (rows: readonly UpsertedRow[]) => void,
  ): Result<readonly UpsertedRow[], RefusedRow>
  /** What `upsertAll` would do with each row, one after the other; rows that would be refused are passed over. */
  preview(inputs: readonly PriceInput[]): readonly Result<UpsertedRow, Refusal>[]
  /** Takes back a row that has not begun. Refuses with `price_not_found` or `price_in_force`. */
  withdraw(
    priceId: string,
    by: string | null,
    alsoWrite: (row: PriceRow) => void,
  ): Result<StatedPrice, Refusal>
  /** With the demo upstream the demo models stand in for the shipped ones; without it they do not exist. */
  setDemo(isDemo: boolean): void
}

export interface PriceBookDeps {
  readonly repository: PriceRepository
  readonly clock: { now(): number }
  readonly ids: { next(): string }
}

/** The rows of one model by origin, the latest `effectiveFrom` first. */
type RowsByOrigin = Record<PriceRow['origin'], readonly PriceRow[]>

const NO_ROWS: RowsByOrigin = { operator: [], shipped: [], demo: [] }

/** Reads what is kept, adds the shipped and demo rows that are missing, and holds the whole book in memory. */
export function createPriceBook(deps: PriceBookDeps): PriceBook {
  const { repository, clock } = deps
  const kept = repository.all()
  const keptIds = new Set(kept.map((row) => row.id))
  const isKept = (id: string): boolean => keptIds.has(id)
  const missing = [...readNewShippedPrices(isKept), ...DEMO_PRICES.filter(({ id }) => !isKept(id))].map(
    (row): PriceRow => ({ ...row, createdAt: clock.now() }),
  )
  // Kept first: a row that is not on disk must price nothing, because the charge could not refer to it.
  if (missing.length > 0) repository.insertAll(missing, () => undefined)
  return new LivePriceBook(deps, [...kept, ...missing])
}

class LivePriceBook implements PriceBook {
  readonly #repository: PriceRepository
  readonly #clock: PriceBookDeps['clock']
  readonly #ids: PriceBookDeps['ids']
  readonly #rows = new Map<string, RowsByOrigin>()
  readonly #withdrawn: Set<string>
  #isDemo = false

  constructor({ repository, clock, ids }: PriceBookDeps, rows: readonly PriceRow[]) {
    this.#repository = repository
    this.#clock = clock
    this.#ids = ids
    this.#withdrawn = new Set(repository.withdrawn())
    for (const row of rows) remember(this.#rows, row)
  }

  priceOf(model: string, at: number): PriceRow | undefined {
    const rows = this.#rows.get(model)
    return rows && this.#priceAt(rows, at)
  }

  models(at: number): readonly PriceRow[] {
    return [...this.#rows.values()]
      .map((rows) => this.#priceAt(rows, at))
      .filter((row) => row !== undefined)
      .sort((one, other) => (one.model < other.model ? -1 : 1))
  }

  history(at: number): readonly StatedPrice[] {
    return this.#stated((row) => hasBegun(row, at))
  }

  pastHistory(at: number): readonly StatedPrice[] {
    return this.#stated((row) => row.effectiveFrom <= at)
  }

  #stated(isBegun: (row: PriceRow) => boolean): StatedPrice[] {
    const models = [...this.#rows].sort(([one], [other]) => (one < other ? -1 : 1))
    return models.flatMap(([, rows]) => {
      const inForce = this.#priceOf(rows, isBegun)
      return [...rows.operator, ...this.#own(rows)]
        .toSorted((one, other) => other.effectiveFrom - one.effectiveFrom)
        .map((row) => ({ ...row, state: this.#stateOf(row, inForce, isBegun) }))
    })
  }

  upsert(input: PriceInput): Result<PriceRow, Refusal> {
    const added = this.upsertAll([input], () => undefined)
    if (!added.ok) return fail(added.error.refusal)
    const [first] = added.value
    if (first === undefined) throw new Error('one price in, one price out')
    return ok(first.row)
  }

  upsertAll(
    inputs: readonly PriceInput[],
    alsoWrite: (rows: readonly UpsertedRow[]) => void,
  ): Result<readonly UpsertedRow[], RefusedRow> {
    const decided = this.preview(inputs)
    const refused = decided.findIndex((result) => !result.ok)
    const first = decided[refused]
    if (first && !first.ok) return fail({ index: refused, refusal: first.error })
    const rows = decided.flatMap((result) => (result.ok ? [result.value] : []))
    const added = rows.filter(({ isAdded }) => isAdded).map(({ row }) => row)
    // On disk first, and in memory only what is there.
    this.#repository.insertAll(added, () => alsoWrite(rows))
    for (const row of added) remember(this.#rows, row)
    return ok(rows)
  }

  preview(inputs: readonly PriceInput[]): readonly Result<UpsertedRow, Refusal>[] {
    const now = this.#clock.now()
    // What earlier rows of the same call add counts for later ones.
    const book = new Map(this.#rows)
    return inputs.map((input) => {
      const rows = book.get(input.model) ?? NO_ROWS
      const moments = new Set(rows.operator.map((row) => row.effectiveFrom))
      const decided = decideUpsert(input, { active: this.#active(rows), moments }, now)
      if (!decided.ok) return decided
      if (decided.value.kind === 'repeated') {
        const { row } = decided.value
        return ok({ row, isAdded: false, before: this.#priceAt(rows, row.effectiveFrom) })
      }
      const { effectiveFrom, createdAt } = decided.value
      const row: PriceRow = { ...input, id: this.#ids.next(), origin: 'operator', effectiveFrom, createdAt }
      const before = this.#priceAt(rows, effectiveFrom)
      remember(book, row)
      return ok({ row, isAdded: true, before })
    })
  }

  withdraw(
    priceId: string,
    by: string | null,
    alsoWrite: (row: PriceRow) => void,
  ): Result<StatedPrice, Refusal> {
    const now = this.#clock.now()
    const row = this.#operatorRow(priceId)
    if (!row) return fail(refusal('price_not_found'))
    if (this.#withdrawn.has(priceId)) return ok({ ...row, state: 'withdrawn' })
    if (hasBegun(row, now)) return fail(refusal('price_in_force', { model: row.model }))
    this.#repository.withdraw(priceId, by, now, () => alsoWrite(row))
    this.#withdrawn.add(priceId)
    return ok({ ...row, state: 'withdrawn' })
  }

  setDemo(isDemo: boolean): void {
    this.#isDemo = isDemo
  }

  #priceAt(rows: RowsByOrigin, at: number): PriceRow | undefined {
    return this.#priceOf(rows, (row) => hasBegun(row, at))
  }

  #priceOf(rows: RowsByOrigin, isBegun: (row: PriceRow) => boolean): PriceRow | undefined {
    const byOperator = this.#active(rows).find(isBegun)
    if (byOperator) return byOperator
    const ours = this.#own(rows)
    // The oldest of our own rows also covers the time before it: a box set up with its clock in 1970 still has prices.
    return ours.find(isBegun) ?? ours.at(-1)
  }

  #own(rows: RowsByOrigin): readonly PriceRow[] {
    return this.#isDemo ? rows.demo : rows.shipped
  }

  /** Asked for with every request: nothing is copied where nothing was ever withdrawn. */
  #active({ operator }: RowsByOrigin): readonly PriceRow[] {
    return this.#withdrawn.size === 0 ? operator : operator.filter((row) => !this.#withdrawn.has(row.id))
  }

  #operatorRow(priceId: string): PriceRow | undefined {
    for (const { operator } of this.#rows.values()) {
      const row = operator.find(({ id }) => id === priceId)
      if (row) return row
    }
    return undefined
  }

  #stateOf(row: PriceRow, inForce: PriceRow | undefined, isBegun: (row: PriceRow) => boolean): PriceState {
    if (this.#withdrawn.has(row.id)) return 'withdrawn'
    if (row.id === inForce?.id) return 'in_force'
    return isBegun(row) ? 'superseded' : 'upcoming'
  }
}

function remember(book: Map<string, RowsByOrigin>, row: PriceRow): void {
  const rows = book.get(row.model) ?? NO_ROWS
  const ofOrigin = [...rows[row.origin], row].sort((one, other) => other.effectiveFrom - one.effectiveFrom)
  book.set(row.model, { ...rows, [row.origin]: ofOrigin })
}
