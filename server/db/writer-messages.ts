// What the thread that writes and the one that started it tell each other.
import type { UsageStepOrder } from './usage-step.ts'
import type { WriteCommand } from './write-command.ts'

/** What the thread is started with. */
export interface WriterStart {
  readonly path: string
  /** How often it was told something: one number in shared memory, which it sleeps on. */
  readonly told: Int32Array<SharedArrayBuffer>
}

/** A group to write, as JSON; all of it to be brought into the tables; a step of the upkeep of usage; the end of all writing. */
export type ToWriter =
  | { readonly kind: 'write'; readonly text: string }
  | { readonly kind: 'catch_up' }
  | { readonly kind: 'keep_usage'; readonly order: UsageStepOrder }
  | { readonly kind: 'stop' }

/** An error loses its class on the way between threads; this is what is put together again on the other side. */
export interface SentError {
  readonly name: string
  readonly message: string
  /** Of an error of the driver. */
  readonly code: string | undefined
}

/** One for each group, in order. */
export type GroupAnswer =
  | { readonly kind: 'written'; readonly refused: readonly (readonly [place: number, error: SentError])[] }
  | { readonly kind: 'disk_fault'; readonly error: SentError }

/** One for each step of the upkeep, in order. */
export type UsageStepAnswer =
  | { readonly kind: 'usage_kept'; readonly isMore: boolean }
  | { readonly kind: 'usage_not_kept'; readonly error: SentError }

/** One for each time that it was to catch up, in order. */
export interface CaughtUpAnswer {
  readonly kind: 'caught_up'
  /** The disk did not take it. */
  readonly isBehind: boolean
}

/** Something that was answered for and that no table takes. */
export interface RefusedNotice {
  readonly kind: 'refused'
  readonly command: WriteCommand['kind']
  readonly requestId: string | undefined
  readonly error: SentError
}

export type FromWriter = GroupAnswer | UsageStepAnswer | CaughtUpAnswer | RefusedNotice
