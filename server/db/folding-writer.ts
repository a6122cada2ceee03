// Writes groups for the thread that writes: what every request brings goes into the redo log, which is one write and one flush,
// and comes into the tables behind it, many groups at a time. Everything else is written into the tables at once, behind all
// that stands in the log.
import { rmSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { type Fold, foldAtOnce, type LoggedCommand, type RefusedCommand, startFold } from './fold.ts'
import { createJournal, type Journal } from './journal.ts'
import {
  areLogged,
  createSoundCommands,
  REDO_FORMAT,
  type SoundCommands,
  type Steps,
} from './logged-command.ts'
import type { PackedCommand } from './packed-commands.ts'
import { createRedoLog, type RedoDisk, type RedoLog, redoLogOf } from './redo-log.ts'
import { createRedoPosition, type RedoPosition, type RedoState } from './redo-position.ts'
import { type GroupOutcome, writeGroup } from './write-group.ts'

export interface FoldingWriter {
  /** Commands as JSON, which is what a record of the log is. */
  write(text: string): GroupOutcome
  /** Brings everything into the tables, where the disk takes it; returns whether it did. */
  catchUp(): boolean
  /** Does a little of what is due. */
  step(): void
  /** After how long there is something to do, where nobody asks for anything before. */
  msUntilDue(): number
  /** Brings everything into the tables and leaves no log behind, where the disk takes it. */
  stop(): void
}

export interface FoldingWriterOptions {
  /** Told of what was answered for and no table takes. */
  readonly onRefused: (refused: RefusedCommand) => void
  readonly nowMs: () => number
  readonly disk?: RedoDisk
}

/** So many commands make a fold worth while … */
const COMMANDS_PER_FOLD = 1_000
/** … or so much of a half of the log … */
const FULLNESS_PER_FOLD = 0.5
/** … or so long since the first of them: what reads the tables without asking sees nothing older. */
const FOLD_AFTER_MS = 200
/** About half a millisecond: so long a group waits for a fold that is under way. */
const COMMANDS_PER_STEP = 32
/** Making one takes longer than what a start waits for. */
const FIRST_LOG_AFTER_MS = 100
/** Before another log is made, or a fold tried again, after the disk refused one. */
const RETRY_MS = 1_000

const NOTHING_REFUSED = new Map<number, unknown>()
const WRITTEN: GroupOutcome = { kind: 'written', refused: NOTHING_REFUSED }

/** What stands in a half of the log and not in the tables. */
interface Backlog {
  readonly commands: LoggedCommand[]
  readonly steps: Steps
  lastSeq: number
}

interface Folding extends Backlog {
  readonly fold: Fold
}

const newBacklog = (lastSeq: number): Backlog => ({ commands: [], steps: new Map(), lastSeq })

/** The log that a crash left has been replayed before. */
export const createFoldingWriter = (raw: Database, options: FoldingWriterOptions): FoldingWriter =>
  new LoggingWriter(raw, options)

class LoggingWriter implements FoldingWriter {
  readonly #path: string
  readonly #options: FoldingWriterOptions
  readonly #journal: Journal
  readonly #position: RedoPosition
  readonly #sound: SoundCommands

  /** Undefined in the first moments, and for a while after the disk refused one. */
  #log: RedoLog | undefined
  /** A log on which something could not be written: the database must name it no longer before anything else is written. */
  #isDistrusted = false
  #noLogBeforeMs: number
  #backlog: Backlog
  #firstAtMs = 0
  /** What is being folded, of the other half. */
  #folding: Folding | undefined
  /** The disk did not take the last fold. Nothing more is put into the log until it takes one. */
  #isFoldRefused = false
  #noFoldBeforeMs = 0

  constructor(raw: Database, options: FoldingWriterOptions) {
    this.#path = redoLogOf(raw.name)
    this.#options = options
    this.#journal = createJournal(raw)
    this.#position = createRedoPosition(raw)
    this.#sound = createSoundCommands(raw)
    this.#backlog = newBacklog(this.#position.read().foldedSeq)
    this.#noLogBeforeMs = options.nowMs() + FIRST_LOG_AFTER_MS
  }

  write(text: string): GroupOutcome {
    // What the main thread made of its own commands.
    const commands = JSON.parse(text) as readonly PackedCommand[]
    const log = this.#isFoldRefused || !areLogged(commands) ? undefined : this.#logWithRoomFor(text)
    const steps = log && this.#sound.stepsOf(commands, this.#stepOf)
    return log && steps ? this.#writeLogged(log, text, commands, steps) : this.#writeThrough(commands)
  }

  catchUp(): boolean {
    return this.#faultOf(() => this.#foldAll()) === undefined
  }

  step(): void {
    if (this.msUntilDue() > 0) return
    if (!this.#log) this.#makeLog()
    else this.#faultOf(() => this.#stepFold(COMMANDS_PER_STEP))
  }

  msUntilDue(): number {
    if (!this.#log) return this.#noLogBeforeMs - this.#options.nowMs()
    const { length } = this.#backlog.commands
    if (!this.#folding && length === 0) return Number.POSITIVE_INFINITY
    if (this.#isFoldRefused) return this.#noFoldBeforeMs - this.#options.nowMs()
    const isWorthWhile = length >= COMMANDS_PER_FOLD || this.#log.fullness >= FULLNESS_PER_FOLD
    if (this.#folding || isWorthWhile) return 0
    return this.#firstAtMs + FOLD_AFTER_MS - this.#options.nowMs()
  }

  stop(): void {
    this.#faultOf(() => this.#retireLog())
  }

  #logWithRoomFor(text: string): RedoLog | undefined {
    if (this.#isDistrusted) return undefined
    const log = this.#log
    if (!log || log.hasRoomFor(text)) return log
    // This half is full before its turn came.
    if (!this.catchUp()) return undefined
    log.turn()
    return log.hasRoomFor(text) ? log : undefined
  }

  readonly #stepOf = (requestId: string): 'open' | 'ended' | undefined =>
    this.#backlog.steps.get(requestId) ??
    this.#folding?.steps.get(requestId) ??
    (this.#journal.isOpen(requestId) ? 'open' : undefined)

  #writeLogged(log: RedoLog, text: string, commands: readonly PackedCommand[], steps: Steps): GroupOutcome {
    try {
      log.append(text)
    } catch {
      // What of it is on disk nobody knows. It counts no more once the database does not name this log.
      this.#isDistrusted = true
      return this.#writeThrough(commands)
    }
    const backlog = this.#backlog
    if (backlog.commands.length === 0) this.#firstAtMs = this.#options.nowMs()
    backlog.lastSeq = log.lastSeq
    for (const command of commands) backlog.commands.push({ seq: log.lastSeq, command })
    for (const [requestId, step] of steps) backlog.steps.set(requestId, step)
    return WRITTEN
  }

  /** Into the tables, behind everything that stands in the log. */
  #writeThrough(commands: readonly PackedCommand[]): GroupOutcome {
    const fault = this.#faultOf(() => (this.#isDistrusted ? this.#retireLog() : this.#foldAll()))
    return fault ? { kind: 'disk_fault', error: fault.error } : writeGroup(this.#journal, commands)
  }

  /** Without one everything is written into the tables at once. */
  #makeLog(): void {
    this.#noLogBeforeMs = this.#options.nowMs() + RETRY_MS
    const { lastSeq } = this.#backlog
    let log: RedoLog | undefined
    try {
      log = createRedoLog(this.#path, { format: REDO_FORMAT, lastSeq, disk: this.#options.disk })
      this.#writeState({ logId: log.id, isClosed: false, foldedSeq: lastSeq })
      this.#log = log
    } catch {
      log?.close()
    }
  }

  /** Nothing that stands in it counts any more, because everything stands in the tables. */
  #retireLog(): void {
    const log = this.#log
    if (!log) return
    this.#foldAll()
    this.#writeState({ logId: log.id, isClosed: true, foldedSeq: this.#backlog.lastSeq })
    log.close()
    this.#log = undefined
    this.#isDistrusted = false
    this.#noLogBeforeMs = this.#options.nowMs() + RETRY_MS
    rmSync(this.#path, { force: true })
  }

  #writeState(state: RedoState): void {
    const { onRefused } = this.#options
    foldAtOnce(this.#journal, this.#position, { commands: [], state, onRefused })
  }

  #foldAll(): void {
    while (this.#folding || this.#backlog.commands.length > 0) {
      this.#stepFold(Number.POSITIVE_INFINITY)
    }
    this.#isFoldRefused = false
  }

  #beginFold(): Folding {
    const backlog = this.#backlog
    const { commands, lastSeq } = backlog
    const state = { logId: this.#log?.id ?? null, isClosed: false, foldedSeq: lastSeq }
    const { onRefused } = this.#options
    this.#backlog = newBacklog(lastSeq)
    this.#log?.turn()
    return { ...backlog, fold: startFold(this.#journal, this.#position, { commands, state, onRefused }) }
  }

  #stepFold(commandsMax: number): void {
    this.#folding ??= this.#beginFold()
    if (!this.#folding.fold.step(commandsMax)) return
    this.#folding = undefined
    this.#isFoldRefused = false
  }

  /** What the disk said of a fold that it did not take; the next one begins anew. */
  #faultOf(work: () => void): { readonly error: unknown } | undefined {
    try {
      work()
      return undefined
    } catch (error) {
      this.#isFoldRefused = true
      this.#noFoldBeforeMs = this.#options.nowMs() + RETRY_MS
      return { error }
    }
  }
}
