// A thread that opens databases. Ended while it loads SQLite's add-on, it takes the whole process with it: the add-on makes an
// error then, for which it asks Node in vain, and calls `napi_fatal_error` (`FATAL ERROR: Error::New napi_get_last_error_info`,
// better-sqlite3 13.2 on Node 24.21). So nobody ends one before it has loaded it.
import { setTimeout } from 'node:timers/promises'
// biome-ignore lint/style/noRestrictedImports: this is what the others are to take
import { Worker, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

/** What such a thread is started with, besides what it is to do. Zero, until the add-on is there. */
interface DatabaseThreadData {
  readonly isSqliteLoaded: Int32Array
}

const LOOKED_EVERY_MS = 2
/** One that has not come to it by then hangs before it. */
const LOADED_MS_MAX = 10_000

/** Those that have not ended. */
const living = new Set<DatabaseThread>()

export class DatabaseThread extends Worker {
  readonly #isSqliteLoaded: Int32Array

  /** `url`: of a file that calls `loadSqlite` first. `data`: its `workerData`. */
  constructor(url: URL, data: object) {
    const isSqliteLoaded = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    super(url, { workerData: { ...data, isSqliteLoaded } satisfies DatabaseThreadData })
    this.#isSqliteLoaded = isSqliteLoaded
    living.add(this)
    this.once('exit', () => living.delete(this))
  }

  /** Waits for the add-on, and ends the thread then, whatever it is at. */
  override async terminate(): Promise<number> {
    await this.untilLoaded()
    return super.terminate()
  }

  async untilLoaded(): Promise<void> {
    const untilMs = performance.now() + LOADED_MS_MAX
    while (!this.hasLoadedSqlite && !this.#hasEnded && performance.now() < untilMs) {
      await setTimeout(LOOKED_EVERY_MS)
    }
  }

  get hasLoadedSqlite(): boolean {
    return Atomics.load(this.#isSqliteLoaded, 0) === 1
  }

  get #hasEnded(): boolean {
    return this.threadId === -1
  }
}

/** Resolves when no thread is loading the add-on: to be waited for before the process ends, which ends its threads. */
export async function threadsLoaded(): Promise<void> {
  await Promise.all([...living].map((thread) => thread.untilLoaded()))
}

/** In the thread, before it does anything that may take long. */
export function loadSqlite(): void {
  new Database(':memory:').close()
  // As whoever started the thread gave it.
  Atomics.store((workerData as DatabaseThreadData).isSqliteLoaded, 0, 1)
}
