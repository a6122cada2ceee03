// The thread that writes, over a connection of its own: where the disk is slow, this waits for it, and no request's stream.
import { parentPort, workerData } from 'node:worker_threads'
import { createJournal } from './journal.ts'
import { openRaw } from './open-raw.ts'
import { createUsageStep, type UsageStepOrder } from './usage-step.ts'
import { type GroupOutcome, writeGroup } from './write-group.ts'
import type { GroupAnswer, SentError, ToWriter, UsageStepAnswer } from './writer-messages.ts'

const port = parentPort
if (!port) throw new Error('this runs as a worker thread')

// The path, as whoever started the thread gave it.
const raw = openRaw((workerData as { readonly path: string }).path)
const journal = createJournal(raw)
const stepUsage = createUsageStep({ raw })

port.on('message', (message: ToWriter) => {
  if (message.kind === 'write') {
    port.postMessage(sent(writeGroup(journal, message.commands)))
    return
  }
  if (message.kind === 'keep_usage') {
    port.postMessage(keepUsage(message.order))
    return
  }
  raw.close()
  port.close()
})

function keepUsage(order: UsageStepOrder): UsageStepAnswer {
  try {
    return { kind: 'usage_kept', isMore: stepUsage(order) }
  } catch (error) {
    return { kind: 'usage_not_kept', error: sentError(error) }
  }
}

function sent(outcome: GroupOutcome): GroupAnswer {
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
