// What the thread does that writes the tables, over a connection of its own, one task after the other: where the disk is slow, this
// waits for it, and no request's stream. In a file of its own, because parts of it are used elsewhere, where nothing may begin.
import { setPriority } from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import type { RefusedCommand } from './fold.ts'
import { openRaw } from './open-raw.ts'
import { commandName, requestIdOf } from './packed-commands.ts'
import { replayRedoLog } from './redo-replay.ts'
import { createTableWriter } from './table-writer.ts'
import { createUsageStep } from './usage-step.ts'
import type { FromWriter, SentError, ToWriter, WriterStart, WriterTasks } from './writer-messages.ts'

/** A little behind whatever answers requests, where both want the same core: only then is this ever waited for. */
const NICENESS = 5
/** Until it is told to stop. `url` is that of the code which has begun it. */
export function runWriter(port: MessagePort, { path, memory, isFirst }: WriterStart, url: string): void {
  /** On Linux a priority is a thread's own; elsewhere it would be that of the whole gateway. */
  if (process.platform === 'linux') setPriority(NICENESS)

  const raw = openRaw(path)
  // A start has done so before. Whoever opens a database without one must not lose what its log says.
  if (isFirst) replayRedoLog(raw)?.refused.forEach(tellRefused)
  const writer = createTableWriter(raw, { memory, onRefused: tellRefused })
  const stepUsage = createUsageStep({ raw })
  tell({ kind: 'begun', url })

  port.on('message', (message: ToWriter) => {
    try {
      tell({ kind: 'done', answer: carryOut(message) })
    } catch (error) {
      tell({ kind: 'failed', error: sentError(error) })
    }
    if (message.kind === 'stop' || !raw.open) port.close()
  })

  function carryOut(message: ToWriter): WriterTasks[keyof WriterTasks]['answer'] {
    switch (message.kind) {
      case 'write': {
        const outcome = writer.write(message.ask)
        if (outcome.kind === 'disk_fault') throw outcome.error
        return [...outcome.refused].map(([place, error]) => [place, sentError(error)])
      }
      case 'make_log':
        return writer.makeLog()
      case 'fold':
        return void writer.fold(message.ask)
      case 'close_log':
        return void writer.closeLog()
      case 'keep_usage':
        return stepUsage(message.ask)
      case 'rest':
        if (!writer.rest()) return false
        raw.close()
        return true
      case 'stop':
        return void raw.close()
    }
  }

  function tellRefused({ command, error }: RefusedCommand): void {
    const requestId = requestIdOf(command)
    tell({ kind: 'refused', command: commandName(command), requestId, error: sentError(error) })
  }

  function tell(message: FromWriter): void {
    port.postMessage(message)
  }
}

function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined }
  // The driver puts `code` on its errors, which is not in the type of Error.
  const { code } = error as { readonly code?: unknown }
  return { name: error.name, message: error.message, code: typeof code === 'string' ? code : undefined }
}
