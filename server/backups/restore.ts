// Puts a backup in the place of the database: copies the state of now, makes the new file aside, and renames it into place.
// Killed at any moment, it leaves the old database or the new one, whole, and never a mixture.
import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { BackupManifest } from '../../contract/operations/backups.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { syncFolder, syncToDisk } from '../db/backup-file.ts'
import { redoLogOf } from '../db/redo-log.ts'
import type { AuditRow } from '../db/repositories/audit.ts'
import { restoreFileOf } from '../db/restore-file.ts'
import type { Logger } from '../ports.ts'
import type { BackupFolder } from './backup-folder.ts'
import { BackupJobError, runBackupJob } from './backup-job.ts'
import type { Backups, RestoreTurn } from './backups.ts'

/** What is done while nobody uses the database. */
export interface RestartWork {
  /** Requests have ended, the database is still open. */
  readonly beforeClosing: () => Promise<void>
  /** The database is closed. */
  readonly whileClosed: () => Promise<void>
  /** The server does not start on what `whileClosed` left: puts back what was there before. */
  readonly undo: () => Promise<void>
}

/** Drains, closes the database, does the work, and opens it again; rejects where the work failed, with the server running. */
export type Restart = (work: RestartWork) => Promise<void>

export interface RestoreDeps {
  readonly backups: Pick<Backups, 'check' | 'takeTurn'>
  readonly folder: BackupFolder
  readonly dataDir: string
  readonly migrationsDir: string
  readonly restart: Restart
  readonly logger: Pick<Logger, 'info' | 'error'>
  /** For tests, which kill the process there. */
  readonly onStep?: (step: RestoreStep) => void
}

export type RestoreStep = 'checked' | 'copied' | 'prepared' | 'log removed' | 'renamed' | 'done'

export interface Restored {
  readonly restored: BackupManifest
  readonly safetyCopy: BackupManifest
}

/** `audit` is the row that the restored database gets. */
export async function restore(
  deps: RestoreDeps,
  backupId: string,
  audit: AuditRow,
): Promise<Result<Restored, Refusal>> {
  const { backups, onStep } = deps
  const checked = await backups.check(backupId)
  if (!checked.ok) return checked
  onStep?.('checked')
  // Requests are ended for a restore, so what may refuse it is asked before.
  const turn = backups.takeTurn(backupId)
  if (!turn.ok) return turn
  try {
    return await replace(deps, checked.value, turn.value, audit)
  } finally {
    turn.value.end()
  }
}

async function replace(
  deps: RestoreDeps,
  backup: BackupManifest,
  turn: RestoreTurn,
  audit: AuditRow,
): Promise<Result<Restored, Refusal>> {
  const { folder, dataDir, migrationsDir, logger, onStep = () => undefined } = deps
  const backupId = backup.id
  const database = join(dataDir, 'gateway.db')
  const target = restoreFileOf(database)
  let refused: Refusal | undefined
  let safetyCopy: BackupManifest | undefined
  await deps.restart({
    async beforeClosing() {
      safetyCopy = await turn.copyPresent()
      onStep('copied')
    },
    async whileClosed() {
      try {
        await runBackupJob<'prepare'>({
          kind: 'prepare',
          backup: folder.databaseOf(backupId),
          present: database,
          target,
          migrationsDir,
          audit,
        })
      } catch (error) {
        refused = refusalOf(error, backup)
        return
      }
      onStep('prepared')
      swapIn(target, database, onStep)
    },
    async undo() {
      if (!safetyCopy) throw new Error('There is no copy to go back to.')
      logger.error(
        { backupId, safetyCopyId: safetyCopy.id },
        'the restored database does not start; going back',
      )
      await copyFile(folder.databaseOf(safetyCopy.id), target)
      syncToDisk(target)
      swapIn(target, database, () => undefined)
    },
  })
  if (refused) return fail(refused)
  if (!safetyCopy) throw new Error('A restore without a copy of what was there before')
  onStep('done')
  logger.info({ backupId, safetyCopyId: safetyCopy.id }, 'a backup was restored')
  return ok({ restored: backup, safetyCopy })
}

function refusalOf(error: unknown, backup: BackupManifest): Refusal {
  if (error instanceof BackupJobError) {
    if (error.kind === 'NoAdministratorError') return refusal('backup_without_administrator')
    if (error.kind === 'NewerSchemaError') return refusal('backup_newer', { version: backup.version })
  }
  throw error
}

/** The one moment that counts: a rename, which the file system does whole or not at all. */
function swapIn(from: string, database: string, onStep: (step: RestoreStep) => void): void {
  const log = `${database}-wal`
  // Whoever closed the database has written its log into it. One that is left belongs to somebody who has it open still,
  // and would be read into the new file.
  if (existsSync(log) && statSync(log).size > 0) {
    throw new Error('The database is still in use: its write-ahead log is not empty.')
  }
  // The same of what was answered for and stands in no table yet; whoever stops brings all of it there.
  if (existsSync(redoLogOf(database))) throw new Error('The database is still in use: it has a redo log.')
  rmSync(log, { force: true })
  rmSync(`${database}-shm`, { force: true })
  onStep('log removed')
  renameSync(from, database)
  onStep('renamed')
  syncFolder(join(database, '..'))
}

/** What a restore that was killed has left: called before the database is opened. */
export function clearUnfinishedRestore(dataDir: string): void {
  const target = restoreFileOf(join(dataDir, 'gateway.db'))
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${target}${suffix}`, { force: true })
}
