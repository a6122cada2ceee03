// Writes what stands in the redo log into the tables, and how far it has come with it, in one transaction. What a table does
// not take is kept aside and takes nothing else with it.
import type { Journal } from './journal.ts'
import type { PackedCommand } from './packed-commands.ts'
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

export interface Fold {
  /** Carries out so many of its commands; true when all of it is on disk. Where it throws, nothing of it is. */
  step(count: number): boolean
}

/** `state` is what the database says of its log from then on. */
export function startFold(
  journal: Journal,
  position: RedoPosition,
  {
    commands,
    state,
    onRefused,
  }: {
    readonly commands: readonly LoggedCommand[]
    readonly state: RedoState
    readonly onRefused: (refused: RefusedCommand) => void
  },
): Fold {
  let at = 0

  function commitWith(): boolean {
    position.write(state)
    journal.commit()
    return true
  }

  function together(count: number): boolean {
    if (at === 0) journal.begin()
    const end = Math.min(commands.length, at + count)
    for (; at < end; at += 1) {
      const logged = commands[at]
      if (logged) journal.execute(logged.command)
    }
    return at === commands.length && commitWith()
  }

  function apart(): boolean {
    const refused: RefusedCommand[] = []
    journal.begin()
    for (const logged of commands) {
      try {
        journal.executeIsolated(logged.command)
      } catch (error) {
        if (isDiskFault(error)) throw error
        refused.push({ ...logged, error })
        position.keepRefused(logged.seq, logged.command, error)
      }
    }
    commitWith()
    for (const each of refused) onRefused(each)
    return true
  }

  return {
    step(count) {
      try {
        return together(count)
      } catch (error) {
        journal.rollback()
        at = 0
        if (isDiskFault(error)) throw error
      }
      try {
        return apart()
      } catch (error) {
        journal.rollback()
        throw error
      }
    },
  }
}

/** All of it at once. */
export function foldAtOnce(...args: Parameters<typeof startFold>): void {
  startFold(...args).step(Number.POSITIVE_INFINITY)
}
