// What the thread that writes and the one that started it tell each other.
import type { PackedCommand } from './packed-commands.ts'
import type { UsageStepOrder } from './usage-step.ts'

/** What the thread is started with. */
export interface WriterStart {
  readonly path: string
  /** How often it was told something: one number in shared memory, which it sleeps on. */
  readonly told: Int32Array<SharedArrayBuffer>
}

/** A group to write, a step of the upkeep of usage, or the end of all writing. */
export type ToWriter =
  | { readonly kind: 'write'; readonly commands: readonly PackedCommand[] }
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

export type FromWriter = GroupAnswer | UsageStepAnswer
