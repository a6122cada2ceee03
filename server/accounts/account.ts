// What the account book promises: to whoever takes holds, ends them, and changes balances.
import type { Refusal } from '../../contract/errors.ts'
import type { SpendingCaps } from '../../contract/limits.ts'
import type { Result } from '../../contract/result.ts'
import type { UsageRow } from '../../contract/usage.ts'
import type { BalanceChangeKind } from '../db/write-command.ts'
import type { GrantedHold, HoldAsk } from '../ledger/hold.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Charge } from '../ledger/settle.ts'
import type { KeySpending } from '../limits/decide-spending-cap.ts'
import type { Span } from '../limits/decide-window.ts'

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
  readonly ask: HoldAsk
}

export interface OpenHold extends Omit<HoldRequest, 'ask'>, GrantedHold {
  /** Settles when the hold's row is on disk; rejects where it could not be written (then the hold is gone). */
  readonly committed: Promise<void>
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
}

/** Every call throws for a person who does not exist: whoever asks has looked them up before. */
export interface AccountBook {
  /** What running requests hold, all together. */
  openHolds(): { readonly count: number; readonly amountNanoUsd: NanoUsd }
  state(userId: string): AccountState
  /** What was spent with the keys of a family, in the windows that are open now. */
  keySpending(familyId: string): KeySpending
  /**
   * Takes what is granted from what is available, at once, or refuses with `insufficient_quota`/`balance_on_hold`: the
   * smaller of the balance and the caps of the key decides. A grant of less output than was asked for binds the caller to
   * send that limit upstream.
   */
  openHold(request: HoldRequest): Result<OpenHold, Refusal>
  /**
   * Ends the hold in a charge. Memory changes at once, so the caller decides the charge from `state()` in the same turn.
   * Resolves when hold, charge, balance and usage row are on disk in one transaction; rejects, with the charge undone, where
   * they never will be. A hold that was never written is not charged. Calling twice is a defect and throws.
   */
  settle(hold: OpenHold, charge: Charge, usage: UsageRow): Promise<void>
  /** Ends the hold without a charge. Resolves when it and its usage row are on disk. */
  release(hold: OpenHold, usage: UsageRow): Promise<void>
  /**
   * A typed change of the balance; refuses one that would bring available below zero (`balance_below_limit`), and one that
   * the disk does not take (`storage_unavailable`). Resolves when on disk. What is taken is gone at once, what is given can
   * be spent from then on.
   */
  changeBalance(change: BalanceChange): Promise<Result<AccountState, Refusal>>
  /** A row for a request that never got a hold. Not awaited by anyone's answer. */
  recordRefused(usage: UsageRow): void
  /** Resolves when everything handed in so far is on disk. */
  flush(): Promise<void>
}
