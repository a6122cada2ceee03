// What the writer can be told to write: plain data, so that a command can be handed to another thread as it is.
import type { NoticeContent } from '../../contract/operations/notices.ts'
import type { SubscriptionOrigin } from '../../contract/plans.ts'
import type { UsageRow } from '../../contract/usage.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Charge } from '../ledger/settle.ts'
import type { AuditRow } from './repositories/audit.ts'

export type BalanceChangeKind = 'top_up' | 'gift' | 'code' | 'correction' | 'refund' | 'charge' | 'write_off'

/** A hold as it is kept: whose it is, what it holds, and what a later look at it needs. */
export interface HoldRecord {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  readonly model: string
  readonly priceId: string
  readonly amountNanoUsd: NanoUsd
  /** The plan that pays; null where the balance does. */
  readonly planSubscriptionId: string | null
  /** When the request arrived. */
  readonly createdAt: number
}

export interface HoldCommand {
  readonly kind: 'hold'
  readonly hold: HoldRecord
}

export interface SettleCommand extends Settlement {
  readonly kind: 'settle'
}

/** A hold that comes to disk only now, with its settlement, all or nothing. Its request arrived when its usage row says. */
export interface HoldAndSettleCommand extends Settlement {
  readonly kind: 'hold_and_settle'
}

interface Settlement {
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
  /** What the audit says of it: written with it, or neither is. */
  readonly audit?: AuditRow | undefined
}

/** One person's plan as it is kept. */
export interface SubscriptionRow {
  readonly id: string
  readonly userId: string
  readonly planId: string
  readonly origin: SubscriptionOrigin
  readonly startedAt: number
  readonly endsAt: number
  readonly endedAt: number | null
}

/** A plan that begins, is extended or ends, and a code that is redeemed, with what that does to a balance: all or nothing. */
export interface GrantCommand {
  readonly kind: 'grant'
  /** Null where the balance stays as it is. */
  readonly change: Omit<BalanceChangeCommand, 'kind' | 'audit'> | null
  /** Inserted, or changed in when they end, in this order. */
  readonly subscriptions: readonly SubscriptionRow[]
  /** The plan that the change of the balance is about. */
  readonly planSubscriptionId: string | null
  readonly code: { readonly codeId: string; readonly userId: string } | null
  readonly createdAt: number
  readonly audit?: AuditRow | undefined
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
  /** Where it was made; null for the primary upstream. */
  readonly upstreamId: string | null
  readonly createdAt: number
}
/** `given`: an id that somebody gave to an item of their own, which is nobody's. */
export type OwnedKind = 'response' | 'item' | 'file' | 'given'

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

export interface NoticeCommand {
  readonly kind: 'notice'
  readonly notice: {
    readonly id: string
    readonly createdAt: number
    readonly userId: string
    readonly content: NoticeContent
  }
  /** A second notice of one person for the same thing is not written. */
  readonly onceFor: string
}

export interface KeyAddressCommand {
  readonly kind: 'key_address'
  readonly familyId: string
  readonly network: string
  readonly firstSeenAt: number
}

/** What every request brings, and the rest. */
export type WriteCommand = HoldCommand | SettleCommand | HoldAndSettleCommand | OtherCommand
export type OtherCommand =
  | ReleaseCommand
  | BalanceChangeCommand
  | GrantCommand
  | UsageCommand
  | OwnCommand
  | KeyUsesCommand
  | LimitCountersCommand
  | NoticeCommand
  | KeyAddressCommand
