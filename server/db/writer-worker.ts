// The thread that writes, over a connection of its own: where the disk is slow, this waits for it, and no request's stream.
import { parentPort, workerData } from 'node:worker_threads'
import { createJournal } from './journal.ts'
import { openRaw } from './open-raw.ts'
import { type GroupOutcome, writeGroup } from './write-group.ts'
import type { FromWriter, SentError, ToWriter } from './writer-messages.ts'

const port = parentPort
if (!port) throw new Error('this runs as a worker thread')

// The path, as whoever started the thread gave it.
const raw = openRaw((workerData as { readonly path: string }).path)
const journal = createJournal(raw)

port.on('message', (message: ToWriter) => {
  if (message.kind === 'write') {
    port.postMessage(sent(writeGroup(journal, message.commands)))
    return
  }
  raw.close()
  port.close()
})

function sent(outcome: GroupOutcome): FromWriter {
  return outcome.kind === 'written'
    ? { kind: 'written', refused: [...outcome.refused].map(([place, error]) => [place, sentError(error)]) }
    : { kind: 'disk_fault', error: sentError(outcome.error) }
}

function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined }
  // The driver puts `code` on its errors, which is not in the type of Error.
  const { code } = error as { readonly code?: unknown }
  return { name: error.name, message: error.message, code: typeof code === 'string' ? code : undefined }
}
