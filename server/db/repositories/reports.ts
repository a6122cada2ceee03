// Long reports, read by a thread of its own, so that no request waits for a screen's query. The thread is started with the
// first report and ends when nobody has asked for a while.
import { DatabaseThread } from '../database-thread.ts'
import type { ReportAnswer, ReportKind, ReportKinds, ReportQuestion } from './report-messages.ts'

export interface Reports {
  /** Rejects with a ReportsBusyError where too many wait. What is asked the same way while it waits is read once. */
  read<Kind extends ReportKind>(
    kind: Kind,
    request: ReportKinds[Kind]['request'],
  ): Promise<ReportKinds[Kind]['report']>
  stop(): Promise<void>
}

export class ReportsBusyError extends Error {
  override readonly name = 'ReportsBusyError'
}

interface Waiting {
  readonly question: ReportQuestion
  /** The question as text: equal questions are one. */
  readonly name: string
  readonly promise: Promise<unknown>
  readonly resolve: (report: unknown) => void
  readonly reject: (error: unknown) => void
}

const WAITING_MAX = 100
const IDLE_MS = 120_000
/** Longer than a report takes over many millions of rows; a disk that hangs must not block reports for ever. */
const REPORT_MS_MAX = 60_000

// The bundle keeps the worker beside it as a file of its own.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? '../report-worker.ts' : './report-worker.mjs',
  import.meta.url,
)

export const createReports = (databasePath: string): Reports => new ThreadedReports(databasePath)

class ThreadedReports implements Reports {
  readonly #databasePath: string
  #worker: DatabaseThread | undefined
  #running: Waiting | undefined
  readonly #queue: Waiting[] = []
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(databasePath: string) {
    this.#databasePath = databasePath
  }

  read<Kind extends ReportKind>(
    kind: Kind,
    request: ReportKinds[Kind]['request'],
  ): Promise<ReportKinds[Kind]['report']> {
    // The kind and its own request, which the compiler does not see as one of the union.
    const question = { kind, request } as ReportQuestion
    // What the thread answers to a kind is what the table of kinds says.
    return this.#ask(question) as Promise<ReportKinds[Kind]['report']>
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#end(new Error('The server is stopping.'))
    for (const { reject } of this.#queue.splice(0)) reject(new Error('The server is stopping.'))
  }

  #ask(question: ReportQuestion): Promise<unknown> {
    if (this.#isStopped) return Promise.reject(new Error('The server is stopping.'))
    const name = JSON.stringify(question)
    // Not the running one: it may have read before what the asker has just changed.
    const asked = this.#queue.find((waiting) => waiting.name === name)
    if (asked) return asked.promise
    if (this.#queue.length >= WAITING_MAX) {
      return Promise.reject(new ReportsBusyError(`${WAITING_MAX} reports are waiting already.`))
    }
    const waiting = { question, name, ...Promise.withResolvers<unknown>() }
    this.#queue.push(waiting)
    this.#next()
    return waiting.promise
  }

  #next(): void {
    if (this.#running) return
    clearTimeout(this.#timer)
    this.#running = this.#queue.shift()
    if (!this.#running) {
      if (this.#worker) this.#timer = setTimeout(() => void this.#end(), IDLE_MS).unref()
      return
    }
    this.#worker ??= this.#begin()
    this.#worker.postMessage(this.#running.question)
    this.#timer = setTimeout(
      () => void this.#end(new Error('A report took too long.')),
      REPORT_MS_MAX,
    ).unref()
  }

  #begin(): DatabaseThread {
    const worker = new DatabaseThread(WORKER_URL, { path: this.#databasePath })
    worker.unref()
    worker.on('message', (answer: ReportAnswer) => {
      if (worker !== this.#worker) return
      const running = this.#running
      this.#running = undefined
      if (answer.ok) running?.resolve(answer.report)
      else running?.reject(new Error(answer.message))
      this.#next()
    })
    worker.on('error', (error) => this.#fail(worker, error))
    worker.on('exit', () => this.#fail(worker, new Error('The thread that reads reports ended.')))
    return worker
  }

  #fail(worker: DatabaseThread, error: unknown): void {
    if (worker !== this.#worker) return
    void this.#end(error)
  }

  /** Ends the thread, and the report that it is reading; the next report starts another one. */
  async #end(error?: unknown): Promise<void> {
    clearTimeout(this.#timer)
    const worker = this.#worker
    this.#worker = undefined
    this.#running?.reject(error)
    this.#running = undefined
    await worker?.terminate()
    if (!this.#isStopped) this.#next()
  }
}
