// What the thread that writes the tables and the one that started it tell each other.
import type { PackedCommand } from './packed-commands.ts'
import type { FilledHalf } from './redo-appender.ts'
import type { MadeLog } from './table-writer.ts'
import type { UsageStepOrder } from './usage-step.ts'
import type { WriteCommand } from './write-command.ts'

/** What the thread is started with. */
export interface WriterStart {
  readonly path: string
  /** What has both halves of the redo log. */
  readonly memory: SharedArrayBuffer
  /** Whether none was there before, so that a log that lies there is not the one in this memory. */
  readonly isFirst: boolean
}

/** An error loses its class on the way between threads; this is what is put together again on the other side. */
export interface SentError {
  readonly name: string
  readonly message: string
  /** Of an error of the driver. */
  readonly code: string | undefined
}

/** What it can be told to do, with what, and what it answers where it could. */
export interface WriterTasks {
  /** A group at once; which of its commands are refused. */
  readonly write: {
    readonly ask: readonly PackedCommand[]
    readonly answer: readonly (readonly [place: number, error: SentError])[]
  }
  readonly make_log: { readonly ask: undefined; readonly answer: MadeLog }
  readonly fold: { readonly ask: FilledHalf; readonly answer: undefined }
  readonly close_log: { readonly ask: undefined; readonly answer: undefined }
  /** Whether more is due. */
  readonly keep_usage: { readonly ask: UsageStepOrder; readonly answer: boolean }
  /** To end for now, where it knows nothing that the next one would not find; whether it does. */
  readonly rest: { readonly ask: undefined; readonly answer: boolean }
  readonly stop: { readonly ask: undefined; readonly answer: undefined }
}

export type ToWriter = {
  [Kind in keyof WriterTasks]: { readonly kind: Kind; readonly ask: WriterTasks[Kind]['ask'] }
}[keyof WriterTasks]

/** One for each task, in order. */
export type TaskAnswer =
  | { readonly kind: 'done'; readonly answer: WriterTasks[keyof WriterTasks]['answer'] }
  | { readonly kind: 'failed'; readonly error: SentError }

/** Something that was answered for and that no table takes. */
export interface RefusedNotice {
  readonly kind: 'refused'
  readonly command: WriteCommand['kind']
  readonly requestId: string | undefined
  readonly error: SentError
}

/** Told before anything else. */
interface BegunNotice {
  readonly kind: 'begun'
  /** Of the code that runs. */
  readonly url: string
}

export type FromWriter = TaskAnswer | RefusedNotice | BegunNotice
