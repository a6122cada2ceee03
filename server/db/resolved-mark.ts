// Remembers how far the ledger holds nothing that is still open, so that a start after a crash need not read all of it.
// Being too low costs time and nothing else; it is never set above the entry of a hold that is open.
import type { Database } from 'better-sqlite3'

export interface ResolvedMark {
  /** Every hold whose entry comes before this one was settled or released. */
  read(): number
  write(seq: number): void
}

const NAME = 'holds_resolved_before_seq'

export function createResolvedMark(raw: Database): ResolvedMark {
  const read = raw.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck()
  const write = raw.prepare<[string, string]>(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  return {
    read: () => Number(read.get(NAME) ?? 0),
    write: (seq) => void write.run(NAME, String(seq)),
  }
}
