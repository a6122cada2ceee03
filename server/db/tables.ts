// The tables, for whoever answers for the redo log: written elsewhere, one task after the other, in the order in which they
// are asked for. A promise rejects where the disk does not take it, and then nothing of it is written.
import type { PackedCommand } from './packed-commands.ts'
import type { FilledHalf } from './redo-appender.ts'
import type { MadeLog } from './table-writer.ts'
import type { UsageStepOrder } from './usage-step.ts'
import type { GroupOutcome } from './write-group.ts'

export interface Tables {
  /** Of the database. */
  readonly path: string
  /** What has both halves of the log; what is folded is read from it. */
  readonly memory: SharedArrayBuffer
  /** A group at once, behind what was folded before. Rejects never. */
  write(commands: readonly PackedCommand[]): Promise<GroupOutcome>
  makeLog(): Promise<MadeLog>
  fold(filled: FilledHalf): Promise<void>
  /** Nothing in the log counts any more. */
  closeLog(): Promise<void>
  /** Whether more is due. */
  keepUsage(order: UsageStepOrder): Promise<boolean>
  stop(): Promise<void>
}
