// What a start does with a redo log that a crash left: all that was told to be on disk comes into the tables, once, before
// anything reads them.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'
import { syncFolder } from './backup-file.ts'
import { fold, type RefusedCommand } from './fold.ts'
import { createJournal } from './journal.ts'
import { openRaw } from './open-raw.ts'
import { noPause } from './pauses.ts'
import { REDO_FORMAT } from './record-content.ts'
import { type RedoContents, type RedoRecord, readRedoLog, redoLogOf } from './redo-log.ts'
import { createRedoPosition, findRedoState, type RedoState } from './redo-position.ts'
import { createResolvedMark } from './resolved-mark.ts'

/** Another version wrote commands that this one does not read; nothing was changed. */
export class OtherRedoFormatError extends Error {
  override readonly name = 'OtherRedoFormatError'
}

export interface RedoReplay {
  /** How many records came into the tables. */
  readonly records: number
  readonly refused: readonly RefusedCommand[]
  /** Where a log was put that is not this database's, or that has records behind one that is missing. */
  readonly setAside: string | null
  /** The database names a log, and there is none. */
  readonly isMissing: boolean
}

const NO_RECORDS = { records: [], isBroken: false }

/** Throws an OtherRedoFormatError; to be asked before a migration. Returns whether there is something to replay. */
export function requireReadableRedo(raw: Database): boolean {
  const state = findRedoState(raw)
  if (!state || state.isClosed) return false
  const log = readRedoLog(redoLogOf(raw.name))
  if (!log || log.id !== state.logId) return false
  const { records } = followingRecords(log, state.foldedSeq)
  if (records.length === 0) return false
  if (log.format === REDO_FORMAT) return true
  throw new OtherRedoFormatError(
    `Beside the database ${raw.name} are ${records.length} groups of writes that another version of Codex Gateway ` +
      'left in its redo log when it ended without warning. Nothing was changed. Start that version once, and stop it.',
  )
}

/**
 * Leaves no log behind; undefined where there was none. Throws an OtherRedoFormatError. A process that dies in the middle of it has changed nothing, or
 * everything.
 */
export function replayRedoLog(raw: Database): RedoReplay | undefined {
  const path = redoLogOf(raw.name)
  const state = createRedoPosition(raw).read()
  if (state.isClosed && !existsSync(path)) return undefined
  const log = readRedoLog(path)
  if (!log || log.id !== state.logId) return withoutOwnLog(raw, log, state)
  requireReadableRedo(raw)
  const { records, isBroken } = state.isClosed ? NO_RECORDS : followingRecords(log, state.foldedSeq)
  const refused = records.length > 0 ? replay(raw.name, records, state) : []
  if (!state.isClosed && records.length === 0) createRedoPosition(raw).write({ ...state, isClosed: true })
  const setAside = isBroken ? putAside(path, log.id) : null
  rmSync(path, { force: true })
  return { records: records.length, refused, setAside, isMissing: false }
}

/** Over a connection of its own, because what writes the ledger leaves views in its connection, which no migration may meet. */
function replay(
  path: string,
  records: readonly RedoRecord[],
  { logId, foldedSeq }: RedoState,
): RefusedCommand[] {
  const raw = openRaw(path)
  try {
    const refused: RefusedCommand[] = []
    fold(createJournal(raw, { open: openHoldsOf(raw) }), createRedoPosition(raw), {
      records,
      state: { logId, isClosed: true, foldedSeq: records.at(-1)?.seq ?? foldedSeq },
      onRefused: (each) => void refused.push(each),
      pause: noPause,
    })
    return refused
  } finally {
    raw.close()
  }
}

function openHoldsOf(raw: Database): [string, number][] {
  const open = raw.prepare<[number], [string, number]>(
    `SELECT request_id, seq FROM ledger_entries AS held
     WHERE seq >= ? AND kind = 'hold' AND NOT EXISTS (
       SELECT 1 FROM ledger_entries AS ended
       WHERE ended.request_id = held.request_id AND ended.kind IN ('settle', 'release'))
     ORDER BY seq`,
  )
  return open.raw().all(createResolvedMark(raw).read())
}

/** What comes after what stands in the tables, without a gap; broken where there are records behind one. */
function followingRecords(
  log: RedoContents,
  foldedSeq: number,
): { records: RedoRecord[]; isBroken: boolean } {
  const later = log.halves.flat().filter(({ seq }) => seq > foldedSeq)
  later.sort((one, other) => one.seq - other.seq)
  const gapAt = later.findIndex(({ seq }, at) => seq !== foldedSeq + 1 + at)
  return gapAt < 0 ? { records: later, isBroken: false } : { records: later.slice(0, gapAt), isBroken: true }
}

/** A log of another database is never replayed, and never thrown away: somebody may want to look into it. */
function withoutOwnLog(raw: Database, log: RedoContents | undefined, state: RedoState): RedoReplay {
  const path = redoLogOf(raw.name)
  const hasRecords = log?.halves.some((records) => records.length > 0) ?? false
  const setAside = log && hasRecords ? putAside(path, log.id) : null
  rmSync(path, { force: true })
  if (!state.isClosed) createRedoPosition(raw).write({ ...state, isClosed: true })
  return { records: 0, refused: [], setAside, isMissing: !state.isClosed }
}

function putAside(path: string, id: string): string | null {
  if (!existsSync(path)) return null
  const aside = `${path}-${id.slice(0, 8)}`
  renameSync(path, aside)
  syncFolder(dirname(path))
  return aside
}
