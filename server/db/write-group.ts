// Writes a group of commands in one transaction. One that cannot be written must not take the others with it, nor cost each
// of them a commit.
import type { Journal } from './journal.ts'
import type { PackedCommand } from './packed-commands.ts'
import { isDiskFault } from './storage-fault.ts'
import type { UsageStep, UsageStepOrder } from './usage-step.ts'

export type GroupOutcome =
  /** On disk, but for the commands of these places, which never will be. */
  | { readonly kind: 'written'; readonly refused: ReadonlyMap<number, unknown> }
  /** The disk was at fault, and nothing of the group is written. */
  | { readonly kind: 'disk_fault'; readonly error: unknown }

/** Whatever gets groups to disk: here at once, or by a log with a thread behind it. Groups are answered for in their order. */
export interface GroupSink {
  /** Whether a group is always answered for later than `write` returns. */
  readonly answersLater: boolean
  write(commands: readonly PackedCommand[], done: (outcome: GroupOutcome) => void): void
  /** Resolves when all that was written stands in the tables, or to false when the disk has refused it. */
  catchUp(): Promise<boolean>
  /** Does a step between two groups; rejects where it could not be done, which changes nothing. */
  keepUsage(order: UsageStepOrder): Promise<boolean>
  stop(): Promise<void>
}

const NONE: ReadonlyMap<number, unknown> = new Map()

export function writeGroup(journal: Journal, commands: readonly PackedCommand[]): GroupOutcome {
  try {
    journal.begin()
    for (const command of commands) journal.execute(command)
    journal.commit()
    return { kind: 'written', refused: NONE }
  } catch (error) {
    journal.rollback()
    if (isDiskFault(error)) return { kind: 'disk_fault', error }
  }
  try {
    return { kind: 'written', refused: writeApart(journal, commands) }
  } catch (error) {
    journal.rollback()
    if (isDiskFault(error)) return { kind: 'disk_fault', error }
    return { kind: 'written', refused: new Map(commands.map((_, place) => [place, error])) }
  }
}

function writeApart(journal: Journal, commands: readonly PackedCommand[]): ReadonlyMap<number, unknown> {
  const refused = new Map<number, unknown>()
  journal.begin()
  commands.forEach((command, place) => {
    try {
      journal.executeIsolated(command)
    } catch (error) {
      if (isDiskFault(error)) throw error
      refused.set(place, error)
    }
  })
  journal.commit()
  return refused
}

/** Writes in the thread that asks, which waits for the disk meanwhile. */
export const writeHere = (journal: Journal, stepUsage: UsageStep): GroupSink => ({
  answersLater: false,
  write: (commands, done) => done(writeGroup(journal, commands)),
  catchUp: () => Promise.resolve(true),
  keepUsage: async (order) => stepUsage(order),
  stop: () => Promise.resolve(),
})
