// Starts the thread that writes, and hands it one group after the other.
import { Worker } from 'node:worker_threads'
import { BookedBeforeError, CodeClaimedError, HoldNotOpenError } from './journal-errors.ts'
import { StorageFault } from './storage-fault.ts'
import type { GroupOutcome, GroupSink } from './write-group.ts'
import type {
  FromWriter,
  GroupAnswer,
  RefusedNotice,
  SentError,
  ToWriter,
  UsageStepAnswer,
  WriterStart,
} from './writer-messages.ts'

// The bundle keeps the worker beside it as a file of its own.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './writer-worker.ts' : './writer-worker.mjs',
  import.meta.url,
)

/**
 * Where the thread dies, whether its last group is on disk is not known, and nothing may be written after it that supposes
 * either: from then on every group ends as by a fault of the disk, until the server is started anew and reads the books.
 */
export function startWriterThread(
  path: string,
  onRefused: (refused: Omit<RefusedNotice, 'kind' | 'error'> & { readonly error: Error }) => void,
): GroupSink {
  const told = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const worker = new Worker(WORKER_URL, { workerData: { path, told } satisfies WriterStart })
  // It is ended by `stop`; a program that ends without one is not kept alive by it.
  worker.unref()
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let waiting: ((outcome: GroupOutcome) => void) | undefined
  /** Steps of the upkeep that are under way; they keep no program alive. */
  let steps: PromiseWithResolvers<boolean>[] = []
  /** Whoever waits for the tables, one set for each time that the thread was asked to catch up. */
  let catchingUp: PromiseWithResolvers<void>[] = []
  /** Whether something was written since that may stand in the log alone. */
  let isBehind = false
  let isDead = false
  let cause: unknown

  /** A program lives until what it waits for is answered. */
  const keepAlive = (): void => {
    if (waiting || catchingUp.length > 0) worker.ref()
    else worker.unref()
  }
  const answer = (outcome: GroupOutcome): void => {
    const done = waiting
    waiting = undefined
    keepAlive()
    done?.(outcome)
  }
  const answerCaughtUp = (isStillBehind: boolean): void => {
    if (isStillBehind) isBehind = true
    catchingUp.shift()?.resolve()
    keepAlive()
  }
  const answerStep = (message: UsageStepAnswer): void => {
    const step = steps.shift()
    if (message.kind === 'usage_kept') step?.resolve(message.isMore)
    else step?.reject(errorOf(message.error))
  }
  worker.on('message', (message: FromWriter) => {
    switch (message.kind) {
      case 'written':
      case 'disk_fault':
        answer(outcomeOf(message))
        break
      case 'caught_up':
        answerCaughtUp(message.isBehind)
        break
      case 'refused':
        onRefused({ ...message, error: errorOf(message.error) })
        break
      default:
        answerStep(message)
    }
  })
  worker.on('error', (error) => {
    cause = error
  })
  worker.once('exit', () => {
    isDead = true
    answer(faultOf(cause))
    for (const step of steps) step.reject(threadEnded(cause))
    steps = []
    for (const waiter of catchingUp) waiter.resolve()
    catchingUp = []
  })

  const tell = (message: ToWriter): void => {
    worker.postMessage(message)
    Atomics.add(told, 0, 1)
    Atomics.notify(told, 0)
  }
  return {
    write(commands, done) {
      if (isDead) {
        setImmediate(done, faultOf(cause))
        return
      }
      waiting = done
      keepAlive()
      isBehind = true
      tell({ kind: 'write', text: JSON.stringify(commands) })
    },
    catchUp() {
      if (isDead) return Promise.resolve()
      const last = catchingUp.at(-1)
      if (!isBehind) return last?.promise ?? Promise.resolve()
      isBehind = false
      const waiter = Promise.withResolvers<void>()
      catchingUp.push(waiter)
      keepAlive()
      tell({ kind: 'catch_up' })
      return waiter.promise
    },
    keepUsage(order) {
      if (isDead) return Promise.reject(threadEnded(cause))
      const step = Promise.withResolvers<boolean>()
      steps.push(step)
      tell({ kind: 'keep_usage', order })
      return step.promise
    },
    async stop() {
      if (!isDead) tell({ kind: 'stop' })
      worker.ref()
      await ended
    },
  }
}

const threadEnded = (cause: unknown) => new StorageFault('The thread that writes has ended.', { cause })

const faultOf = (cause: unknown): GroupOutcome => ({ kind: 'disk_fault', error: threadEnded(cause) })

const outcomeOf = (message: GroupAnswer): GroupOutcome =>
  message.kind === 'written'
    ? { kind: 'written', refused: new Map(message.refused.map(([place, error]) => [place, errorOf(error)])) }
    : { kind: 'disk_fault', error: errorOf(message.error) }

const CLASSES: readonly (new (message: string) => Error)[] = [
  BookedBeforeError,
  CodeClaimedError,
  HoldNotOpenError,
]

function errorOf({ name, message, code }: SentError): Error {
  const Class = CLASSES.find((known) => known.name === name)
  if (Class) return new Class(message)
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code })
}
