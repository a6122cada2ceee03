// Where the thread begins that writes the tables.
import { parentPort, workerData } from 'node:worker_threads'
import { runWriter } from './writer-loop.ts'
import type { WriterStart } from './writer-messages.ts'

if (!parentPort) throw new Error('this runs as a worker thread')
// As whoever started the thread gave it.
runWriter(parentPort, workerData as WriterStart, import.meta.url)
