// The thread that checks the ledger, over a connection of its own that can only read. It rests between its steps, so that a
// long ledger does not take a core from the requests.
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { loadSqlite } from './database-thread.ts'
import { openDatabase } from './open.ts'
import { createLedgerCheck } from './repositories/ledger-check.ts'
import type { CheckAnswer, CheckMessage } from './repositories/ledger-check-messages.ts'

loadSqlite()

/** A few milliseconds of work. */
const ENTRIES_AT_A_TIME = 500
/** It works a quarter of the time. */
const REST_TIMES = 3
const REST_MS_MIN = 1
const STEPS_PER_PROGRESS = 20

const port = parentPort

const tell = (message: CheckMessage): void => port?.postMessage(message)

async function check(path: string): Promise<void> {
  const db = openDatabase(path, { readonly: true })
  try {
    // Every page is read once, so there is nothing to gain from keeping many.
    db.raw.pragma('cache_size = -2048')
    const running = createLedgerCheck(db, ENTRIES_AT_A_TIME)
    const { entriesTotal } = running
    for (let steps = 1; ; steps += 1) {
      const startedMs = performance.now()
      if (!running.step()) break
      if (steps % STEPS_PER_PROGRESS === 0) tell({ kind: 'progress', entries: running.entries, entriesTotal })
      const workedMs = performance.now() - startedMs
      await new Promise((resolve) => setTimeout(resolve, Math.max(REST_MS_MIN, REST_TIMES * workedMs)))
    }
    const open = running.finish()
    if (open.length > 0) running.reportLeaked(await withoutLife(open))
    const { entries, findings, findingsTotal } = running
    tell({ kind: 'result', entries, findings, findingsTotal })
  } finally {
    db.close()
  }
}

/**
 * Of requests whose holds are open on disk, those that no request lives for. A hold that ended since is not among the living
 * any more, but its end is on disk by then: so the disk is looked at once more after this answer.
 */
function withoutLife(requestIds: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve) => {
    port?.once('message', (answer: CheckAnswer) => resolve(answer.withoutLife))
    tell({ kind: 'open_holds', requestIds })
  })
}

/** On Linux a priority is a thread's own; elsewhere it would be that of the whole gateway. */
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)

// The path, as whoever started the thread gave it.
await check((workerData as { readonly path: string }).path)
