// The thread that reads lists, over a connection of its own that can only read, one after another in the order of asking.
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { loadSqlite } from './db/database-thread.ts'
import { openDatabase } from './db/open.ts'
import { createRepositories } from './db/repositories/repositories.ts'
import { isStorageFault } from './db/storage-fault.ts'
import type { ListAnswer, NumberedQuestion } from './list-thread.ts'
import type { ListQuestion } from './operations/lists/list-kinds.ts'
import { createListReader } from './operations/lists/read-list.ts'

loadSqlite()

/** On Linux a priority is a thread's own; elsewhere it would be that of the whole gateway. Before reports, behind requests. */
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

// The path, as whoever started the thread gave it.
const db = openDatabase((workerData as { readonly path: string }).path, { readonly: true })
const read = createListReader(createRepositories(db))

/** Begins anew for each question, so that it sees what was written before it was asked; and sees it all at one moment. */
const readAtOnce = db.raw.transaction((question: ListQuestion) => read(question))

function answerTo({ id, question }: NumberedQuestion): ListAnswer {
  try {
    return { id, ok: true, answer: readAtOnce(question) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { id, ok: false, message, isStorageFault: isStorageFault(error) }
  }
}

parentPort?.on('message', (asked: NumberedQuestion) => parentPort?.postMessage(answerTo(asked)))
parentPort?.postMessage('ready')
