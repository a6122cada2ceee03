// What the account book promises: to whoever takes holds, ends them, and changes balances.
import type { Refusal } from '../../contract/errors.ts'
import type { SpendingCaps } from '../../contract/limits.ts'
import type { Result } from '../../contract/result.ts'
import type { UsageRow } from '../../contract/usage.ts'
import type { AuditRow } from '../db/repositories/audit.ts'
import type { SpendingRow } from '../db/repositories/spending.ts'
import type { BalanceChangeKind, SubscriptionRow } from '../db/write-command.ts'
import type { GrantedHold, HoldAsk } from '../ledger/hold.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Charge } from '../ledger/settle.ts'
import type { KeySpending } from '../limits/decide-spending-cap.ts'
import type { Span } from '../limits/decide-window.ts'
import type { FundingSource } from './plan-funds.ts'

/** The time that spending is counted by: it never goes back. */
export interface SpendingTime {
  /** Unix milliseconds. */
  now(): number
  /** The operator's local day at a moment that `now()` has given. */
  windowsAt(nowMs: number): { readonly day: Span }
  /** The operator's local month. */
  monthAt(nowMs: number): Span
}

/** What a key shares with those that it was rotated from and to. */
export interface KeyFamily {
  readonly id: string
  readonly caps: SpendingCaps
}

export interface AccountState {
  readonly balanceNanoUsd: NanoUsd
  readonly creditLimitNanoUsd: NanoUsd
  readonly openHoldsNanoUsd: NanoUsd
  /** balance + credit limit − open holds. */
  readonly availableNanoUsd: NanoUsd
}

export interface HoldRequest {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  readonly keyFamily: KeyFamily
  readonly model: string
  readonly priceId: string
  readonly createdAt: number
  /** What is to pay; a plan that has ended by now leaves it to the balance. */
  readonly source: FundingSource['kind']
  readonly ask: HoldAsk
  /** Nothing of its answer goes out before it has ended, as far as is known: its row may go to disk together with its end. */
  readonly isAnsweredWhole?: boolean
}

export interface OpenHold extends Omit<HoldRequest, 'ask' | 'source' | 'isAnsweredWhole'>, GrantedHold {
  /** The plan that pays; null where the balance does. */
  readonly planSubscriptionId: string | null
  /** Resolves to true when the hold's row is on disk, to false where it could not be written (then the hold is gone). */
  readonly isOnDisk: Promise<boolean>
  /** Its row was handed in, and whether it is on disk is not known yet. */
  readonly isUnderWay: boolean
  /** Its row could not be written: it holds nothing, and nothing may be answered. */
  readonly isLost: boolean
  /** Aborted once, where it is lost. */
  whenLost: Abortable | undefined
}

/** What was begun on the strength of a hold. */
export interface Abortable {
  abort(): void
}

/** A plan that begins or ends, and a code that is redeemed, with what that does to a balance. */
export interface Grant {
  /** Null where the balance stays as it is. */
  readonly change: Omit<BalanceChange, 'audit'> | null
  readonly subscriptions: readonly SubscriptionRow[]
  /** The plan that the change of the balance is about. */
  readonly planSubscriptionId: string | null
  readonly code: { readonly codeId: string; readonly userId: string } | null
  readonly audit?: AuditRow | undefined
}

export interface BalanceChange {
  readonly userId: string
  readonly kind: BalanceChangeKind
  /** Signed. */
  readonly amountNanoUsd: NanoUsd
  readonly note: string
  readonly actorUserId: string | null
  /** The gift that a person is owed once; rejects where it is not due. */
  readonly isDefaultBalance?: boolean
  /** The request that a `refund` or a later `charge` is for; each happens once. */
  readonly requestId?: string | undefined
  /** What the audit says of it: on disk with it, or neither is. */
  readonly audit?: AuditRow | undefined
}

/** A hold that is open on disk, or about to be: its request is running, or its end is being written. */
export interface LivingHold {
  readonly requestId: string
  readonly userId: string
  readonly keyId: string
  readonly model: string
  readonly amountNanoUsd: NanoUsd
  readonly planSubscriptionId: string | null
  /** When the request arrived. */
  readonly createdAt: number
}

/** Every call throws for a person who does not exist: whoever asks has looked them up before. */
export interface AccountBook {
  state(userId: string): AccountState
  /**
   * What was spent with the keys of a family, in the windows that are open now. Where memory has counted nothing since the
   * start, it is what the disk says: `stored`, for whoever has read it.
   */
  keySpending(familyId: string, stored?: SpendingRow | null): KeySpending
  /**
   * Takes what is granted from what is available, at once, or refuses with `insufficient_quota`/`balance_on_hold`: the
   * smallest of what pays, the balance or the quotas of the plan, and the caps of the key decides. A grant of less output
   * than was asked for binds the caller to send that limit upstream.
   */
  openHold(request: HoldRequest): Result<OpenHold, Refusal>
  /** Resolves like its `isOnDisk`; one that would have waited for its end is written now. */
  putOnDisk(hold: OpenHold): Promise<boolean>
  /** What a charge can take beyond its hold, from what pays for it. */
  availableBeyond(hold: OpenHold): NanoUsd
  /**
   * Ends the hold in a charge. Memory changes at once, so the caller decides the charge from `availableBeyond()` in the same
   * turn. Resolves when hold, charge, balance, counters and usage row are on disk in one transaction; rejects, with the charge
   * undone, where they never will be: where the hold was to be written with it, that is lost then. A hold that was never written is not charged. Calling twice is a defect and throws.
   */
  settle(hold: OpenHold, charge: Charge, usage: UsageRow): Promise<void>
  /** Ends the hold without a charge. Resolves when it and its usage row are on disk. */
  release(hold: OpenHold, usage: UsageRow): Promise<void>
  /**
   * A typed change of the balance; refuses one that would bring available below zero (`balance_below_limit`), and one that
   * the disk does not take (`storage_unavailable`). Resolves when on disk. What is taken is gone at once, what is given can
   * be spent from then on. A second refund of a request is refused (`already_refunded`), and a second end of a possible
   * loss (`loss_already_resolved`).
   */
  changeBalance(change: BalanceChange): Promise<Result<AccountState, Refusal>>
  /**
   * Sets how far below zero the balance may go, at once; refuses what is in use already (`credit_limit_in_use`). `write`
   * puts it on disk, with whatever belongs to it: where that throws, nothing changes.
   */
  setCreditLimit(
    userId: string,
    creditLimitNanoUsd: NanoUsd,
    write: () => void,
  ): Result<AccountState, Refusal>
  /** Every hold that may be open on disk for a good reason, in no order. */
  livingHolds(): LivingHold[]
  /** All holds that are open now. */
  openHolds(): { readonly count: number; readonly amountNanoUsd: NanoUsd }
  /**
   * A change of a balance, or none, together with what comes with it, all or nothing; refuses with `code_not_valid` where
   * the code was claimed in the meantime.
   */
  grant(grant: Grant): Promise<Result<void, Refusal>>
  /** A row for a request that never got a hold. Not awaited by anyone's answer. */
  recordRefused(usage: UsageRow): void
  /** Resolves when everything handed in so far is on disk. */
  flush(): Promise<void>
}
