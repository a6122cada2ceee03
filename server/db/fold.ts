// Writes what stands in the redo log into the tables, and how far it has come with it, in one transaction. What a table does
// not take is kept aside and takes nothing else with it.
import type { Journal } from './journal.ts'
import type { PackedCommand } from './packed-commands.ts'
import type { Pause } from './pauses.ts'
import { commandsIn } from './record-content.ts'
import type { RedoRecord } from './redo-log.ts'
import type { RedoPosition, RedoState } from './redo-position.ts'
import { isDiskFault } from './storage-fault.ts'

/** One command of a record. */
export interface LoggedCommand {
  readonly seq: number
  readonly command: PackedCommand
}

export interface RefusedCommand extends LoggedCommand {
  readonly error: unknown
}

export interface FoldOptions {
  readonly records: readonly RedoRecord[]
  /** What the database says of its log from then on. */
  readonly state: RedoState
  readonly onRefused: (refused: RefusedCommand) => void
  /** Called between records. */
  readonly pause: Pause
}

/** Throws where the disk does not take it, and then nothing of it is written. */
export function fold(journal: Journal, position: RedoPosition, options: FoldOptions): void {
  const { records, state, onRefused, pause } = options
  const commit = (): void => {
    position.write(state)
    journal.commit()
  }

  function together(): void {
    journal.begin()
    // One record after the other: what was made of it is gone before the engine would copy it.
    for (const record of records) {
      for (const { command } of commandsOf(record)) journal.execute(command)
      pause()
    }
    commit()
  }

  function apart(): void {
    const refused: RefusedCommand[] = []
    journal.begin()
    for (const logged of records.flatMap(commandsOf)) {
      try {
        journal.executeIsolated(logged.command)
      } catch (error) {
        if (isDiskFault(error)) throw error
        refused.push({ ...logged, error })
        position.keepRefused(logged.seq, logged.command, error)
      }
    }
    commit()
    for (const each of refused) onRefused(each)
  }

  try {
    together()
    return
  } catch (error) {
    journal.rollback()
    if (isDiskFault(error)) throw error
  }
  try {
    apart()
  } catch (error) {
    journal.rollback()
    throw error
  }
}

const commandsOf = ({ seq, content }: RedoRecord): LoggedCommand[] =>
  commandsIn(content).map((command) => ({ seq, command }))
