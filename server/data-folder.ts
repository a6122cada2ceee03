// Takes the data folder for this process alone and opens its database, brought up to this version's schema.
import { join } from 'node:path'
import { clearUnfinishedRestore } from './backups/restore.ts'
import { clearUnfinishedCopies } from './db/backup-file.ts'
import { type DataDirLock, lockDataDir } from './db/lock.ts'
import { migrateDatabase, NewerSchemaError } from './db/migrate.ts'
import { type Db, openDatabase } from './db/open.ts'
import { OtherRedoFormatError, type RedoReplay, replayRedoLog } from './db/redo-replay.ts'
import { isDamage } from './db/storage-fault.ts'
import { StartError } from './start-error.ts'

/** Throws a StartError that names the holder where another process has the folder. */
export function takeDataDir(dataDir: string, since: number): DataDirLock {
  let lock: ReturnType<typeof lockDataDir>
  try {
    lock = lockDataDir(dataDir, { pid: process.pid, since, address: null })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StartError(
      1,
      `The data folder ${dataDir} cannot be used: ${reason}. Choose another one with --data-dir.`,
      {
        cause,
      },
    )
  }
  if (lock.ok) return lock.value
  const { holder } = lock.error
  const who = holder
    ? `process ${holder.pid}, since ${new Date(holder.since).toISOString()}${holder.address ? `, at ${holder.address}` : ''}`
    : 'another process'
  throw new StartError(
    1,
    `The data folder ${dataDir} is in use by ${who}. Stop it first, or choose another folder with --data-dir.`,
  )
}

/**
 * Throws a StartError where another version has written what this one does not read, and where it is no database. What a crash
 * left in the redo log is in the tables when it returns.
 */
export function openMigrated(
  dataDir: string,
  migrationsDir: string,
  now: number,
  onReplayed: (replay: RedoReplay) => void = () => undefined,
  onStuck: (path: string, error: unknown) => void = () => undefined,
): Db {
  const backupDir = join(dataDir, 'backups')
  clearUnfinishedRestore(dataDir)
  clearUnfinishedCopies(backupDir, onStuck)
  const path = join(dataDir, 'gateway.db')
  let db: Db | undefined
  try {
    db = openDatabase(path)
    migrateDatabase(db, { migrationsDir, backupDir, now })
    const replay = replayRedoLog(db.raw)
    if (replay) onReplayed(replay)
    return db
  } catch (error) {
    db?.close()
    const isOfOtherVersion = error instanceof NewerSchemaError || error instanceof OtherRedoFormatError
    if (isOfOtherVersion) throw new StartError(1, error.message, { cause: error })
    if (isDamage(error)) throw new StartError(1, damaged(path), { cause: error })
    throw error
  }
}

const damaged = (path: string): string =>
  `${path} is damaged, or no database. Keep it, with the files beside it whose names begin alike, and put a backup in its place.`
