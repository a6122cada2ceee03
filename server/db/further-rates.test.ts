// The columns that few price rows have: added to a database that is in use, and kept as they were given.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FURTHER_RATE_COLUMNS, type PriceRow } from '../../contract/price.ts'
import { migrateDatabase } from './migrate.ts'
import { type Db, openDatabase } from './open.ts'
import { createPricesRepository } from './repositories/prices.ts'

const MIGRATIONS = join(import.meta.dirname, '../../drizzle')

let folder: string
let db: Db
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'further-rates-'))
  db = openDatabase(join(folder, 'gateway.db'))
})
afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

const migrate = (migrationsDir: string) =>
  migrateDatabase(db, { migrationsDir, backupDir: join(folder, 'backups'), now: 1_764_000_000_000 })

/** The migrations as they were before this one. */
function firstMigrationAlone(): string {
  const dir = join(folder, 'migrations')
  cpSync(MIGRATIONS, dir, { recursive: true })
  const path = join(dir, 'meta/_journal.json')
  // The tool's own format.
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { readonly entries: readonly unknown[] }
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }))
  return dir
}

const ROW: PriceRow = {
  id: 'price-1',
  model: 'gpt-x',
  origin: 'operator',
  source: null,
  effectiveFrom: 1,
  createdAt: 1,
  inputNanoUsdPerMTok: 2_000_000_000,
  cachedInputNanoUsdPerMTok: null,
  cacheWriteNanoUsdPerMTok: null,
  outputNanoUsdPerMTok: 10_000_000_000,
  longContextAboveTokens: null,
  longInputNanoUsdPerMTok: null,
  longCachedInputNanoUsdPerMTok: null,
  longCacheWriteNanoUsdPerMTok: null,
  longOutputNanoUsdPerMTok: null,
  webSearchNanoUsdPerCall: null,
  contextWindowTokens: null,
  maxOutputTokens: null,
  isReasoning: true,
}

test('a database with prices gets the column, and its rows stay as they are', () => {
  migrate(firstMigrationAlone())
  db.raw
    .prepare(
      `INSERT INTO prices (id, model, effective_from, origin, created_at, input_nano_usd_per_mtok, output_nano_usd_per_mtok, is_reasoning)
       VALUES ('price-1', 'gpt-x', 1, 'operator', 1, 2000000000, 10000000000, 1)`,
    )
    .run()
  expect(migrate(MIGRATIONS)).toMatchObject({ applied: expect.any(Number), backupPath: expect.any(String) })
  expect(createPricesRepository(db).all()).toEqual([ROW])
})

describe('a row', () => {
  beforeEach(() => void migrate(MIGRATIONS))

  test('with every further column is read as it was written', () => {
    const further = Object.fromEntries(FURTHER_RATE_COLUMNS.map((name, index) => [name, index + 1]))
    const prices = createPricesRepository(db)
    prices.insert({ ...ROW, ...further })
    expect(prices.all()).toEqual([{ ...ROW, ...further }])
  })

  test('keeps a zero, which is a price, and forgets what is empty', () => {
    const prices = createPricesRepository(db)
    prices.insert({ ...ROW, flexInputNanoUsdPerMTok: 0, flexOutputNanoUsdPerMTok: null })
    expect(prices.all()).toEqual([{ ...ROW, flexInputNanoUsdPerMTok: 0 }])
  })

  test('is not taken with anything but JSON in that column', () => {
    const insert = db.raw.prepare(
      `INSERT INTO prices (id, model, effective_from, origin, created_at, input_nano_usd_per_mtok, output_nano_usd_per_mtok, further_rates)
       VALUES ('price-2', 'gpt-y', 1, 'operator', 1, 1, 1, ?)`,
    )
    expect(() => insert.run('flex')).toThrow('prices_further_rates')
  })
})
