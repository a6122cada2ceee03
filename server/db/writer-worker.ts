// The thread that writes, over a connection of its own: where the disk is slow, this waits for it, and no request's stream.
// Between two groups it sleeps on a number in shared memory: an event loop of its own would take longer to wake than a small
// group takes to write.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { RefusedCommand } from './fold.ts'
import { createFoldingWriter } from './folding-writer.ts'
import { openRaw } from './open-raw.ts'
import { commandName, requestIdOf } from './packed-commands.ts'
import { replayRedoLog } from './redo-replay.ts'
import { createUsageStep, type UsageStepOrder } from './usage-step.ts'
import type { GroupOutcome } from './write-group.ts'
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
// A start has done so before. Whoever opens a database without one must not lose what its log says.
replayRedoLog(raw)?.refused.forEach(tellRefused)
const writer = createFoldingWriter(raw, { onRefused: tellRefused, nowMs: () => performance.now() })
const stepUsage = createUsageStep({ raw })

for (let isOpen = true; isOpen; ) {
  // What is told from here on changes the number, and there is no sleep.
  const before = Atomics.load(told, 0)
  const received = receiveMessageOnPort(port)
  // The other side posts nothing else.
  if (received) isOpen = carryOut(received.message as ToWriter)
  // A group never waits for more than one step, and the steps never wait for there to be no group.
  if (isOpen) writer.step()
  if (!received) Atomics.wait(told, 0, before, Math.max(0, writer.msUntilDue()))
}
writer.stop()
raw.close()
port.close()

/** Whether there may be more to carry out. */
function carryOut(message: ToWriter): boolean {
  switch (message.kind) {
    case 'write':
      answer(sent(writer.write(message.text)))
      break
    case 'catch_up':
      answer({ kind: 'caught_up', isBehind: !writer.catchUp() })
      break
    case 'keep_usage':
      writer.catchUp()
      answer(keepUsage(message.order))
      break
    case 'stop':
      return false
  }
  return true
}

function tellRefused({ command, error }: RefusedCommand): void {
  const requestId = requestIdOf(command)
  answer({ kind: 'refused', command: commandName(command), requestId, error: sentError(error) })
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
