import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestDatabase, tempDir } from '../../test/support/database.ts'
import { type Db, openDatabase } from './open.ts'

const pragma = (db: Db, name: string): unknown => db.raw.pragma(name, { simple: true })

test('a new database waits for the disk with every commit and enforces its foreign keys', () => {
  const db = openDatabase(join(tempDir(), 'new.db'))
  expect(pragma(db, 'journal_mode')).toBe('wal')
  expect(pragma(db, 'synchronous')).toBe(2)
  expect(pragma(db, 'foreign_keys')).toBe(1)
  expect(pragma(db, 'busy_timeout')).toBe(5000)
  expect(pragma(db, 'temp_store')).toBe(2)
  db.close()
})

test('a database that is opened again still waits for the disk with every commit', () => {
  const path = join(tempDir(), 'again.db')
  openDatabase(path).close()
  const db = openDatabase(path)
  expect(pragma(db, 'synchronous')).toBe(2)
  expect(pragma(db, 'foreign_keys')).toBe(1)
  expect(pragma(db, 'recursive_triggers')).toBe(1)
  db.close()
})

test('a read-only connection reads beside the server and cannot write', () => {
  const { db, path, repositories } = openTestDatabase()
  const reports = openDatabase(path, { readonly: true })
  repositories.meta.set('fact', 'known')
  expect(reports.raw.prepare(`SELECT value FROM meta WHERE name = 'fact'`).pluck().get()).toBe('known')
  expect(() => reports.raw.exec(`INSERT INTO meta VALUES ('x', 'y')`)).toThrow(/readonly/)
  reports.close()
  expect(pragma(db, 'foreign_keys')).toBe(1)
})

/** How many locks this process has on a file, as Linux lists them: kind, mode, process, device and inode. */
function locksOn(path: string): number {
  const { ino } = statSync(path)
  const lines = readFileSync('/proc/locks', 'utf8').split('\n')
  return lines.filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `)).length
}

// Without it the shell of SQLite, asked for one row, would delete the write-ahead log under the running gateway.
test.runIf(existsSync('/proc/locks'))(
  'a connection that comes and goes leaves the lock of the others, by which programs know that they are not alone',
  () => {
    const { path, repositories } = openTestDatabase()
    repositories.meta.set('fact', 'known')
    expect(locksOn(path)).toBeGreaterThan(0)
    const second = openDatabase(path)
    expect(locksOn(path)).toBeGreaterThan(0)
    second.close()
    expect(locksOn(path)).toBeGreaterThan(0)
  },
)

test('a database that cannot be opened says which one, and what to check', () => {
  const path = join(tempDir(), 'missing', 'gateway.db')
  expect(() => openDatabase(path)).toThrow(
    `The database ${path} cannot be opened. Check that its folder exists`,
  )
})

// Windows keeps who may do what in access lists, not in these bits.
test.skipIf(process.platform === 'win32')('a database is readable by its owner alone', () => {
  const { path } = openTestDatabase()
  for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o077).toBe(0)
})

test('every table keeps whole numbers whole: none takes a fraction or a text for one', () => {
  const { db } = openTestDatabase()
  // The pragma's own columns.
  const tables = db.raw.pragma('table_list') as {
    schema: string
    name: string
    type: string
    strict: number
  }[]
  const ours = tables.filter(
    ({ schema, name, type }) => schema === 'main' && type === 'table' && !name.startsWith('sqlite_'),
  )
  expect(ours.length).toBeGreaterThan(14)
  const lax = ours.filter(({ strict, name }) => strict !== 1 && name !== '__drizzle_migrations')
  expect(lax.map(({ name }) => name)).toEqual([])
  const addBalance = () =>
    db.raw.exec(
      `INSERT INTO balances (user_id, balance_nano_usd, credit_limit_nano_usd) VALUES ('nobody', 0.5, 0)`,
    )
  expect(addBalance).toThrow('cannot store REAL value in INTEGER column balances.balance_nano_usd')
})
