// What the writer can be told to write: plain data, so that a command can be handed to another thread as it is.
import type { UsageRow } from '../../contract/usage.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Charge } from '../ledger/settle.ts'

export type BalanceChangeKind = 'top_up' | 'gift' | 'code' | 'correction' | 'refund' | 'charge' | 'write_off'

/** A hold as it is kept: whose it is, what it holds, and what a later look at it needs. */
export interface HoldRecord {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  readonly model: string
  readonly priceId: string
  readonly amountNanoUsd: NanoUsd
  /** When the request arrived. */
  readonly createdAt: number
}

export interface HoldCommand {
  readonly kind: 'hold'
  readonly hold: HoldRecord
}

export interface SettleCommand {
  readonly kind: 'settle'
  readonly hold: HoldRecord
  readonly charge: Charge
  readonly usage: UsageRow
  /** What it adds to the spending counters, in the windows that admitted the request. */
  readonly spending: readonly SpendingDelta[]
  /** When it was settled; the usage row carries the request's arrival. */
  readonly createdAt: number
}

export type SpendingKind = 'key' | 'plan'

/**
 * A difference and not a sum, because a settlement that the disk refused is written after later ones. It counts in a window
 * only where that is still the newest of its subject.
 */
export interface SpendingDelta {
  readonly kind: SpendingKind
  readonly subjectId: string
  readonly dayStartMs: number
  readonly weekStartMs: number
  readonly monthStartMs: number
  readonly nanoUsd: number
  readonly tokens: number
  readonly requests: number
}

export interface ReleaseCommand {
  readonly kind: 'release'
  readonly hold: HoldRecord
  readonly usage: UsageRow
  readonly createdAt: number
}

export interface BalanceChangeCommand {
  readonly kind: 'balance_change'
  readonly userId: string
  readonly changeKind: BalanceChangeKind
  readonly amountNanoUsd: NanoUsd
  readonly note: string
  readonly actorUserId: string | null
  readonly createdAt: number
  /** The gift that a person is owed once: written only while it is due, together with the end of that. */
  readonly isDefaultBalance?: boolean
  /** The request that a refund or a later charge is for; each happens once. */
  readonly requestId?: string | undefined
}

export interface UsageCommand {
  readonly kind: 'usage'
  readonly usage: UsageRow
}

export interface OwnCommand {
  readonly kind: 'own'
  readonly ownedKind: OwnedKind
  readonly id: string
  readonly userId: string
  readonly tokens: number | null
  readonly createdAt: number
}
export type OwnedKind = 'response' | 'item'

export interface KeyUsesCommand {
  readonly kind: 'key_uses'
  readonly uses: readonly KeyUse[]
}
export interface KeyUse {
  readonly keyId: string
  readonly at: number
  readonly address: string
  readonly client: string
}

/** Absolute counts of one person or key family: writing a row twice changes nothing. */
export interface LimitCounterRow {
  readonly kind: 'user' | 'key'
  readonly subjectId: string
  readonly minuteStartMs: number
  readonly minuteRequests: number
  readonly minuteTokens: number
  readonly hourStartMs: number
  readonly hourRequests: number
  readonly hourTokens: number
  readonly dayStartMs: number
  readonly dayRequests: number
  readonly dayTokens: number
}
export interface LimitCountersCommand {
  readonly kind: 'limit_counters'
  readonly rows: readonly LimitCounterRow[]
}

export type WriteCommand =
  | HoldCommand
  | SettleCommand
  | ReleaseCommand
  | BalanceChangeCommand
  | UsageCommand
  | OwnCommand
  | KeyUsesCommand
  | LimitCountersCommand
