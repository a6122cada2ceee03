// Writes into the tables: what stands in the redo log, behind it; everything else at once. Whoever answers for the log says
// when each is due.
import { rmSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { fold, type RefusedCommand } from './fold.ts'
import { createJournal } from './journal.ts'
import { enforceForeignKeys } from './open-raw.ts'
import type { PackedCommand } from './packed-commands.ts'
import { Pauses } from './pauses.ts'
import { REDO_FORMAT } from './record-content.ts'
import type { FilledHalf } from './redo-appender.ts'
import { createRedoLog, type RedoRecord, recordsOf, redoLogOf } from './redo-log.ts'
import { createRedoPosition } from './redo-position.ts'
import { type GroupOutcome, writeGroup } from './write-group.ts'

/** An empty log, which the database names. */
export interface MadeLog {
  readonly id: string
  /** The number before that of its first record. */
  readonly lastSeq: number
}

export interface TableWriter {
  /** A group at once. Everything that stands in the log has to be folded before. */
  write(commands: readonly PackedCommand[]): GroupOutcome
  /** Throws where the disk does not take it, and then there is none. */
  makeLog(): MadeLog
  /** Throws where the disk does not take it. What of it is written by then is known, and not written again when it is told once more. */
  fold(filled: FilledHalf): void
  /** Everything that was told to be in it stands in the tables: nothing in it counts any more. Throws like the rest. */
  closeLog(): void
  /** Whether another one may take over, which reads what this one knows from the database. Throws like the rest. */
  rest(): boolean
}

/**
 * Of records, what goes into the tables at once: some four thousand requests. More of them hardly share more pages, and where more
 * pages wait than SQLite's cache holds, each is written, read and written again.
 */
const PART_BYTES = 640 * 1024

export interface TableWriterOptions {
  /** What has both halves of the log. */
  readonly memory: SharedArrayBuffer
  /** Told of what was answered for and no table takes. */
  readonly onRefused: (refused: RefusedCommand) => void
  /** For tests: those of folds. */
  readonly pauses?: Pauses
}

/** The log that a crash left has been replayed before. */
export function createTableWriter(
  raw: Database,
  { memory, onRefused, pauses = new Pauses() }: TableWriterOptions,
): TableWriter {
  const path = redoLogOf(raw.name)
  const { pause } = pauses
  const journal = createJournal(raw, { pause })
  const position = createRedoPosition(raw)
  let { logId, foldedSeq } = position.read()
  let hasForeignKeys = true

  /**
   * What is folded was found sound before, and refers to what is looked for once for many rows (references.ts); whatever else is
   * written is rare, and SQLite looks.
   */
  function enforce(isOn: boolean): void {
    if (hasForeignKeys === isOn) return
    enforceForeignKeys(raw, isOn)
    hasForeignKeys = isOn
  }

  const write = (records: readonly RedoRecord[], isClosed: boolean, lastSeq: number): void => {
    fold(journal, position, { records, state: { logId, isClosed, foldedSeq: lastSeq }, onRefused, pause })
    foldedSeq = lastSeq
  }

  return {
    write(commands) {
      enforce(true)
      return writeGroup(journal, commands)
    },
    makeLog() {
      logId = createRedoLog(path, REDO_FORMAT)
      write([], false, foldedSeq)
      return { id: logId, lastSeq: foldedSeq }
    },
    fold({ from, bytes, lastSeq }) {
      pauses.begin()
      const records = recordsOf(Buffer.from(memory, from, bytes), logId ?? '')
      // An attempt that the disk refused half-way has brought some of them into the tables.
      const left = records.findIndex(({ seq }) => seq === foldedSeq + 1)
      if (records.at(-1)?.seq !== lastSeq || left < 0)
        throw new Error('What stands in the redo log is not what was told of it.')
      enforce(false)
      for (const part of partsOf(records, left)) write(part, false, part.at(-1)?.seq ?? foldedSeq)
    },
    closeLog() {
      write([], true, foldedSeq)
      rmSync(path, { force: true })
    },
    rest: () => journal.rest(),
  }
}

/** The records from one on, in parts that are each written in a transaction of its own. */
function* partsOf(records: readonly RedoRecord[], first: number): Generator<readonly RedoRecord[]> {
  let from = first
  let bytes = 0
  for (let at = first; at < records.length; at += 1) {
    bytes += records[at]?.content.length ?? 0
    if (bytes < PART_BYTES && at < records.length - 1) continue
    yield records.slice(from, at + 1)
    from = at + 1
    bytes = 0
  }
}
