// Gets groups to disk: what every request brings goes into the redo log, which is one write, and comes into the tables behind
// it, many groups at a time. Everything else is written into the tables at once, behind all that stands in the log.
import type { Database } from 'better-sqlite3'
import { createSoundCommands, type SoundCommands } from './logged-command.ts'
import type { PackedCommand } from './packed-commands.ts'
import { RecordContents } from './record-content.ts'
import { type FilledHalf, openRedoLog, type RedoAppender } from './redo-appender.ts'
import type { RedoDisk } from './redo-disk.ts'
import { redoLogOf } from './redo-log.ts'
import type { Tables } from './tables.ts'
import type { UsageStepOrder } from './usage-step.ts'
import type { GroupOutcome, GroupSink } from './write-group.ts'

/** So many commands make a fold worth while … */
const COMMANDS_PER_FOLD = 4_000
/** … or so much of a half of the log … */
const FULLNESS_PER_FOLD = 0.75
/** … or so long since the first of them: what reads the tables without asking sees nothing older. */
export const FOLD_AFTER_MS = 200
/** Making one takes longer than what a start waits for. */
export const FIRST_LOG_AFTER_MS = 100
/** Before another log is made, or a fold tried again, after the disk refused one. */
export const RETRY_MS = 1_000

const WRITTEN: GroupOutcome = { kind: 'written', refused: new Map() }

type Done = (outcome: GroupOutcome) => void

/** `raw` is read for what commands refer to. The log that a crash left has been replayed before. */
export const createLoggingSink = (raw: Database, tables: Tables, disk?: RedoDisk): GroupSink =>
  new LoggingSink(raw, tables, disk)

class LoggingSink implements GroupSink {
  readonly answersLater = true
  readonly #tables: Tables
  readonly #disk: RedoDisk | undefined
  readonly #sound: SoundCommands
  readonly #contents = new RecordContents()

  /** Undefined in the first moments, and for a while after the disk refused one. */
  #log: RedoAppender | undefined
  /** A log on which something could not be written: the database must name it no longer before anything else is written. */
  #isDistrusted = false
  /** The disk did not take the last fold. Nothing more is put into the log until it takes one. */
  #isFoldRefused = false
  #isStopped = false
  /** Commands that stand in this half of the log. */
  #logged = 0
  /** What the tables have not taken of the other half, and who waits for it. */
  #toFold: FilledHalf | undefined
  #folding: Promise<void> | undefined
  #isFoldDue = false
  /** The last record that the tables have. */
  #foldedSeq = 0
  readonly #foldTimer: NodeJS.Timeout
  #logTimer: NodeJS.Timeout
  #retryTimer: NodeJS.Timeout | undefined
  /** What is done one thing after the other, beside what goes into the log at once. */
  #turn: Promise<unknown> = Promise.resolve()
  #turnsWaiting = 0
  #onIdle: (() => void)[] = []
  /** Groups that the log did not take, in their order. */
  readonly #failed: { readonly commands: readonly PackedCommand[]; readonly done: Done }[] = []

  constructor(raw: Database, tables: Tables, disk: RedoDisk | undefined) {
    this.#tables = tables
    this.#disk = disk
    this.#sound = createSoundCommands(raw)
    this.#logTimer = setTimeout(this.#makeLog, FIRST_LOG_AFTER_MS).unref()
    this.#foldTimer = setTimeout(this.#foldIsDue, FOLD_AFTER_MS).unref()
  }

  write(commands: readonly PackedCommand[], done: Done): void {
    const log = this.#log
    const isForLog = log && this.#turnsWaiting === 0 && this.#isUsable(log) && this.#sound.accept(commands)
    const content = isForLog ? this.#contents.of(commands) : undefined
    if (log && content) {
      if (log.hasRoomFor(content)) this.#append(log, commands, content, done)
      else this.#appendInTurn(log, commands, Buffer.from(content), done)
      return
    }
    if (isForLog) this.#sound.forget(commands)
    this.#answerInTurn(() => this.#writeThrough(commands), done)
  }

  async catchUp(): Promise<boolean> {
    await this.#turn
    return this.#foldAll(this.#log?.lastSeq).then(
      () => true,
      () => false,
    )
  }

  async keepUsage(order: UsageStepOrder): Promise<boolean> {
    await this.catchUp()
    return this.#tables.keepUsage(order)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#logTimer)
    clearTimeout(this.#foldTimer)
    clearTimeout(this.#retryTimer)
    // What the tables do not take is found by the next start.
    await this.#inTurn(() => this.#retireLog()).catch(() => this.#log?.close())
    await this.#tables.stop()
  }

  #isUsable(log: RedoAppender): boolean {
    return log === this.#log && !this.#isDistrusted && !this.#isFoldRefused
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#turnsWaiting += 1
    const mine = this.#turn.then(work).finally(() => {
      this.#turnsWaiting -= 1
    })
    // What went wrong is told to whoever asked for it.
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  /** Where there is no outcome, it is told by somebody else. */
  #answerInTurn(work: () => Promise<GroupOutcome | undefined>, done: Done): void {
    void this.#inTurn(work).then((outcome) => outcome && done(outcome))
  }

  #append(log: RedoAppender, commands: readonly PackedCommand[], content: Buffer, done: Done): void {
    log.append(content, (error) => {
      if (error) {
        // What of it is on disk nobody knows. It counts no more once the database does not name this log.
        this.#isDistrusted = true
        this.#sound.forget(commands)
        this.#failed.push({ commands, done })
        void this.#inTurn(() => this.#writeFailed())
      } else {
        if (this.#logged === 0) this.#foldTimer.refresh()
        this.#logged += commands.length
        done(WRITTEN)
      }
      if (log.underWay === 0) this.#idle()
    })
  }

  /** Nothing is on its way into the log. */
  #idle(): void {
    for (const tell of this.#onIdle.splice(0)) tell()
    const log = this.#log
    if (!log || this.#turnsWaiting > 0 || this.#toFold || this.#isDistrusted || this.#logged === 0) return
    const isWorthWhile = this.#logged >= COMMANDS_PER_FOLD || log.fullness >= FULLNESS_PER_FOLD
    if (isWorthWhile || this.#isFoldDue) void this.#startFold(log)
  }

  readonly #foldIsDue = (): void => {
    if (this.#logged === 0 || this.#isFoldRefused) return
    this.#isFoldDue = true
    if (this.#log?.underWay === 0) this.#idle()
  }

  #untilIdle(): Promise<void> {
    return new Promise((resolve) => void this.#onIdle.push(resolve))
  }

  /** This half is full: once the tables have the other one, that is the next. */
  #appendInTurn(log: RedoAppender, commands: readonly PackedCommand[], content: Buffer, done: Done): void {
    this.#answerInTurn(async () => {
      while (log.underWay > 0) await this.#untilIdle()
      await this.#folding?.catch(() => undefined)
      if (!this.#isUsable(log)) {
        this.#sound.forget(commands)
        return this.#writeThrough(commands)
      }
      if (this.#logged > 0) void this.#startFold(log)
      this.#append(log, commands, content, done)
      return undefined
    }, done)
  }

  /** Into the tables, behind everything that was handed in before. */
  async #writeThrough(commands: readonly PackedCommand[]): Promise<GroupOutcome> {
    while (this.#log && this.#log.underWay > 0) await this.#untilIdle()
    await this.#writeFailed()
    return this.#writeIntoTables(commands)
  }

  async #writeFailed(): Promise<void> {
    for (let first = this.#failed.shift(); first; first = this.#failed.shift()) {
      first.done(await this.#writeIntoTables(first.commands))
    }
  }

  async #writeIntoTables(commands: readonly PackedCommand[]): Promise<GroupOutcome> {
    try {
      await (this.#isDistrusted ? this.#retireLog() : this.#foldAll())
    } catch (error) {
      return { kind: 'disk_fault', error }
    }
    const outcome = await this.#tables.write(commands)
    if (outcome.kind === 'written') this.#sound.note(commands, outcome.refused)
    // Without a log there are no folds to do it.
    if (!this.#log) this.#sound.turn()
    return outcome
  }

  /** Without one everything is written into the tables at once. */
  readonly #makeLog = (): void => {
    void this.#inTurn(async () => {
      if (this.#log || this.#isStopped) return
      try {
        const made = await this.#tables.makeLog()
        this.#foldedSeq = made.lastSeq
        this.#log = openRedoLog(redoLogOf(this.#tables.path), made, this.#tables.memory, this.#disk)
      } catch {
        this.#makeLogLater()
      }
    })
  }

  #makeLogLater(): void {
    clearTimeout(this.#logTimer)
    if (!this.#isStopped) this.#logTimer = setTimeout(this.#makeLog, RETRY_MS).unref()
  }

  /** Nothing that stands in it counts any more, because everything stands in the tables. */
  async #retireLog(): Promise<void> {
    if (!this.#log) return
    await this.#foldAll()
    await this.#tables.closeLog()
    this.#log.close()
    this.#log = undefined
    this.#isDistrusted = false
    this.#makeLogLater()
  }

  /** All that has been handed in, or what has been up to a record. Rejects where the disk does not take it. */
  async #foldAll(lastSeq = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      if (!this.#toFold && this.#foldedSeq >= lastSeq) return
      if (this.#log && this.#log.underWay > 0) {
        this.#isFoldDue = true
        await this.#untilIdle()
      } else if (this.#toFold) {
        await (this.#folding ?? this.#fold(this.#toFold))
      } else {
        if (this.#log && this.#logged > 0) await this.#startFold(this.#log)
        return
      }
    }
  }

  /** Of what stands in this half; what comes goes into the other, of which the tables have everything. */
  #startFold(log: RedoAppender): Promise<void> {
    const filled = log.filled()
    log.turn()
    this.#sound.turn()
    this.#logged = 0
    this.#isFoldDue = false
    return this.#fold(filled)
  }

  #fold(filled: FilledHalf): Promise<void> {
    this.#toFold = filled
    this.#folding = this.#tables.fold(filled).then(
      () => {
        this.#foldedSeq = filled.lastSeq
        this.#toFold = undefined
        this.#folding = undefined
        this.#isFoldRefused = false
        if (this.#log?.underWay === 0) this.#idle()
      },
      (error) => {
        this.#folding = undefined
        this.#isFoldRefused = true
        this.#foldAgainLater()
        throw error
      },
    )
    // Whoever waits for it is told; it may be nobody.
    this.#folding.catch(() => undefined)
    return this.#folding
  }

  #foldAgainLater(): void {
    clearTimeout(this.#retryTimer)
    if (!this.#isStopped) this.#retryTimer = setTimeout(() => void this.catchUp(), RETRY_MS).unref()
  }
}
