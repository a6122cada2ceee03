// What an update would add to the shipped prices, and what changes by it. Rows that are there are never touched: a changed
// price is a new row with today's date.
import { type PriceRates, priceRates } from '../../contract/price.ts'
import type { AssembledPrice } from './assemble.ts'

/** An entry of shipped-prices.json. */
export interface ShippedEntry extends PriceRates {
  readonly model: string
  readonly sameAs?: readonly string[] | undefined
  readonly effectiveFrom: string
  readonly source: string
}

export interface PriceUpdate {
  readonly added: readonly ShippedEntry[]
  /** Human-readable, one line for each change. */
  readonly lines: readonly string[]
  /** Why nothing can be written, in words. */
  readonly refusals: readonly string[]
}

// The members of a zod object schema are exactly the members of the type that is inferred from it.
const COLUMNS = Object.keys(priceRates.shape) as readonly (keyof PriceRates)[]

/** `day`: the date (UTC, ISO) from which new rows hold. */
export function compare(
  entries: readonly ShippedEntry[],
  prices: readonly AssembledPrice[],
  day: string,
): PriceUpdate {
  const newest = newestByName(entries)
  const added: ShippedEntry[] = []
  const lines: string[] = []
  const refusals: string[] = []
  for (const { model, sameAs, rates, source } of prices) {
    const changed = [model, ...sameAs].filter((name) => hasChanged(newest.get(name), rates))
    const [first, ...rest] = changed
    if (first === undefined) continue
    lines.push(...changesOf(changed, newest, rates))
    for (const name of changed) {
      const before = newest.get(name)
      if (before !== undefined && before.effectiveFrom >= day) {
        refusals.push(
          `${name} has a row of ${before.effectiveFrom} already, and rows are never changed: update it on a later day, or take out that row where no release has it yet.`,
        )
      }
    }
    added.push({
      model: first,
      ...(rest.length > 0 ? { sameAs: rest } : {}),
      effectiveFrom: day,
      ...inOrder(rates),
      source,
    })
  }
  return { added, lines, refusals }
}

function newestByName(entries: readonly ShippedEntry[]): ReadonlyMap<string, ShippedEntry> {
  const newest = new Map<string, ShippedEntry>()
  for (const entry of entries) {
    for (const name of [entry.model, ...(entry.sameAs ?? [])]) {
      const known = newest.get(name)
      if (known === undefined || known.effectiveFrom < entry.effectiveFrom) newest.set(name, entry)
    }
  }
  return newest
}

/** Empty and left out are the same; zero is a rate of its own. */
const hasChanged = (before: PriceRates | undefined, after: PriceRates): boolean =>
  before === undefined || COLUMNS.some((column) => (before[column] ?? null) !== (after[column] ?? null))

/** Names that change alike stand together. */
function changesOf(
  names: readonly string[],
  newest: ReadonlyMap<string, ShippedEntry>,
  after: PriceRates,
): string[] {
  const groups = Map.groupBy(names, (name) => newest.get(name))
  return [...groups].flatMap(([before, alike]) => {
    const changed = COLUMNS.filter((column) => (before?.[column] ?? null) !== (after[column] ?? null))
    const what = before === undefined ? 'new' : `its row of ${before.effectiveFrom} stays`
    return [
      `${before === undefined ? '+' : '~'} ${alike.join(', ')} (${what})`,
      ...changed.map((column) => `    ${column}: ${shown(before?.[column])} → ${shown(after[column])}`),
    ]
  })
}

const shown = (value: number | boolean | null | undefined): string =>
  value === undefined || value === null ? 'empty' : value.toLocaleString('en-US')

/** The columns in the order of the schema, so that a row reads like every other. */
function inOrder(rates: PriceRates): PriceRates {
  const given = COLUMNS.filter((column) => rates[column] !== undefined && rates[column] !== null)
  // Only empty columns were left out, and input and output are never empty.
  return Object.fromEntries(given.map((column) => [column, rates[column]])) as PriceRates
}
