// A seeded folder has right books, and a folder that is in use is left alone.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../server/db/open.ts'
import { createLedgerCheck } from '../server/db/repositories/ledger-check.ts'
import { createRepositories } from '../server/db/repositories/repositories.ts'
import { createUsageReport } from '../server/db/repositories/usage-report.ts'
import { cellOf, tempDir } from '../test/support/database.ts'

const SEED = join(import.meta.dirname, 'seed.ts')

const seed = (dataDir: string, ...flags: readonly string[]) =>
  spawnSync(process.execPath, [SEED, '--data-dir', dataDir, ...flags], { encoding: 'utf8' })

test('a new folder is filled with requests whose books balance, and a used one is refused', () => {
  const dataDir = join(tempDir(), 'seeded')
  const made = seed(dataDir, '--users', '7', '--keys', '20', '--rows', '400')
  expect(made.stderr).toContain('7 people, 20 keys and 400 requests')
  expect([made.status, made.stdout]).toEqual([0, ''])
  const db = openDatabase(join(dataDir, 'gateway.db'), { readonly: true })
  try {
    const repositories = createRepositories(db)
    expect(repositories.users.counts()).toMatchObject({ active: 7, administrators: 0 })
    expect(cellOf(db, 'SELECT count(*) FROM api_keys')).toBe(20)
    expect(cellOf(db, 'SELECT count(*) FROM audit')).toBe(140)
    expect(cellOf(db, 'SELECT count(*) FROM codes')).toBe(100)
    const { total, rows } = createUsageReport(db).top({
      filter: { includeDemo: false },
      by: 'user',
      sort: 'cost',
      limit: 9,
    })
    expect(total.requests).toBe(400)
    expect(rows.length).toBeGreaterThan(3)
    expect(cellOf(db, 'SELECT sum(amount_nano_usd) FROM charges')).toBe(total.costNanoUsd)
    const books = createLedgerCheck(db, 500)
    while (books.step());
    expect([books.finish(), books.findings]).toEqual([[], []])
  } finally {
    db.close()
  }
  const again = seed(dataDir, '--rows', '1')
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('There are people in')])
  expect(seed(dataDir, '--rows', 'many').status).toBe(1)
})
