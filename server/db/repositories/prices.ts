// Price rows as they are stored: added, never changed, because charges refer to them.
import { asc, eq } from 'drizzle-orm'
import { FURTHER_RATE_COLUMNS, furtherPriceRates, type PriceRow } from '../../../contract/price.ts'
import type { Db } from '../open.ts'
import { prices, priceWithdrawals } from '../schema/prices.ts'

export interface PricesRepository {
  /** Every row, oldest first. */
  all(): PriceRow[]
  find(id: string): PriceRow | undefined
  /** Throws where the id, or the model's row of that origin and moment, exists already. */
  insert(row: PriceRow): void
  /** All rows and whatever `alsoWrite` writes, in one transaction. */
  insertAll(rows: readonly PriceRow[], alsoWrite: () => void): void
  /** Ids of rows that were taken back before they began. */
  withdrawn(): string[]
  withdraw(priceId: string, by: string | null, at: number, alsoWrite: () => void): void
}

export function createPricesRepository({ raw, orm }: Db): PricesRepository {
  const insert = (row: PriceRow): void => void orm.insert(prices).values(toStored(row)).run()
  const together = raw.transaction((write: () => void, alsoWrite: () => void) => {
    write()
    alsoWrite()
  })
  return {
    all: () => orm.select().from(prices).orderBy(asc(prices.effectiveFrom), asc(prices.id)).all().map(toRow),
    find(id) {
      const row = orm.select().from(prices).where(eq(prices.id, id)).get()
      return row && toRow(row)
    },
    insert,
    insertAll: (rows, alsoWrite) =>
      together.immediate(() => {
        for (const row of rows) insert(row)
      }, alsoWrite),
    withdrawn: () =>
      orm
        .select({ id: priceWithdrawals.priceId })
        .from(priceWithdrawals)
        .all()
        .map(({ id }) => id),
    withdraw: (priceId, by, at, alsoWrite) =>
      together.immediate(
        () => void orm.insert(priceWithdrawals).values({ priceId, withdrawnAt: at, withdrawnBy: by }).run(),
        alsoWrite,
      ),
  }
}

type StoredRow = typeof prices.$inferSelect

/** Throws where the stored columns are not valid: a row that cannot be read must not price anything. */
function toRow({ furtherRates, ...row }: StoredRow): PriceRow {
  return furtherRates === null ? row : { ...row, ...furtherPriceRates.parse(JSON.parse(furtherRates)) }
}

function toStored(row: PriceRow): typeof prices.$inferInsert {
  const given = FURTHER_RATE_COLUMNS.filter((name) => row[name] !== undefined && row[name] !== null)
  const further = Object.fromEntries(given.map((name) => [name, row[name]]))
  // Drizzle takes the columns that the table has, and leaves the others.
  return { ...row, furtherRates: given.length === 0 ? null : JSON.stringify(further) }
}
