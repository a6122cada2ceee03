// Starts the thread that writes, and hands it one group after the other.
import { Worker } from 'node:worker_threads'
import { BookedBeforeError, CodeClaimedError, HoldNotOpenError } from './journal-errors.ts'
import { StorageFault } from './storage-fault.ts'
import type { GroupOutcome, GroupSink } from './write-group.ts'
import type {
  FromWriter,
  GroupAnswer,
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
export function startWriterThread(path: string): GroupSink {
  const told = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const worker = new Worker(WORKER_URL, { workerData: { path, told } satisfies WriterStart })
  // It is ended by `stop`; a program that ends without one is not kept alive by it.
  worker.unref()
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let waiting: ((outcome: GroupOutcome) => void) | undefined
  /** Steps of the upkeep that are under way; they keep no program alive. */
  let steps: PromiseWithResolvers<boolean>[] = []
  let isDead = false
  let cause: unknown

  const answer = (outcome: GroupOutcome): void => {
    const done = waiting
    waiting = undefined
    worker.unref()
    done?.(outcome)
  }
  const answerStep = (message: UsageStepAnswer): void => {
    const step = steps.shift()
    if (message.kind === 'usage_kept') step?.resolve(message.isMore)
    else step?.reject(errorOf(message.error))
  }
  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'written' || message.kind === 'disk_fault') answer(outcomeOf(message))
    else answerStep(message)
  })
  worker.on('error', (error) => {
    cause = error
  })
  worker.once('exit', () => {
    isDead = true
    answer(faultOf(cause))
    for (const step of steps) step.reject(threadEnded(cause))
    steps = []
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
      worker.ref()
      tell({ kind: 'write', commands })
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
