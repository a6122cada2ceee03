// Brings the schema up to date, or refuses to touch a database that a newer version has written. Everything happens in one
// transaction, so a start that dies halfway leaves the old schema; a copy is made first all the same.
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { discardCopy, partialOf, syncFolder, syncToDisk } from './backup-file.ts'
import type { Db } from './open.ts'
import { redoLogOf } from './redo-log.ts'
import { requireReadableRedo } from './redo-replay.ts'
import { createTriggers, dropTriggers } from './triggers.ts'

export interface MigrationOptions {
  /** The folder `drizzle/`, which holds meta/_journal.json. */
  readonly migrationsDir: string
  /** Where the copy of an older, non-empty database goes before anything changes. */
  readonly backupDir: string
  /** Unix milliseconds, for the name of the copy. */
  readonly now: number
}

export interface MigrationReport {
  /** How many migrations were applied now. */
  readonly applied: number
  readonly backupPath: string | null
}

/** The database was written by a newer version; nothing was changed. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError'
}

/** Drizzle's own table and format, so that its tools recognise what was applied. */
const JOURNAL = `CREATE TABLE IF NOT EXISTS __drizzle_migrations (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  created_at NUMERIC
)`

interface Migration {
  readonly sql: readonly string[]
  readonly folderMillis: number
  readonly hash: string
}

/** Throws a NewerSchemaError, or an OtherRedoFormatError; nothing was changed then. */
export function migrateDatabase(db: Db, options: MigrationOptions): MigrationReport {
  const migrations = readMigrationFiles({ migrationsFolder: options.migrationsDir })
  const applied = appliedMigrations(db)
  refuseUnknown(applied, migrations, db.path)
  const pending = migrations.slice(applied.length)
  const hasRedo = requireReadableRedo(db.raw)
  const needsBackup = applied.length > 0 && pending.length > 0
  const backupPath = needsBackup ? backUp(db, options, applied.length, hasRedo) : null
  apply(db, pending)
  return { applied: pending.length, backupPath }
}

function appliedMigrations(db: Db): readonly { readonly hash: string }[] {
  const hasJournal = db.raw
    .prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '__drizzle_migrations'`)
    .get()
  if (!hasJournal) return []
  // The one column of the one query.
  return db.raw.prepare('SELECT hash FROM __drizzle_migrations ORDER BY created_at').all() as {
    hash: string
  }[]
}

/** Every applied migration has to be one of ours, in our order; anything else was written by another version. */
function refuseUnknown(
  applied: readonly { readonly hash: string }[],
  ours: readonly Migration[],
  path: string,
): void {
  if (applied.length > ours.length) {
    throw new NewerSchemaError(
      `The database ${path} was written by a newer version of Codex Gateway (schema ${applied.length}, ` +
        `this one knows ${ours.length}). Nothing was changed. Start the newer version, or restore a backup.`,
    )
  }
  for (const [index, { hash }] of applied.entries()) {
    if (hash !== ours[index]?.hash) {
      throw new NewerSchemaError(
        `The database ${path} was written by another version of Codex Gateway: its schema step ${index + 1} ` +
          'is not the one known here. Nothing was changed. Start the version that wrote it, or restore a backup.',
      )
    }
  }
}

/** A whole, consistent copy beside the database; it has its final name only once it is complete and on disk. */
function backUp(db: Db, options: MigrationOptions, schema: number, hasRedo: boolean): string {
  mkdirSync(options.backupDir, { recursive: true, mode: 0o700 })
  const stamp = new Date(options.now).toISOString().replace(/[:.]/g, '-')
  const path = join(options.backupDir, `before-migration-from-schema-${schema}-${stamp}.db`)
  try {
    writeCopy(db, path, hasRedo)
  } catch (error) {
    // On a full disk a start is tried again and again, and each would leave another half.
    discardCopy(path)
    if (hasRedo) rmSync(redoLogOf(path), { force: true })
    throw error
  }
  syncFolder(dirname(path))
  return path
}

function writeCopy(db: Db, path: string, hasRedo: boolean): void {
  const partialPath = partialOf(path)
  // SQLite writes into an empty file, and so keeps its mode.
  writeFileSync(partialPath, '', { mode: 0o600 })
  db.raw.prepare('VACUUM INTO ?').run(partialPath)
  syncToDisk(partialPath)
  // What a crash left in the log belongs to the copy as well, which names the same one.
  if (hasRedo) {
    copyFileSync(redoLogOf(db.path), redoLogOf(path))
    syncToDisk(redoLogOf(path))
  }
  renameSync(partialPath, path)
}

function apply(db: Db, pending: readonly Migration[]): void {
  // A rebuilt table is dropped and renamed, which enforced keys would refuse. SQLite ignores this pragma in a transaction.
  db.raw.pragma('foreign_keys = OFF')
  try {
    db.raw
      .transaction(() => {
        db.raw.exec(JOURNAL)
        dropTriggers(db.raw)
        const note = db.raw.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)')
        for (const migration of pending) {
          for (const statement of migration.sql) db.raw.exec(statement)
          note.run(migration.hash, migration.folderMillis)
        }
        if (pending.length > 0) refuseDangling(db)
        createTriggers(db.raw)
      })
      .immediate()
  } finally {
    db.raw.pragma('foreign_keys = ON')
  }
  if (db.raw.pragma('foreign_keys', { simple: true }) !== 1) {
    throw new Error(`The database ${db.path} does not take foreign_keys = ON after its migration.`)
  }
}

function refuseDangling(db: Db): void {
  const dangling = db.raw.pragma('foreign_key_check')
  if (Array.isArray(dangling) && dangling.length > 0) {
    throw new Error(
      `The migration of ${db.path} would leave ${dangling.length} rows without what they refer to, so it was undone: ` +
        JSON.stringify(dangling.slice(0, 5)),
    )
  }
}
