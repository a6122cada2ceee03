// What the database knows of its redo log: which one is its own, up to where it stands in the tables, and what of it no table
// would take. Written in the transactions that it speaks of.
import type { Database } from 'better-sqlite3'
import type { PackedCommand } from './packed-commands.ts'

export interface RedoState {
  /** Null in a database that was copied from one that had a log. */
  readonly logId: string | null
  /** Nothing that stands in this log counts: it is only to be removed. */
  readonly isClosed: boolean
  /** The last record of which everything stands in the tables. */
  readonly foldedSeq: number
}

export interface RedoPosition {
  read(): RedoState
  write(state: RedoState): void
  /** Keeps a command that was answered for and that no table takes, for a person to look at. */
  keepRefused(seq: number, command: PackedCommand, error: unknown): void
}

/** Undefined where the schema is of before the redo log. */
export function findRedoState(raw: Database): RedoState | undefined {
  const hasTable = raw
    .prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'redo_position'`)
    .get()
  return hasTable ? createRedoPosition(raw).read() : undefined
}

export function createRedoPosition(raw: Database): RedoPosition {
  const read = raw.prepare<[], { logId: string | null; isClosed: number; foldedSeq: number }>(
    'SELECT log_id AS logId, is_closed AS isClosed, folded_seq AS foldedSeq FROM redo_position WHERE id = 0',
  )
  const write = raw.prepare(
    `INSERT INTO redo_position (id, log_id, is_closed, folded_seq) VALUES (0, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET
       log_id = excluded.log_id, is_closed = excluded.is_closed, folded_seq = excluded.folded_seq`,
  )
  const keep = raw.prepare('INSERT INTO refused_commands (redo_seq, command, error) VALUES (?, ?, ?)')
  return {
    read() {
      const { logId = null, isClosed = 1, foldedSeq = 0 } = read.get() ?? {}
      return { logId, isClosed: isClosed === 1, foldedSeq }
    },
    write: ({ logId, isClosed, foldedSeq }) => void write.run(logId, isClosed ? 1 : 0, foldedSeq),
    keepRefused: (seq, command, error) => void keep.run(seq, JSON.stringify(command), String(error)),
  }
}

/** A copy has no log: whatever stands in that of its source counts for the source alone. */
export function forgetRedoLog(raw: Database): void {
  if (findRedoState(raw)) raw.prepare('UPDATE redo_position SET log_id = NULL, is_closed = 1').run()
}
