// Copies a database into one file and looks into such a file. Looking reads all of it, which is work for a worker thread.
import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import type { Db } from './open.ts'
import { forgetRedoLog } from './redo-position.ts'

export interface BackupFacts {
  readonly bytes: number
  readonly sha256: string
  /** How many migrations were applied. */
  readonly schema: number
  readonly ledgerSeq: number
}

/** The copy is not what it should be: unreadable, or not whole. */
export class DamagedBackupError extends Error {
  override readonly name = 'DamagedBackupError'
}

/** A copy on its way: no backup before it is checked. */
export const partialOf = (target: string): string => `${target}.partial`

const PAGES_AT_ONCE = 100

/**
 * Copies a database as it stands now, while it is in use, a few pages at a time between other work. The copy is not one yet:
 * `finishBackup` makes it one. Rejects where the database is closed meanwhile.
 */
export async function copyDatabase({ path, raw }: Pick<Db, 'path' | 'raw'>, target: string): Promise<void> {
  const partial = partialOf(target)
  rmSync(partial, { force: true })
  // SQLite writes into an empty file, and so keeps its mode.
  writeFileSync(partial, '', { mode: 0o600 })
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    // SQLite begins again whenever another connection has written between two pieces, and would never end beside steady
    // traffic. Within one transaction there is one moment, which nobody's writing moves.
    db.exec('BEGIN')
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    await db.backup(partial, {
      progress() {
        if (!raw.open) throw new Error('The database was closed while it was copied.')
        return PAGES_AT_ONCE
      },
    })
  } finally {
    db.close()
  }
}

/** Makes one self-contained, checked file of a copy, and gives it its name once it is on disk. For a worker thread. */
export async function finishBackup(target: string): Promise<BackupFacts> {
  const partial = partialOf(target)
  const db = new Database(partial, { fileMustExist: true })
  try {
    // The copy says, as its source does, that a log lies beside it. Nothing does, and nothing shall.
    db.pragma('journal_mode = DELETE')
    // The same of what was written to its source and stands in no table yet: a copy is made behind all of it.
    forgetRedoLog(db)
  } finally {
    db.close()
  }
  syncToDisk(partial)
  const facts = await inspectBackup(partial)
  renameSync(partial, target)
  syncFolder(dirname(target))
  return facts
}

/** Of backups and of the copies before a migration; an operator's own files may lie beside. */
const HALF = /^(gateway|before-migration)-.*\.(db|json)\.partial(-(wal|shm|journal))?$/

/**
 * What copies that a crash broke off have left: called before the database is opened. What cannot be read or deleted is no
 * reason not to start, such as a folder on a disk that is not there, or on Windows a copy whose check has not ended.
 */
export function clearUnfinishedCopies(
  backupDir: string,
  onStuck: (path: string, error: unknown) => void,
): void {
  const tried = <T>(path: string, work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      onStuck(path, error)
    }
  }
  if (!existsSync(backupDir)) return
  for (const name of tried(backupDir, () => readdirSync(backupDir)) ?? []) {
    const path = join(backupDir, name)
    if (HALF.test(name)) tried(path, () => rmSync(path, { force: true }))
  }
}

export function discardCopy(target: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(`${partialOf(target)}${suffix}`, { force: true })
}

/** Reads all of it: its hash, and SQLite's own check. Throws a DamagedBackupError where it is not whole. */
export async function inspectBackup(path: string): Promise<BackupFacts> {
  const sha256 = await hashOf(path)
  let db: Database.Database
  try {
    db = new Database(path, { readonly: true, fileMustExist: true })
  } catch (cause) {
    throw new DamagedBackupError(`${path} cannot be opened as a database.`, { cause })
  }
  try {
    const result: unknown = db.pragma('integrity_check(1)', { simple: true })
    if (result !== 'ok') throw new DamagedBackupError(`${path} is damaged: ${String(result).slice(0, 200)}`)
    const count = (sql: string): number => Number(db.prepare(sql).pluck().get() ?? 0)
    return {
      bytes: statSync(path).size,
      sha256,
      schema: count('SELECT count(*) FROM __drizzle_migrations'),
      ledgerSeq: count('SELECT max(seq) FROM ledger_entries'),
    }
  } catch (error) {
    if (error instanceof Database.SqliteError) {
      throw new DamagedBackupError(`${path} cannot be read as a database of this product.`, { cause: error })
    }
    throw error
  } finally {
    db.close()
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

export function syncToDisk(path: string): void {
  const file = openSync(path, process.platform === 'win32' ? 'r+' : 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Makes a rename durable. Windows cannot open folders, and does so without it. */
export function syncFolder(path: string): void {
  if (process.platform !== 'win32') syncToDisk(path)
}
