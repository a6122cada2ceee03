// The thread that writes the tables, and hands it one task after the other. It is there while there is something to do: a
// thread takes a sixth of what an idle server takes.
// biome-ignore lint/style/noRestrictedImports: it ends by itself, when it is told to
import { Worker } from 'node:worker_threads'
import { BookedBeforeError, CodeClaimedError, HoldNotOpenError } from './journal-errors.ts'
import type { PackedCommand } from './packed-commands.ts'
import type { FilledHalf } from './redo-appender.ts'
import { newRedoMemory } from './redo-disk.ts'
import { StorageFault } from './storage-fault.ts'
import type { MadeLog } from './table-writer.ts'
import type { Tables } from './tables.ts'
import type { UsageStepOrder } from './usage-step.ts'
import type { GroupOutcome } from './write-group.ts'
import type {
  FromWriter,
  RefusedNotice,
  SentError,
  TaskAnswer,
  ToWriter,
  WriterStart,
  WriterTasks,
} from './writer-messages.ts'

// The bundle keeps the worker beside it as a file of its own.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './writer-worker.ts' : './writer-worker.mjs',
  import.meta.url,
)

/** How long it has had nothing to do when it ends: what a start left to do is done soon … */
const REST_AFTER_START_MS = 2_000
/** … and requests that come one by one are not to start it again and again, which takes some 30 ms of a core. */
const REST_AFTER_MS = 60_000

type Refused = Omit<RefusedNotice, 'kind' | 'error'> & { readonly error: Error }

export interface WriterThreadOptions {
  readonly onRefused: (refused: Refused) => void
  /** For tests: instead of the two above. */
  readonly restAfterMs?: number
  /** For tests: throws where the system gives no thread. */
  readonly startThread?: (...args: ConstructorParameters<typeof Worker>) => Worker
}

type Answer = WriterTasks[keyof WriterTasks]['answer']

interface Task {
  readonly message: ToWriter
  readonly answered: PromiseWithResolvers<Answer>
}

/**
 * Started by the first task, ended when it has had none for a while, and started again by the next. Where the thread dies at work,
 * whether its last task is on disk is not known, and nothing may be written after it that supposes either: from then on every
 * task ends as by a fault of the disk, until the server is started anew and reads the books.
 */
export const createWriterThread = (path: string, options: WriterThreadOptions): Tables =>
  new WriterThread(path, options)

class WriterThread implements Tables {
  readonly path: string
  readonly memory = newRedoMemory()
  readonly #onRefused: (refused: Refused) => void
  readonly #restAfterMs: number
  readonly #startThread: NonNullable<WriterThreadOptions['startThread']>
  /** Undefined while there is none. */
  #worker: Worker | undefined
  /** Each thread runs the code of the first one, whatever has been installed since. */
  #url = WORKER_URL
  #isFirst = true
  /** Whether this one has come to its first task. */
  #hasBegun = false
  /** When the last one is gone. */
  #ended: Promise<void> = Promise.resolve()
  /** In their order. A program lives until they are answered. */
  readonly #tasks: Task[] = []
  #restTimer: NodeJS.Timeout | undefined
  /** It was asked to end, and tasks wait until it has answered. */
  #isResting = false
  #isStopped = false
  #isDead = false
  #cause: unknown

  constructor(path: string, { onRefused, restAfterMs, startThread }: WriterThreadOptions) {
    this.path = path
    this.#onRefused = onRefused
    this.#restAfterMs = restAfterMs ?? REST_AFTER_MS
    this.#startThread = startThread ?? ((...args) => new Worker(...args))
    this.#restLater(restAfterMs ?? REST_AFTER_START_MS)
  }

  async write(commands: readonly PackedCommand[]): Promise<GroupOutcome> {
    try {
      const refused = await this.#order('write', commands)
      return { kind: 'written', refused: new Map(refused.map(([place, error]) => [place, errorOf(error)])) }
    } catch (error) {
      return { kind: 'disk_fault', error }
    }
  }

  makeLog(): Promise<MadeLog> {
    return this.#order('make_log', undefined)
  }

  fold(filled: FilledHalf): Promise<void> {
    return this.#order('fold', filled)
  }

  closeLog(): Promise<void> {
    return this.#order('close_log', undefined)
  }

  keepUsage(order: UsageStepOrder): Promise<boolean> {
    return this.#order('keep_usage', order)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#restNoMore()
    // Where it dies of it, it has ended as well.
    if (this.#worker) await this.#order('stop', undefined).catch(() => undefined)
    this.#worker?.ref()
    await this.#ended
  }

  #order<Kind extends keyof WriterTasks>(
    kind: Kind,
    ask: WriterTasks[Kind]['ask'],
  ): Promise<WriterTasks[Kind]['answer']> {
    if (this.#isDead) return Promise.reject(this.#threadEnded())
    // A task and its answer are of one kind, and answers come in the order of the tasks.
    const task: Task = { message: { kind, ask } as ToWriter, answered: Promise.withResolvers() }
    this.#tasks.push(task)
    if (this.#isResting) this.#worker?.ref()
    else this.#handAll([task])
    return task.answered.promise as Promise<WriterTasks[Kind]['answer']>
  }

  /** Where the system gives no thread, they are refused, and the next task tries again. */
  #handAll(tasks: readonly Task[]): void {
    try {
      this.#worker ??= this.#begin()
    } catch (error) {
      this.#cause = error
      this.#refuseAll()
      return
    }
    this.#worker.ref()
    for (const { message } of tasks) this.#worker.postMessage(message)
  }

  #begin(): Worker {
    const { path, memory } = this
    const workerData: WriterStart = { path, memory, isFirst: this.#isFirst }
    const worker = this.#startThread(this.#url, { workerData })
    this.#hasBegun = false
    // It is ended by `stop`; a program that ends without one is not kept alive by it.
    worker.unref()
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve()))
    worker.on('message', (message: FromWriter) => this.#hear(message))
    worker.on('error', (error) => {
      this.#cause = error
    })
    worker.once('exit', () => {
      // Otherwise it ended as it was told to.
      if (worker === this.#worker) this.#lose()
    })
    return worker
  }

  #hear(message: FromWriter): void {
    if (message.kind === 'begun') this.#begun(message.url)
    else if (message.kind === 'refused') this.#onRefused({ ...message, error: errorOf(message.error) })
    else if (this.#isResting) this.#rested(message)
    else this.#answer(message)
  }

  #answer(message: TaskAnswer): void {
    const task = this.#tasks.shift()
    if (this.#tasks.length === 0) {
      this.#worker?.unref()
      this.#restTimer?.refresh()
    }
    if (message.kind === 'done') task?.answered.resolve(message.answer)
    else task?.answered.reject(errorOf(message.error))
  }

  #begun(url: string): void {
    this.#hasBegun = true
    this.#isFirst = false
    this.#url = new URL(url)
  }

  /** One that has never begun has written nothing: for want of a descriptor, say. The next task tries again. */
  #lose(): void {
    if (this.#hasBegun) {
      this.#isDead = true
      this.#restNoMore()
    } else this.#worker = undefined
    this.#refuseAll()
  }

  #refuseAll(): void {
    for (const { answered } of this.#tasks.splice(0)) answered.reject(this.#threadEnded())
  }

  #threadEnded(): StorageFault {
    return new StorageFault('The thread that writes has ended.', { cause: this.#cause })
  }

  #restLater(ms: number): void {
    this.#restNoMore()
    if (!this.#isStopped) this.#restTimer = setTimeout(this.#rest, ms).unref()
  }

  #restNoMore(): void {
    clearTimeout(this.#restTimer)
    this.#restTimer = undefined
  }

  readonly #rest = (): void => {
    // The answer to a task starts the time again.
    if (!this.#worker || this.#tasks.length > 0) return
    this.#isResting = true
    this.#worker.postMessage({ kind: 'rest', ask: undefined } satisfies ToWriter)
  }

  #rested(message: TaskAnswer): void {
    this.#isResting = false
    // What could not be noted on disk is tried again.
    const hasEnded = message.kind === 'done' && message.answer === true
    if (hasEnded) this.#worker = undefined
    this.#restLater(this.#restAfterMs)
    if (this.#tasks.length > 0) this.#handAll(this.#tasks)
  }
}

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
