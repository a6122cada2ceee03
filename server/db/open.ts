// A connection to the database: the driver for what is prepared once, the query builder for the rest.
import type { Database } from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { openRaw } from './open-raw.ts'

export interface Db {
  readonly path: string
  readonly isReadonly: boolean
  /** The driver itself: for the writer, migrations and pragmas. */
  readonly raw: Database
  /** The query builder over the same connection. */
  readonly orm: BetterSQLite3Database
  close(): void
}

/** Throws where the file cannot be opened or a pragma does not take. `readonly` is for reports beside the running server. */
export function openDatabase(path: string, options: { readonly readonly?: boolean } = {}): Db {
  const raw = openRaw(path, options)
  return {
    path,
    isReadonly: options.readonly ?? false,
    raw,
    orm: drizzle(raw),
    close: () => void raw.close(),
  }
}
