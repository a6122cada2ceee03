// Tells what the disk did to us from what we did to the disk: the one can be tried again, the other cannot.
import Database from 'better-sqlite3'

/** The disk is full, broken, read-only or held by someone else. What was asked is not written; asking again may help. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault'
}

/** Primary result codes, and the extended ones that begin with them (https://sqlite.org/rescode.html). */
const DISK_CODES = /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|NOMEM|PROTOCOL)/

/** What the system says where a file beside the database cannot be written, such as a backup. */
const SYSTEM_CODES = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])

export const isDiskFault = (error: unknown): boolean =>
  error instanceof Database.SqliteError && DISK_CODES.test(error.code)

/** The file is no database, or not a whole one. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code)

/** The same of whatever an operation may throw: what the writer, the driver or the system said, or what was made of that. */
export function isStorageFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  const isOfSystem = typeof code === 'string' && SYSTEM_CODES.has(code)
  return error instanceof StorageFault || isDiskFault(error) || isOfSystem || isStorageFault(error.cause)
}
