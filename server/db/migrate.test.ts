import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { expect, test } from 'vitest'
import {
  addPerson,
  cellOf,
  chargeOf,
  holdOf,
  MIGRATIONS_DIR,
  NOW,
  openTestDatabase,
  tempDir,
  usageOf,
} from '../../test/support/database.ts'
import { migrateDatabase, NewerSchemaError } from './migrate.ts'
import { type Db, openDatabase } from './open.ts'
import { APPEND_ONLY_TABLES } from './triggers.ts'
import { createWriter } from './write.ts'

/** How many migrations are committed. */
const SCHEMA = readMigrationFiles({ migrationsFolder: MIGRATIONS_DIR }).length

/** The committed migrations with one more after them. */
function migrationsWith(sql: string): string {
  const dir = join(tempDir(), 'drizzle')
  cpSync(MIGRATIONS_DIR, dir, { recursive: true })
  const journalPath = join(dir, 'meta', '_journal.json')
  const journal = JSON.parse(readFileSync(journalPath, 'utf8'))
  const idx = journal.entries.length
  const when = journal.entries.at(-1).when + 1
  journal.entries.push({ idx, version: '6', when, tag: `${idx}_next`, breakpoints: true })
  writeFileSync(journalPath, JSON.stringify(journal))
  writeFileSync(join(dir, `${idx}_next.sql`), sql)
  return dir
}

/** What drizzle-kit writes where SQLite cannot alter a table: the table is built anew, and loses its triggers. */
function rebuildOf(db: Db, table: string): string {
  const create = String(cellOf(db, `SELECT sql FROM sqlite_schema WHERE name = ?`, table))
  const indexes = db.raw
    .prepare(`SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`)
    .pluck()
    .all(table)
  return [
    create.replace(table, `__new_${table}`).replaceAll(`"${table}".`, ''),
    `INSERT INTO __new_${table} SELECT * FROM ${table}`,
    `DROP TABLE ${table}`,
    `ALTER TABLE __new_${table} RENAME TO ${table}`,
    ...indexes,
  ].join(';\n--> statement-breakpoint\n')
}

async function databaseWithMoney(dir: string) {
  const test = openTestDatabase(dir)
  addPerson(test.repositories)
  const writer = createWriter(test.db, { onError: ({ error }) => expect.unreachable(String(error)) })
  void writer.submit({ kind: 'hold', hold: holdOf('r') })
  void writer.submit({
    kind: 'settle',
    hold: holdOf('r'),
    charge: chargeOf(0),
    usage: usageOf('r'),
    spending: [],
    createdAt: NOW,
  })
  await writer.stop()
  // Migrations have a connection to themselves: what the writer prepared on this one refers to the tables as they are.
  test.db.close()
  return openTestDatabase(dir)
}

const triggers = (db: Db) =>
  db.raw.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`).pluck().all()

test('an older database with money in it is copied, then migrated, and keeps its rows, keys and triggers', async () => {
  const dir = tempDir()
  const { db, path } = await databaseWithMoney(dir)
  const triggersBefore = triggers(db)
  const migrationsDir = migrationsWith(rebuildOf(db, 'ledger_entries'))
  const backupDir = join(dir, 'backups')

  const report = migrateDatabase(db, { migrationsDir, backupDir, now: NOW })

  expect(report).toEqual({
    applied: 1,
    backupPath: join(backupDir, `before-migration-from-schema-${SCHEMA}-2025-11-23T12-13-20-000Z.db`),
  })
  expect(cellOf(db, 'SELECT count(*) FROM ledger_entries')).toBe(2)
  expect(db.raw.pragma('foreign_key_check')).toEqual([])
  expect(db.raw.pragma('foreign_keys', { simple: true })).toBe(1)
  // Two for each table whose rows stay.
  expect(triggersBefore).toHaveLength(APPEND_ONLY_TABLES.length * 2)
  expect(triggers(db)).toEqual(triggersBefore)
  expect(() => db.raw.exec('DELETE FROM ledger_entries')).toThrow('ledger_entries is append-only')

  const backup = openDatabase(report.backupPath ?? '', { readonly: true })
  expect(cellOf(backup, 'SELECT count(*) FROM ledger_entries')).toBe(2)
  expect(cellOf(backup, 'SELECT count(*) FROM __drizzle_migrations')).toBe(SCHEMA)
  expect(backup.raw.pragma('integrity_check', { simple: true })).toBe('ok')
  backup.close()
  expect(readdirSync(backupDir)).toHaveLength(1)
  if (process.platform !== 'win32') expect(statSync(report.backupPath ?? '').mode & 0o077).toBe(0)
  expect(existsSync(path)).toBe(true)
})

test('a copy that cannot be finished stops the migration and leaves nothing, however often it is tried', async () => {
  const dir = tempDir()
  const { db } = await databaseWithMoney(dir)
  const migrationsDir = migrationsWith('CREATE TABLE next (id INTEGER)')
  const backupDir = join(dir, 'backups')
  const name = `before-migration-from-schema-${SCHEMA}-2025-11-23T12-13-20-000Z.db`
  // Something else has the name that it would get.
  mkdirSync(join(backupDir, name, 'in the way'), { recursive: true })
  for (let tries = 0; tries < 2; tries += 1)
    expect(() => migrateDatabase(db, { migrationsDir, backupDir, now: NOW })).toThrow()
  expect(readdirSync(backupDir)).toEqual([name])
  expect(cellOf(db, 'SELECT count(*) FROM __drizzle_migrations')).toBe(SCHEMA)
})

test('a start on a database that is up to date changes nothing and copies nothing', () => {
  const dir = tempDir()
  const { db } = openTestDatabase(dir)
  const report = migrateDatabase(db, {
    migrationsDir: MIGRATIONS_DIR,
    backupDir: join(dir, 'backups'),
    now: NOW,
  })
  expect(report).toEqual({ applied: 0, backupPath: null })
  expect(existsSync(join(dir, 'backups'))).toBe(false)
})

test('a trigger that went missing is back after the next start', () => {
  const { db } = openTestDatabase()
  db.raw.exec('DROP TRIGGER audit_no_delete')
  migrateDatabase(db, { migrationsDir: MIGRATIONS_DIR, backupDir: tempDir(), now: NOW })
  expect(triggers(db)).toContain('audit_no_delete')
})

test('a database that a newer version wrote is refused and left as it was', async () => {
  const dir = tempDir()
  const { db } = await databaseWithMoney(dir)
  const backupDir = join(dir, 'backups')
  migrateDatabase(db, { migrationsDir: migrationsWith('CREATE TABLE newer (id TEXT)'), backupDir, now: NOW })

  const start = () => migrateDatabase(db, { migrationsDir: MIGRATIONS_DIR, backupDir, now: NOW + 1 })
  expect(start).toThrow(NewerSchemaError)
  expect(start).toThrow(
    `was written by a newer version of Codex Gateway (schema ${SCHEMA + 1}, this one knows ${SCHEMA})`,
  )
  expect(cellOf(db, 'SELECT count(*) FROM newer')).toBe(0)
  expect(readdirSync(backupDir)).toHaveLength(1)
})

test('a database whose steps are not the ones known here is refused', () => {
  const { db } = openTestDatabase()
  db.raw.exec(`UPDATE __drizzle_migrations SET hash = 'another'`)
  expect(() =>
    migrateDatabase(db, { migrationsDir: MIGRATIONS_DIR, backupDir: tempDir(), now: NOW }),
  ).toThrow('was written by another version of Codex Gateway: its schema step 1')
})

test.each([
  [
    'fails halfway',
    'CREATE TABLE half (id TEXT);--> statement-breakpoint\nINSERT INTO nowhere VALUES (1)',
    /no such table/,
  ],
  [
    'would leave charges without their price',
    'DELETE FROM prices',
    /leave 2 rows without what they refer to/,
  ],
])('a migration that %s is undone as a whole', async (_, sql, problem) => {
  const dir = tempDir()
  const { db } = await databaseWithMoney(dir)
  const triggersBefore = triggers(db)
  const options = { migrationsDir: migrationsWith(sql), backupDir: join(dir, 'backups'), now: NOW }
  expect(() => migrateDatabase(db, options)).toThrow(problem)
  expect(cellOf(db, 'SELECT count(*) FROM prices')).toBe(1)
  expect(cellOf(db, 'SELECT count(*) FROM __drizzle_migrations')).toBe(SCHEMA)
  expect(cellOf(db, `SELECT count(*) FROM sqlite_schema WHERE name = 'half'`)).toBe(0)
  expect(triggers(db)).toEqual(triggersBefore)
  expect(db.raw.pragma('foreign_keys', { simple: true })).toBe(1)
})
