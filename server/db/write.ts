// The one writer of the hot path: commands of an event-loop turn become one transaction, written at the turn's end. What
// money already moved for is kept until the disk takes it; everything else is answered for at once.
import { createJournal } from './journal.ts'
import type { Db } from './open.ts'
import { isDiskFault, StorageFault } from './storage-fault.ts'
import type { WriteCommand } from './write-command.ts'

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
  key_uses: 'never',
}

export function createWriter(
  db: Db,
  { onError }: { readonly onError: (failure: WriteFailure) => void },
): Writer {
  const journal = createJournal(db)
  let queue: Entry[] = []
  let kept: Entry[] = []
  let isScheduled = false
  let isStopped = false
  let retryAfterMs = RETRY_FIRST_MS
  let retryTimer: NodeJS.Timeout | undefined

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(writeQueue)
  }

  function writeQueue(): void {
    isScheduled = false
    if (queue.length === 0) return
    const group = queue
    queue = []
    // Where the disk takes these, it may take the kept ones too: no need to wait for the timer.
    if (write(group) && kept.length > 0) writeKept()
  }

  function writeKept(): void {
    clearTimeout(retryTimer)
    retryTimer = undefined
    const group = kept
    kept = []
    if (group.length > 0) write(group)
  }

  /** Writes a group in one transaction. False where the disk was at fault and nothing of it was written. */
  function write(group: readonly Entry[]): boolean {
    try {
      writeTogether(group)
      retryAfterMs = RETRY_FIRST_MS
      return true
    } catch (error) {
      journal.rollback()
      if (isDiskFault(error)) return keep(group, error)
    }
    try {
      writeApart(group)
      return true
    } catch (error) {
      journal.rollback()
      if (isDiskFault(error)) return keep(group, error)
      for (const entry of group) giveUp(entry, error)
      return true
    }
  }

  function writeTogether(group: readonly Entry[]): void {
    journal.begin()
    for (const { command } of group) journal.execute(command)
    journal.commit()
    for (const { resolve } of group) resolve()
  }

  /** One of the group cannot be written. It must not take the others with it, nor cost each of them a commit. */
  function writeApart(group: readonly Entry[]): void {
    const refused = new Map<Entry, unknown>()
    journal.begin()
    for (const entry of group) {
      try {
        journal.executeIsolated(entry.command)
      } catch (error) {
        if (isDiskFault(error)) throw error
        refused.set(entry, error)
      }
    }
    journal.commit()
    for (const entry of group) {
      if (refused.has(entry)) giveUp(entry, refused.get(entry))
      else entry.resolve()
    }
  }

  function keep(group: readonly Entry[], cause: unknown): false {
    const fault = new StorageFault('The database could not be written to.', { cause })
    for (const entry of group) {
      const rule = KEEP[entry.command.kind]
      const isKept = rule === 'always' || (rule === 'while_few' && kept.length < KEPT_WITHOUT_MONEY_MAX)
      if (!isKept || isStopped) {
        giveUp(entry, fault)
        continue
      }
      kept.push(entry)
      if (!entry.isReported) report(entry, fault, true)
      entry.isReported = true
    }
    if (kept.length > 0 && retryTimer === undefined) {
      retryTimer = setTimeout(writeKept, retryAfterMs)
      retryAfterMs = Math.min(retryAfterMs * 2, RETRY_LATER_MS_MAX)
    }
    return false
  }

  function giveUp(entry: Entry, error: unknown): void {
    entry.reject(error)
    report(entry, error, false)
  }

  const report = ({ command }: Entry, error: unknown, willRetry: boolean): void =>
    onError({ command: command.kind, requestId: requestIdOf(command), error, willRetry })

  return {
    submit(command) {
      if (isStopped) return Promise.reject(new StorageFault('The writer has stopped and takes nothing more.'))
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      queue.push({ command, promise, resolve, reject, isReported: false })
      schedule()
      return promise
    },
    async flush() {
      const waiting = [...kept, ...queue].map((entry) => entry.promise)
      writeQueue()
      await Promise.allSettled(waiting)
    },
    async stop() {
      if (isStopped) return
      isStopped = true
      const waiting = [...kept, ...queue].map((entry) => entry.promise)
      writeKept()
      writeQueue()
      await Promise.allSettled(waiting)
    },
  }
}

function requestIdOf(command: WriteCommand): string | undefined {
  if (command.kind === 'hold' || command.kind === 'settle' || command.kind === 'release') {
    return command.hold.requestId
  }
  return command.kind === 'usage' ? command.usage.requestId : undefined
}
