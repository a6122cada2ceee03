// The one writer of the hot path: what is handed in until the event loop has nothing else to do, or while the group before is being
// written, becomes one group. What money already moved for is kept until the disk takes it; everything else is answered
// for at once.
import { Gathering } from './gathering.ts'
import { createJournal } from './journal.ts'
import { BookedBeforeError, CodeClaimedError, isRefused } from './journal-errors.ts'
import { createLoggingSink } from './logging-sink.ts'
import type { Db } from './open.ts'
import { pack, requestIdOf } from './packed-commands.ts'
import { StorageFault } from './storage-fault.ts'
import { createUsageStep, type UsageStepOrder } from './usage-step.ts'
import type { WriteCommand } from './write-command.ts'
import { type GroupOutcome, type GroupSink, writeHere } from './write-group.ts'
import { createWriterThread, type WriterThreadOptions } from './writer-thread.ts'

export { BookedBeforeError, CodeClaimedError, StorageFault }

export interface WriteFailure {
  readonly command: WriteCommand['kind']
  /** The request it belongs to, where it belongs to one. */
  readonly requestId: string | undefined
  readonly error: unknown
  /** Whether the command is kept and tried again. */
  readonly willRetry: boolean
}

/** Told without an error when a command is on disk, and else why it never will be. */
export type Written = (error?: unknown) => void

export interface Writer {
  /** Resolves when the command is on disk; rejects when it never will be, with a StorageFault where the disk is to blame. */
  submit(command: WriteCommand): Promise<void>
  /** The same without a promise, for what every request brings. `written` is told once, later than this returns. */
  write(command: WriteCommand, written: Written): void
  /** How many commands have been handed in. */
  readonly submitted: number
  /** How many of them have neither landed nor been rejected. */
  readonly waiting: number
  /** Resolves when everything handed in so far has landed, also in the tables, or was rejected. */
  flush(): Promise<void>
  /**
   * Resolves when everything handed in so far has been tried once, so that what is read from disk then is as new as what
   * memory says; to false where the disk did not let it. Of what the disk refuses it waits for nothing.
   */
  caughtUp(): Promise<boolean>
  /**
   * Does a step of the upkeep of usage between two groups; resolves to whether more is due. Rejects where it could not be
   * done, and then nothing has changed.
   */
  keepUsage(order: UsageStepOrder): Promise<boolean>
  /** Writes what is left and takes nothing more; what the disk still refuses is rejected. */
  stop(): Promise<void>
}

interface Entry {
  readonly command: WriteCommand
  written: Written
  /** Told once to `onError`, however often it is tried. */
  isReported: boolean
}

interface Group {
  readonly entries: readonly Entry[]
  /** Told at its end. */
  readonly behind: (() => void)[]
}

const RETRY_FIRST_MS = 100
const RETRY_LATER_MS_MAX = 5_000
/** After so many groups of one command in a row, there is most likely none that another could wait for. */
const LONE_GROUPS_MIN = 8
/** A lone hold waits until its request is on the way to the upstream, which does its part meanwhile. */
const LONE_HOLD_TURNS = 3
/** Beyond this many kept commands, those that no money depends on are given up. */
const KEPT_WITHOUT_MONEY_MAX = 10_000

/** Whether a command is worth keeping while the disk is at fault. A hold is not: its request has not been answered yet. */
const KEEP: Readonly<Record<WriteCommand['kind'], 'always' | 'while_few' | 'never'>> = {
  settle: 'always',
  release: 'always',
  usage: 'while_few',
  own: 'while_few',
  hold: 'never',
  hold_and_settle: 'never',
  balance_change: 'never',
  grant: 'never',
  key_uses: 'never',
  limit_counters: 'never',
  notice: 'while_few',
  key_address: 'never',
}

interface WriterOptions {
  /** Not told of what is refused because it happened before: whoever asked is. */
  readonly onError: (failure: WriteFailure) => void
}

/** Writes into this. */
export const createGroupWriter = (sink: GroupSink, { onError }: WriterOptions): Writer =>
  new GroupWriter(sink, onError)

/** Writes over this connection, in this thread: for programs that have nothing else to do meanwhile. */
export const createWriter = (db: Db, options: WriterOptions): Writer =>
  createGroupWriter(writeHere(createJournal(db.raw), createUsageStep(db)), options)

/** Writes into the redo log, and the tables in a thread of its own: nothing here waits for the disk. */
export function createThreadedWriter(
  db: Pick<Db, 'raw' | 'path'>,
  { onError, ...forTests }: WriterOptions & Pick<WriterThreadOptions, 'restAfterMs' | 'startThread'>,
): Writer {
  const onRefused: WriterThreadOptions['onRefused'] = (refused) => onError({ ...refused, willRetry: false })
  const tables = createWriterThread(db.path, { onRefused, ...forTests })
  return createGroupWriter(createLoggingSink(db.raw, tables), { onError })
}

class GroupWriter implements Writer {
  readonly #sink: GroupSink
  readonly #onError: (failure: WriteFailure) => void
  #submitted = 0
  #queue: Entry[] = []
  #kept: Entry[] = []
  /** The group that is being written. One at a time: each write costs as much as a third of a request. */
  #inFlight: Group | undefined
  /** Told at the end of the next group. */
  #behindQueue: (() => void)[] = []
  readonly #gathering = new Gathering(() => this.#writeQueue())
  /** How many groups in a row had one command. */
  #loneGroups = 0
  #isStopped = false
  #retryAfterMs = RETRY_FIRST_MS
  #retryTimer: NodeJS.Timeout | undefined

  constructor(sink: GroupSink, onError: (failure: WriteFailure) => void) {
    this.#sink = sink
    this.#onError = onError
  }

  get submitted(): number {
    return this.#submitted
  }

  get waiting(): number {
    return this.#queue.length + this.#kept.length + (this.#inFlight?.entries.length ?? 0)
  }

  submit(command: WriteCommand): Promise<void> {
    return new Promise((resolve, reject) => {
      this.write(command, (error) => (error === undefined ? resolve() : reject(error)))
    })
  }

  write(command: WriteCommand, written: Written): void {
    if (this.#isStopped) {
      const fault = new StorageFault('The writer has stopped and takes nothing more.')
      queueMicrotask(() => written(fault))
      return
    }
    this.#submitted += 1
    this.#queue.push({ command, written, isReported: false })
    this.#schedule(command.kind === 'hold')
  }

  async flush(): Promise<void> {
    const answered = this.#untilAnswered()
    this.#writeQueue()
    await answered
    await this.#sink.catchUp()
  }

  caughtUp(): Promise<boolean> {
    const behind = this.#queue.length > 0 ? this.#behindQueue : this.#inFlight?.behind
    if (!behind) return this.#sink.catchUp()
    return new Promise((resolve) => void behind.push(() => resolve(this.#sink.catchUp())))
  }

  keepUsage(order: UsageStepOrder): Promise<boolean> {
    return this.#isStopped ? Promise.resolve(false) : this.#sink.keepUsage(order)
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    const answered = this.#untilAnswered()
    this.#writeKept()
    this.#writeQueue()
    await answered
    await this.#sink.stop()
  }

  /** Resolves when whoever handed in what waits now was told of it. */
  async #untilAnswered(): Promise<void> {
    const waiting = [...(this.#inFlight?.entries ?? []), ...this.#kept, ...this.#queue]
    await Promise.all(
      waiting.map(
        (entry) =>
          new Promise<void>((resolve) => {
            const { written } = entry
            const tellBoth = (error?: unknown): void => {
              written(error)
              resolve()
            }
            entry.written = tellBoth
          }),
      ),
    )
  }

  /**
   * Together with all that is about to come, and once the group before is written. At once where few come: a lone request waits
   * for the disk longer than for anything else.
   */
  #schedule(isHold = false): void {
    if (this.#inFlight) return
    const isLone = this.#sink.answersLater && this.#loneGroups >= LONE_GROUPS_MIN
    if (isLone && !isHold) this.#writeQueue()
    else this.#gathering.start(isLone ? LONE_HOLD_TURNS : undefined)
  }

  #writeQueue(): void {
    if (this.#queue.length === 0 || this.#inFlight) return
    const entries = this.#queue
    this.#queue = []
    this.#loneGroups = entries.length === 1 ? this.#loneGroups + 1 : 0
    this.#write({ entries, behind: this.#behindQueue.splice(0) })
  }

  readonly #writeKept = (): void => {
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    // The end of what is being written leads here again.
    if (this.#kept.length === 0 || this.#inFlight) return
    const entries = this.#kept
    this.#kept = []
    this.#write({ entries, behind: [] })
  }

  #write(group: Group): void {
    this.#inFlight = group
    const commands = group.entries.map(({ command }) => pack(command))
    this.#sink.write(commands, (outcome) => this.#landed(group, outcome))
  }

  #landed({ entries, behind }: Group, outcome: GroupOutcome): void {
    this.#inFlight = undefined
    for (const tell of behind) tell()
    if (outcome.kind === 'disk_fault') {
      this.#keep(entries, outcome.error)
    } else {
      this.#retryAfterMs = RETRY_FIRST_MS
      const { refused } = outcome
      entries.forEach((entry, place) => {
        if (refused.size > 0 && refused.has(place)) this.#giveUp(entry, refused.get(place))
        else entry.written()
      })
      // Where the disk takes these, it may take the kept ones too: no need to wait for the timer.
      this.#writeKept()
    }
    if (this.#isStopped) this.#writeRest()
    else if (this.#queue.length > 0) this.#schedule()
  }

  #writeRest(): void {
    this.#writeKept()
    this.#writeQueue()
  }

  /** Keeps what is worth trying again, and answers for the rest at once. */
  #keep(group: readonly Entry[], cause: unknown): void {
    const fault = new StorageFault('The database could not be written to.', { cause })
    for (const entry of group) {
      if (this.#isStopped || !this.#isWorthKeeping(entry)) {
        this.#giveUp(entry, fault)
        continue
      }
      this.#kept.push(entry)
      if (!entry.isReported) this.#report(entry, fault, true)
      entry.isReported = true
    }
    if (this.#kept.length > 0 && this.#retryTimer === undefined) {
      this.#retryTimer = setTimeout(this.#writeKept, this.#retryAfterMs)
      this.#retryAfterMs = Math.min(this.#retryAfterMs * 2, RETRY_LATER_MS_MAX)
    }
  }

  #isWorthKeeping({ command }: Entry): boolean {
    const rule = KEEP[command.kind]
    return rule === 'always' || (rule === 'while_few' && this.#kept.length < KEPT_WITHOUT_MONEY_MAX)
  }

  #giveUp(entry: Entry, error: unknown): void {
    entry.written(error)
    if (!isRefused(error)) this.#report(entry, error, false)
  }

  #report({ command }: Entry, error: unknown, willRetry: boolean): void {
    this.#onError({ command: command.kind, requestId: requestIdOf(pack(command)), error, willRetry })
  }
}
