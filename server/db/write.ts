// The one writer of the hot path: commands of an event-loop turn become one transaction, written at the turn's end. What
// money already moved for is kept until the disk takes it; everything else is answered for at once.
import { BookedBeforeError, CodeClaimedError, createJournal, type Journal } from './journal.ts'
import type { Db } from './open.ts'
import { isDiskFault, StorageFault } from './storage-fault.ts'
import type { WriteCommand } from './write-command.ts'

export { BookedBeforeError, CodeClaimedError, StorageFault }

export interface WriteFailure {
  readonly command: WriteCommand['kind']
  /** The request it belongs to, where it belongs to one. */
  readonly requestId: string | undefined
  readonly error: unknown
  /** Whether the command is kept and tried again. */
  readonly willRetry: boolean
}

export interface Writer {
  /** Resolves when the command is on disk; rejects when it never will be, with a StorageFault where the disk is to blame. */
  submit(command: WriteCommand): Promise<void>
  /** How many commands have been handed in and have neither landed nor been rejected. */
  readonly waiting: number
  /** Resolves when everything handed in so far has landed or was rejected. */
  flush(): Promise<void>
  /** Writes what is left and takes nothing more; what the disk still refuses is rejected. */
  stop(): Promise<void>
}

interface Entry {
  readonly command: WriteCommand
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  /** Told once to `onError`, however often it is tried. */
  isReported: boolean
}

const RETRY_FIRST_MS = 100
const RETRY_LATER_MS_MAX = 5_000
/** Beyond this many kept commands, those that no money depends on are given up. */
const KEPT_WITHOUT_MONEY_MAX = 10_000

/** Whether a command is worth keeping while the disk is at fault. A hold is not: its request has not been answered yet. */
const KEEP: Readonly<Record<WriteCommand['kind'], 'always' | 'while_few' | 'never'>> = {
  settle: 'always',
  release: 'always',
  usage: 'while_few',
  own: 'while_few',
  hold: 'never',
  balance_change: 'never',
  grant: 'never',
  key_uses: 'never',
  limit_counters: 'never',
  notice: 'while_few',
  key_address: 'never',
}

export const createWriter = (
  db: Db,
  options: { readonly onError: (failure: WriteFailure) => void },
): Writer => new GroupWriter(createJournal(db), options.onError)

class GroupWriter implements Writer {
  readonly #journal: Journal
  readonly #onError: (failure: WriteFailure) => void
  #queue: Entry[] = []
  #kept: Entry[] = []
  #isScheduled = false
  #isStopped = false
  #retryAfterMs = RETRY_FIRST_MS
  #retryTimer: NodeJS.Timeout | undefined

  constructor(journal: Journal, onError: (failure: WriteFailure) => void) {
    this.#journal = journal
    this.#onError = onError
  }

  get waiting(): number {
    return this.#queue.length + this.#kept.length
  }

  submit(command: WriteCommand): Promise<void> {
    if (this.#isStopped)
      return Promise.reject(new StorageFault('The writer has stopped and takes nothing more.'))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#queue.push({ command, promise, resolve, reject, isReported: false })
    if (!this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(this.#writeQueue)
    }
    return promise
  }

  async flush(): Promise<void> {
    const waiting = this.#promises()
    this.#writeQueue()
    await Promise.allSettled(waiting)
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    const waiting = this.#promises()
    this.#writeKept()
    this.#writeQueue()
    await Promise.allSettled(waiting)
  }

  #promises(): Promise<void>[] {
    return [...this.#kept, ...this.#queue].map((entry) => entry.promise)
  }

  readonly #writeQueue = (): void => {
    this.#isScheduled = false
    if (this.#queue.length === 0) return
    const group = this.#queue
    this.#queue = []
    // Where the disk takes these, it may take the kept ones too: no need to wait for the timer.
    if (this.#write(group) && this.#kept.length > 0) this.#writeKept()
  }

  readonly #writeKept = (): void => {
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    const group = this.#kept
    this.#kept = []
    if (group.length > 0) this.#write(group)
  }

  /** Writes a group in one transaction. False where the disk was at fault and nothing of it was written. */
  #write(group: readonly Entry[]): boolean {
    try {
      this.#writeTogether(group)
      this.#retryAfterMs = RETRY_FIRST_MS
      return true
    } catch (error) {
      this.#journal.rollback()
      if (isDiskFault(error)) return this.#keep(group, error)
    }
    try {
      this.#writeApart(group)
      return true
    } catch (error) {
      this.#journal.rollback()
      if (isDiskFault(error)) return this.#keep(group, error)
      for (const entry of group) this.#giveUp(entry, error)
      return true
    }
  }

  #writeTogether(group: readonly Entry[]): void {
    this.#journal.begin()
    for (const { command } of group) this.#journal.execute(command)
    this.#journal.commit()
    for (const { resolve } of group) resolve()
  }

  /** One of the group cannot be written. It must not take the others with it, nor cost each of them a commit. */
  #writeApart(group: readonly Entry[]): void {
    const refused = new Map<Entry, unknown>()
    this.#journal.begin()
    for (const entry of group) {
      try {
        this.#journal.executeIsolated(entry.command)
      } catch (error) {
        if (isDiskFault(error)) throw error
        refused.set(entry, error)
      }
    }
    this.#journal.commit()
    for (const entry of group) {
      if (refused.has(entry)) this.#giveUp(entry, refused.get(entry))
      else entry.resolve()
    }
  }

  /** Keeps what is worth trying again, and answers for the rest at once. Returns false: nothing was written. */
  #keep(group: readonly Entry[], cause: unknown): false {
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
    return false
  }

  #isWorthKeeping({ command }: Entry): boolean {
    const rule = KEEP[command.kind]
    return rule === 'always' || (rule === 'while_few' && this.#kept.length < KEPT_WITHOUT_MONEY_MAX)
  }

  #giveUp(entry: Entry, error: unknown): void {
    entry.reject(error)
    this.#report(entry, error, false)
  }

  #report({ command }: Entry, error: unknown, willRetry: boolean): void {
    this.#onError({ command: command.kind, requestId: requestIdOf(command), error, willRetry })
  }
}

function requestIdOf(command: WriteCommand): string | undefined {
  if (command.kind === 'hold' || command.kind === 'settle' || command.kind === 'release') {
    return command.hold.requestId
  }
  if (command.kind === 'balance_change') return command.requestId
  return command.kind === 'usage' ? command.usage.requestId : undefined
}
