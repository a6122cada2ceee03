// Opens the database file with the driver alone. It forgets its pragmas with every connection, so they are set and read back
// each time. A thread that only writes needs no more than this.
import { closeSync, existsSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'

interface Pragma {
  readonly name: string
  readonly value: string | number
  /** What reading it back gives, where that is not what was set. */
  readonly reads?: string | number
}

/** `journal_mode` first: it decides what `synchronous` means. */
const PRAGMAS: readonly Pragma[] = [
  { name: 'journal_mode', value: 'WAL', reads: 'wal' },
  // The driver is built to fall back to NORMAL in WAL mode, where a charge that was answered for can vanish with the power.
  { name: 'synchronous', value: 'FULL', reads: 2 },
  { name: 'foreign_keys', value: 'ON', reads: 1 },
  // Without this, INSERT OR REPLACE deletes a row without firing the triggers that forbid deleting.
  { name: 'recursive_triggers', value: 'ON', reads: 1 },
  { name: 'busy_timeout', value: 5000 },
  { name: 'temp_store', value: 'MEMORY', reads: 2 },
  // Negative: kibibytes. The indexes by person and by key are written all over, so the default of 2 MiB would thrash.
  { name: 'cache_size', value: -16_384 },
  // After a burst the write-ahead log is cut back to this many bytes.
  { name: 'journal_size_limit', value: 67_108_864 },
  // In pages. Most of them are written by request after request, and go into the file once however often they were: at the
  // usual 1,000 that would be with every seventieth request of a quiet gateway.
  { name: 'wal_autocheckpoint', value: 4_000 },
]

/** On macOS an ordinary fsync leaves the data in the drive's cache. */
const PRAGMAS_MACOS: readonly Pragma[] = [
  { name: 'fullfsync', value: 'ON', reads: 1 },
  { name: 'checkpoint_fullfsync', value: 'ON', reads: 1 },
]

/** What a reading connection may not or need not set. */
const WRITE_ONLY = new Set(['journal_mode', 'journal_size_limit', 'wal_autocheckpoint'])

/** Throws where the file cannot be opened or a pragma does not take. */
export function openRaw(path: string, options: { readonly readonly?: boolean } = {}): Database.Database {
  const isReadonly = options.readonly ?? false
  const raw = openFile(path, isReadonly)
  try {
    const wanted = process.platform === 'darwin' ? [...PRAGMAS, ...PRAGMAS_MACOS] : PRAGMAS
    for (const pragma of wanted) {
      if (!(isReadonly && WRITE_ONLY.has(pragma.name))) setAndVerify(raw, pragma, path)
    }
    return raw
  } catch (error) {
    raw.close()
    throw error
  }
}

/** Outside of a transaction. It has SQLite prepare every statement anew, which takes a millisecond or two for the writer's. */
export const enforceForeignKeys = (raw: Database.Database, isOn: boolean): void =>
  setAndVerify(raw, { name: 'foreign_keys', value: isOn ? 'ON' : 'OFF', reads: isOn ? 1 : 0 }, raw.name)

function openFile(path: string, isReadonly: boolean): Database.Database {
  try {
    // Made readable by its owner alone; SQLite gives the same mode to the files beside it. Never where it is there: whoever closes a
    // file gives up the locks that the whole process has on it (POSIX, `fcntl`), those of other connections among them, and the
    // next program that looks into the database takes itself for the only one, and deletes the write-ahead log when it leaves.
    if (!isReadonly && !existsSync(path)) closeSync(openSync(path, 'a', 0o600))
    return new Database(path, { readonly: isReadonly })
  } catch (cause) {
    throw new Error(`The database ${path} cannot be opened. Check that its folder exists and is yours.`, {
      cause,
    })
  }
}

function setAndVerify(raw: Database.Database, pragma: Pragma, path: string): void {
  raw.pragma(`${pragma.name} = ${pragma.value}`)
  const found: unknown = raw.pragma(pragma.name, { simple: true })
  const wanted = pragma.reads ?? pragma.value
  if (found !== wanted) {
    throw new Error(
      `The database ${path} does not take ${pragma.name} = ${pragma.value}: it says ${String(found)}.`,
    )
  }
}
