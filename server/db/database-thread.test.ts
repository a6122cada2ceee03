import { once } from 'node:events'
import { expect, test } from 'vitest'
import { DatabaseThread, threadsLoaded } from './database-thread.ts'

const threadThat = (does: string): { thread: DatabaseThread; isDone: Int32Array } => {
  const isDone = new Int32Array(new SharedArrayBuffer(4))
  const url = new URL(
    `data:text/javascript,import { workerData } from 'node:worker_threads'; const { isDone, isSqliteLoaded } = workerData; ${does}`,
  )
  return { thread: new DatabaseThread(url, { isDone }), isDone }
}

/** Less than is waited for one that never loads it. */
const AT_ONCE_MS = 9_000

test(
  'a thread that is ended at once has loaded SQLite before it ends, whatever it is at by then',
  async () => {
    const { thread, isDone } = threadThat(
      'setTimeout(() => { isDone[0] = 1; isSqliteLoaded[0] = 1; while (true); }, 100)',
    )
    await thread.terminate()
    expect(isDone[0]).toBe(1)
    expect(thread.threadId).toBe(-1)
  },
  AT_ONCE_MS,
)

test(
  'the end of the process can wait for threads that nobody ends',
  async () => {
    const { thread } = threadThat(
      'setTimeout(() => { isSqliteLoaded[0] = 1 }, 100); setInterval(() => {}, 1_000)',
    )
    await threadsLoaded()
    expect(thread.hasLoadedSqlite).toBe(true)
    expect(thread.threadId).not.toBe(-1)
    await thread.terminate()
    await threadsLoaded()
  },
  AT_ONCE_MS,
)

test(
  'of one that ended before, or fails at its beginning, nothing is waited for',
  async () => {
    const { thread: ended } = threadThat('')
    await once(ended, 'exit')
    await ended.terminate()
    const { thread: failing } = threadThat('throw new Error("no")')
    const failed = once(failing, 'error')
    await failing.terminate()
    await failed
    expect(failing.threadId).toBe(-1)
  },
  AT_ONCE_MS,
)

test.each([
  '../list-worker.ts',
  './report-worker.ts',
  './ledger-check-worker.ts',
  '../backups/backup-worker.ts',
])('%s loads it first', async (path) => {
  const thread = new DatabaseThread(new URL(path, import.meta.url), { path: '/nowhere/gateway.db', job: {} })
  thread.on('error', () => undefined)
  await new Promise((resolve) => thread.once('exit', resolve))
  expect(thread.hasLoadedSqlite).toBe(true)
})
