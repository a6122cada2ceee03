// What the thread that checks the ledger and the one that started it tell each other.
import type { LedgerFinding } from '../../../contract/operations/ledger.ts'

export type CheckMessage =
  | { readonly kind: 'progress'; readonly entries: number; readonly entriesTotal: number }
  /** Asks which of these requests nobody lives for. */
  | { readonly kind: 'open_holds'; readonly requestIds: readonly string[] }
  | {
      readonly kind: 'result'
      readonly entries: number
      readonly findings: readonly LedgerFinding[]
      readonly findingsTotal: number
    }

export interface CheckAnswer {
  readonly withoutLife: readonly string[]
}
