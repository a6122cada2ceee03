// Starts the thread that writes the tables, and hands it one task after the other.
import { Worker } from 'node:worker_threads'
import { BookedBeforeError, CodeClaimedError, HoldNotOpenError } from './journal-errors.ts'
import { newRedoHalves } from './redo-disk.ts'
import { StorageFault } from './storage-fault.ts'
import type { Tables } from './tables.ts'
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

/**
 * Where the thread dies, whether its last task is on disk is not known, and nothing may be written after it that supposes
 * either: from then on every task ends as by a fault of the disk, until the server is started anew and reads the books.
 */
export function startWriterThread(
  path: string,
  onRefused: (refused: Omit<RefusedNotice, 'kind' | 'error'> & { readonly error: Error }) => void,
): Tables {
  const halves = newRedoHalves()
  const worker = new Worker(WORKER_URL, { workerData: { path, halves } satisfies WriterStart })
  // It is ended by `stop`; a program that ends without one is not kept alive by it.
  worker.unref()
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  /** In their order. A program lives until they are answered. */
  const tasks: PromiseWithResolvers<WriterTasks[keyof WriterTasks]['answer']>[] = []
  let isDead = false
  let cause: unknown

  const threadEnded = (): StorageFault => new StorageFault('The thread that writes has ended.', { cause })

  function answer(message: TaskAnswer): void {
    const task = tasks.shift()
    if (tasks.length === 0) worker.unref()
    if (message.kind === 'done') task?.resolve(message.answer)
    else task?.reject(errorOf(message.error))
  }
  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'refused') onRefused({ ...message, error: errorOf(message.error) })
    else answer(message)
  })
  worker.on('error', (error) => {
    cause = error
  })
  worker.once('exit', () => {
    isDead = true
    for (const task of tasks.splice(0)) task.reject(threadEnded())
  })

  function order<Kind extends keyof WriterTasks>(
    kind: Kind,
    ask: WriterTasks[Kind]['ask'],
  ): Promise<WriterTasks[Kind]['answer']> {
    if (isDead) return Promise.reject(threadEnded())
    const task = Promise.withResolvers<WriterTasks[keyof WriterTasks]['answer']>()
    tasks.push(task)
    worker.ref()
    // A task and its answer are of one kind, and answers come in the order of the tasks.
    worker.postMessage({ kind, ask } as ToWriter)
    return task.promise as Promise<WriterTasks[Kind]['answer']>
  }

  return {
    path,
    halves,
    async write(commands) {
      try {
        const refused = await order('write', commands)
        return { kind: 'written', refused: new Map(refused.map(([place, error]) => [place, errorOf(error)])) }
      } catch (error) {
        return { kind: 'disk_fault', error }
      }
    },
    makeLog: () => order('make_log', undefined),
    fold: (filled) => order('fold', filled),
    closeLog: () => order('close_log', undefined),
    keepUsage: (step) => order('keep_usage', step),
    async stop() {
      // Where it dies of it, it has ended as well.
      if (!isDead) await order('stop', undefined).catch(() => undefined)
      worker.ref()
      await ended
    },
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
