// Makes the file that is to take a database's place: the backup, in the schema of this version, with what is kept of the
// present one. For a worker thread. Nothing of the present database changes here.
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { syncToDisk } from './backup-file.ts'
import { keepLaterFacts } from './keep-later-facts.ts'
import { migrateDatabase } from './migrate.ts'
import { openDatabase } from './open.ts'
import { forgetRedoLog } from './redo-position.ts'
import { type AuditRow, createAuditRepository } from './repositories/audit.ts'

/** Afterwards nobody could administer the gateway. */
export class NoAdministratorError extends Error {
  override readonly name = 'NoAdministratorError'
}

export interface RestoreFileRequest {
  /** The backup, which stays as it is. */
  readonly backup: string
  /** The database of now, closed or quiet. */
  readonly present: string
  /** What is made. */
  readonly target: string
  readonly migrationsDir: string
  /** Written into the restored database, so that it says what happened to it. */
  readonly audit: AuditRow
}

/** Throws a NewerSchemaError or a NoAdministratorError where it cannot be restored; `target` is gone then. */
export function writeRestoreFile({
  backup,
  present,
  target,
  migrationsDir,
  audit,
}: RestoreFileRequest): void {
  const files = [target, `${target}-wal`, `${target}-shm`]
  for (const file of files) rmSync(file, { force: true })
  try {
    copyFileSync(backup, target)
    // A backup that was carried about may be readable by everybody.
    chmodSync(target, 0o600)
    const db = openDatabase(target)
    try {
      dropWhatActs(db.raw)
      const backupDir = mkdtempSync(`${target}-migration-`)
      try {
        migrateDatabase(db, { migrationsDir, backupDir, now: audit.createdAt })
      } finally {
        rmSync(backupDir, { recursive: true, force: true })
      }
      forgetRedoLog(db.raw)
      db.raw.prepare('ATTACH DATABASE ? AS now').run(present)
      db.raw
        .transaction(() => {
          keepLaterFacts(db.raw)
          requireAdministrator(db.raw)
          refuseDangling(db.raw)
        })
        .immediate()
      db.raw.exec('DETACH DATABASE now')
      createAuditRepository(db).append(audit)
      // One file again: what is renamed into place must not leave half of itself in a log of another name.
      db.raw.pragma('journal_mode = DELETE')
    } finally {
      db.close()
    }
    syncToDisk(target)
  } catch (error) {
    for (const file of files) rmSync(file, { force: true })
    throw error
  }
}

/** Triggers and views of a file from elsewhere would act on all that is written later. Our own triggers are made anew. */
function dropWhatActs(raw: Parameters<typeof keepLaterFacts>[0]): void {
  const acting = raw
    .prepare(`SELECT format('DROP %s "%w"', type, name) FROM sqlite_schema WHERE type IN ('trigger', 'view')`)
    .pluck()
    .all()
  raw.transaction(() => {
    // A trigger on a view goes with it, so the triggers come first.
    for (const statement of acting.map(String).sort()) raw.exec(statement)
  })()
}

function requireAdministrator(raw: Parameters<typeof keepLaterFacts>[0]): void {
  const administrators = raw
    .prepare(
      `SELECT count(*) FROM main.users WHERE role = 'admin' AND status = 'active' AND password_hash IS NOT NULL`,
    )
    .pluck()
    .get()
  if (administrators === 0) {
    throw new NoAdministratorError('Nobody who is an administrator now was one in this backup.')
  }
}

function refuseDangling(raw: Parameters<typeof keepLaterFacts>[0]): void {
  const dangling = raw.pragma('main.foreign_key_check')
  if (!Array.isArray(dangling) || dangling.length === 0) return
  throw new Error(
    `What is kept refers to what the backup does not have: ${JSON.stringify(dangling.slice(0, 5))}`,
  )
}

export const restoreFileOf = (databasePath: string): string => `${databasePath}.restoring`
