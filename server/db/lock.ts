// One process owns a data folder. The lock is the operating system's, taken by SQLite on a file of its own, so it is free the
// moment its holder dies, however that happens. Who holds it stands in a second file, because the first cannot be read.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { fail, ok, type Result } from '../../contract/result.ts'

const lockHolder = z.object({ pid: z.int(), since: z.int(), address: z.string().nullable() })

/** Who holds a data folder; shown to whoever is refused. */
export interface LockHolder {
  readonly pid: number
  /** Unix milliseconds. */
  readonly since: number
  /** Where the holder listens, such as `http://127.0.0.1:8080`; null while it starts. */
  readonly address: string | null
}

export interface DataDirLock {
  /** Adds what became known later, such as the address. */
  describe(about: LockHolder): void
  release(): void
}

/** `holder` is undefined where it has not said yet who it is. Creates the folder (0700) where it is missing. */
export function lockDataDir(
  dataDir: string,
  about: LockHolder,
): Result<DataDirLock, { readonly holder: LockHolder | undefined }> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // One that was there already may be open to others; what it is about to hold is not for them.
  chmodSync(dataDir, 0o700)
  const holderPath = join(dataDir, 'lock-holder.json')
  const file = new Database(join(dataDir, 'data.lock'), { timeout: 0 })
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    if (isBusy(error)) return fail({ holder: readHolder(holderPath) })
    throw new Error(`The lock in ${dataDir} cannot be taken. Check that the folder is yours to write.`, {
      cause: error,
    })
  }
  writeHolder(holderPath, about)
  let isReleased = false
  return ok({
    describe: (later) => {
      if (!isReleased) writeHolder(holderPath, later)
    },
    release: () => {
      if (isReleased) return
      isReleased = true
      rmSync(holderPath, { force: true })
      file.close()
    },
  })
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')

/** Renamed into place, so that whoever reads it sees all of it. */
function writeHolder(path: string, about: LockHolder): void {
  const partialPath = `${path}.partial`
  writeFileSync(partialPath, `${JSON.stringify(about)}\n`, { mode: 0o600 })
  chmodSync(partialPath, 0o600)
  renameSync(partialPath, path)
}

/** Undefined where the holder is just starting, or its file is not one of ours: then it is only known that there is one. */
function readHolder(path: string): LockHolder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  try {
    return lockHolder.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
