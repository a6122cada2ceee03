// Price rows as they are stored: added, never changed, because charges refer to them.
import { asc } from 'drizzle-orm'
import type { PriceRow } from '../../../contract/price.ts'
import type { Db } from '../open.ts'
import { prices } from '../schema/prices.ts'

export interface PricesRepository {
  /** Every row, oldest first. */
  all(): PriceRow[]
  /** Throws where the id, or the model's row of that origin and moment, exists already. */
  insert(row: PriceRow): void
}

export function createPricesRepository({ orm }: Db): PricesRepository {
  return {
    all: () => orm.select().from(prices).orderBy(asc(prices.effectiveFrom), asc(prices.id)).all(),
    insert: (row) => void orm.insert(prices).values(row).run(),
  }
}
