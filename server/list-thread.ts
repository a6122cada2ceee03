// Lists, read by a thread of its own, so that requests share theirs with no query and no JSON of a screen. The thread is
// started by the first list and ends when nobody has asked for a while. Until it is there, and where it cannot be, lists are
// read here.
import { setImmediate } from 'node:timers/promises'
import { DatabaseThread } from './db/database-thread.ts'
import { StorageFault } from './db/storage-fault.ts'
import {
  type ListKind,
  type ListKinds,
  type ListQuestion,
  type Lists,
  ListsBusyError,
} from './operations/lists/list-kinds.ts'

export interface NumberedQuestion {
  readonly id: number
  readonly question: ListQuestion
}

export type ListAnswer =
  | { readonly id: number; readonly ok: true; readonly answer: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly isStorageFault: boolean }

interface Waiting {
  readonly question: ListQuestion
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

const WAITING_MAX = 200
const IDLE_MS = 120_000
/** Far longer than any list takes; a disk that hangs must not keep anybody waiting for ever. */
const ANSWER_MS_MAX = 30_000
/** After a thread that failed, so that a broken one is not started for every list. */
const NEXT_START_MS = 60_000
/** These can take longer than requests should wait, so they wait for the thread to be there. */
const LONG: ReadonlySet<ListKind> = new Set(['statement', 'overview'])

// The bundle keeps the worker beside it as a file of its own.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './list-worker.ts' : './list-worker.mjs',
  import.meta.url,
)

interface ThreadedListsDeps {
  readonly databasePath: string
  /** The same over the connection of this thread. */
  readonly readHere: (question: ListQuestion) => unknown
  readonly onFailure: (error: unknown) => void
  /** For tests: another file. */
  readonly workerUrl?: URL
}

export interface ThreadedLists extends Lists {
  stop(): Promise<void>
}

export const createLists = (deps: ThreadedListsDeps): ThreadedLists => new ListsInThread(deps)

class ListsInThread implements ThreadedLists {
  readonly #deps: ThreadedListsDeps
  #worker: DatabaseThread | undefined
  #isReady = false
  #isStopped = false
  /** `performance.now()` of the last failure. */
  #failedAt = Number.NEGATIVE_INFINITY
  #lastId = 0
  readonly #waiting = new Map<number, Waiting>()
  #timer: NodeJS.Timeout | undefined

  constructor(deps: ThreadedListsDeps) {
    this.#deps = deps
  }

  read<Kind extends ListKind>(
    kind: Kind,
    request: ListKinds[Kind]['request'],
  ): Promise<ListKinds[Kind]['answer']> {
    // The kind and its own request, which the compiler does not see as one of the union.
    const question = { kind, request } as ListQuestion
    // What is answered to a kind is what the table of kinds says.
    return this.#ask(question) as Promise<ListKinds[Kind]['answer']>
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    const worker = this.#forget()
    for (const { reject } of this.#takeWaiting()) reject(new Error('The server is stopping.'))
    await worker?.terminate()
  }

  async #ask(question: ListQuestion): Promise<unknown> {
    if (this.#isStopped) throw new Error('The server is stopping.')
    if (this.#waiting.size >= WAITING_MAX) {
      throw new ListsBusyError(`${WAITING_MAX} lists are waiting already.`)
    }
    const worker = this.#worker ?? this.#begin()
    if (!worker || (!this.#isReady && !LONG.has(question.kind))) {
      // What waits for this thread comes first: requests, and word that the other one is there.
      await setImmediate()
      return this.#deps.readHere(question)
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#lastId += 1
    const asked: NumberedQuestion = { id: this.#lastId, question }
    this.#waiting.set(asked.id, { question, resolve, reject })
    worker.postMessage(asked)
    if (this.#waiting.size === 1) this.#watch()
    return promise
  }

  #begin(): DatabaseThread | undefined {
    if (performance.now() - this.#failedAt < NEXT_START_MS) return undefined
    const worker = new DatabaseThread(this.#deps.workerUrl ?? WORKER_URL, {
      path: this.#deps.databasePath,
    })
    worker.unref()
    worker.on('message', (message: ListAnswer | 'ready') => {
      if (worker !== this.#worker) return
      if (message === 'ready') this.#isReady = true
      else this.#answer(message)
    })
    worker.on('error', (error) => this.#fail(worker, error))
    worker.on('exit', () => this.#fail(worker, new Error('The thread that reads lists ended.')))
    this.#worker = worker
    this.#watch()
    return worker
  }

  #answer(answer: ListAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    this.#watch()
    if (answer.ok) waiting?.resolve(answer.answer)
    else waiting?.reject(answer.isStorageFault ? new StorageFault(answer.message) : new Error(answer.message))
  }

  /** Ends the thread where nobody has asked for a while, or where it has not answered for too long. */
  #watch(): void {
    clearTimeout(this.#timer)
    const isIdle = this.#waiting.size === 0
    const end = () => (isIdle ? this.#forget()?.terminate() : this.#giveUp())
    this.#timer = setTimeout(() => void end(), isIdle ? IDLE_MS : ANSWER_MS_MAX).unref()
  }

  /** What the disk does not give to one thread it does not give to another. */
  #giveUp(): void {
    const error = new StorageFault('The thread that reads lists does not answer.')
    this.#failedAt = performance.now()
    this.#deps.onFailure(error)
    void this.#forget()?.terminate()
    for (const { reject } of this.#takeWaiting()) reject(error)
  }

  /** Whatever it has not answered is read here. */
  #fail(worker: DatabaseThread, error: unknown): void {
    if (worker !== this.#worker) return
    this.#failedAt = performance.now()
    this.#forget()
    this.#deps.onFailure(error)
    void this.#readInstead(this.#takeWaiting())
  }

  async #readInstead(waiting: readonly Waiting[]): Promise<void> {
    for (const { question, resolve, reject } of waiting) {
      await setImmediate()
      try {
        resolve(await this.#deps.readHere(question))
      } catch (error) {
        reject(error)
      }
    }
  }

  #forget(): DatabaseThread | undefined {
    clearTimeout(this.#timer)
    const worker = this.#worker
    this.#worker = undefined
    this.#isReady = false
    return worker
  }

  #takeWaiting(): Waiting[] {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    return waiting
  }
}
