// The thread that writes, over a connection of its own: where the disk is slow, this waits for it, and no request's stream.
// Between two groups it sleeps on a number in shared memory: an event loop of its own would take longer to wake than a small
// group takes to write.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createJournal } from './journal.ts'
import { openRaw } from './open-raw.ts'
import { createUsageStep, type UsageStepOrder } from './usage-step.ts'
import { type GroupOutcome, writeGroup } from './write-group.ts'
import type {
  FromWriter,
  GroupAnswer,
  SentError,
  ToWriter,
  UsageStepAnswer,
  WriterStart,
} from './writer-messages.ts'

const port = parentPort
if (!port) throw new Error('this runs as a worker thread')

// As whoever started the thread gave it.
const { path, told } = workerData as WriterStart
const raw = openRaw(path)
const journal = createJournal(raw)
const stepUsage = createUsageStep({ raw })

for (let isOpen = true; isOpen; ) {
  // What is told from here on changes the number, and there is no sleep.
  const before = Atomics.load(told, 0)
  const received = receiveMessageOnPort(port)
  // The other side posts nothing else.
  if (received) isOpen = carryOut(received.message as ToWriter)
  else Atomics.wait(told, 0, before)
}
raw.close()
port.close()

/** Whether there may be more to carry out. */
function carryOut(message: ToWriter): boolean {
  if (message.kind === 'write') answer(sent(writeGroup(journal, message.commands)))
  else if (message.kind === 'keep_usage') answer(keepUsage(message.order))
  return message.kind !== 'stop'
}

function answer(message: FromWriter): void {
  port?.postMessage(message)
}

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
