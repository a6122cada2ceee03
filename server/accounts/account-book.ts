// The live accounts: the single writer of balances and open holds. It decides in memory, journals through the database's
// writer, and answers only for what is on disk. The rules themselves are pure and live in server/ledger.
import type { Refusal } from '../../contract/errors.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { UsageRow } from '../../contract/usage.ts'
import type { LedgerRepository } from '../db/repositories/ledger.ts'
import type { SpendingRow } from '../db/repositories/spending.ts'
import type { Writer } from '../db/write.ts'
import type { WriteCommand } from '../db/write-command.ts'
import type { Bound } from '../ledger/bound.ts'
import { decideHoldWithin } from '../ledger/hold.ts'
import type { NanoUsd } from '../ledger/money.ts'
import { type Charge, countedTokens } from '../ledger/settle.ts'
import { capBounds, hasCap, type KeySpending } from '../limits/decide-spending-cap.ts'
import type { Clock, Logger } from '../ports.ts'
import type {
  AccountBook,
  AccountState,
  BalanceChange,
  Grant,
  HoldRequest,
  KeyFamily,
  LivingHold,
  OpenHold,
} from './account.ts'
import { BalanceChanges } from './balance-changes.ts'
import { boundedCharge } from './bounded-charge.ts'
import { releaseWhatACrashLeftOpen } from './crash-releases.ts'
import type { KeySpendings } from './key-spending.ts'
import { createKnownAccounts, type KnownAccounts, requireAmount, stateOf } from './known-accounts.ts'
import { balancePayer, holdFrom, type Payer, planPayer } from './payers.ts'
import type { PlanFunds } from './plan-funds.ts'
import type { Amounts } from './spending-book.ts'
import { TakenHold, TakenHolds } from './taken-holds.ts'
import { WaitingHolds } from './waiting-holds.ts'

export type { AccountBook, OpenHold } from './account.ts'

interface AccountBookDeps {
  readonly writer: Writer
  readonly ledger: LedgerRepository
  readonly keySpendings: KeySpendings
  readonly planFunds: PlanFunds
  readonly clock: Clock
  readonly logger: Logger
  /** Told after each settlement and change, with what the person has now, and by how much the balance has changed. */
  readonly onChanged?: (userId: string, state: AccountState, changedByNanoUsd: NanoUsd) => void
}

/** For promises whose rejection someone else has dealt with: nobody awaiting them must not end the process. */
const ignore = (): void => {}

/** Resolves the holds that a crash left open before it returns. */
export function createAccountBook(deps: AccountBookDeps): AccountBook {
  releaseWhatACrashLeftOpen(deps)
  return new LiveAccounts(deps)
}

class LiveAccounts implements AccountBook {
  readonly #writer: Writer
  readonly #accounts: KnownAccounts
  readonly #changes: BalanceChanges
  readonly #keySpendings: KeySpendings
  readonly #planFunds: PlanFunds
  readonly #clock: Clock
  readonly #onChanged: NonNullable<AccountBookDeps['onChanged']>
  readonly #logger: Logger

  readonly #holds = new TakenHolds()
  readonly #waiting = new WaitingHolds((hold) => this.#writeHold(hold))

  constructor(deps: AccountBookDeps) {
    this.#writer = deps.writer
    this.#accounts = createKnownAccounts(deps.ledger)
    this.#keySpendings = deps.keySpendings
    this.#planFunds = deps.planFunds
    this.#clock = deps.clock
    this.#logger = deps.logger
    this.#onChanged = deps.onChanged ?? ignore
    this.#changes = new BalanceChanges({ ...deps, accounts: this.#accounts, onChanged: this.#onChanged })
  }

  state(userId: string): AccountState {
    return stateOf(this.#accounts.of(userId))
  }

  keySpending(familyId: string, stored?: SpendingRow | null): KeySpending {
    return this.#keySpendings.of(familyId, stored)
  }

  openHold(request: HoldRequest): Result<OpenHold, Refusal> {
    const { requestId, keyFamily } = request
    if (this.#holds.has(requestId)) throw new Error(`Request ${requestId} has an open hold already.`)
    const payer = this.#payerOf(request)
    const decision = decideHoldWithin(this.#boundsOf(payer, keyFamily), request.ask)
    if (!decision.ok) return decision
    const { amountNanoUsd, tokens } = decision.value
    requireAmount(amountNanoUsd, 'hold')

    const amounts = { nanoUsd: amountNanoUsd, tokens, requests: 1 }
    const counted = this.#keySpendings.hold(keyFamily.id, amounts)
    const payment = holdFrom(payer, amounts, counted)
    const hold = new TakenHold(request, decision.value, payer.planSubscriptionId, payment, counted)
    this.#holds.add(hold)
    if (request.isAnsweredWhole) this.#waiting.add(hold)
    else this.#writeHold(hold)
    return ok(hold)
  }

  putOnDisk(hold: OpenHold): Promise<boolean> {
    if (hold instanceof TakenHold) this.#waiting.goAhead(hold)
    return hold.isOnDisk
  }

  availableBeyond(hold: OpenHold): NanoUsd {
    // A hold that was lost is charged nothing.
    return this.#holds.paymentOf(hold)?.available() ?? 0
  }

  settle(hold: OpenHold, charge: Charge, usage: UsageRow): Promise<void> {
    requireAmount(charge.amountNanoUsd, 'charge')
    const taken = this.#holds.end(hold)
    if (!taken) {
      // Nothing was relayed, because the first byte waits for the hold's row.
      this.#logger.warn({ requestId: hold.requestId }, 'a hold that was never written is not charged')
      this.recordRefused({ ...usage, costNanoUsd: 0 })
      return Promise.resolve()
    }
    const { payment, counted } = taken
    const bounded = boundedCharge(charge, payment, {
      requestId: hold.requestId,
      logger: this.#logger,
    })
    if (bounded.writeOffNanoUsd > 0) {
      const { requestId, userId } = hold
      const about = { event: 'write_off', requestId, userId, charge: bounded }
      this.#logger.error(about, 'the operator bears part of a charge')
    }
    const used = amountsOf(bounded, usage)
    const spending = [counted.count(used)]
    const tokensOfPlan = countedTokens(bounded, usage, hold.tokens)
    const usedOfPlan = { nanoUsd: used.nanoUsd, tokens: tokensOfPlan, requests: used.requests }
    for (const delta of payment.charge(usedOfPlan)) spending.push(delta)
    const changedByNanoUsd = hold.planSubscriptionId === null ? 0 - bounded.amountNanoUsd : 0
    const createdAt = this.#clock.now()
    const kind = this.#waiting.take(taken) ? 'hold_and_settle' : 'settle'
    const landed = this.#writeEnd(
      taken,
      { kind, hold: taken, charge: bounded, usage, spending, createdAt },
      (error) => {
        payment.undo(usedOfPlan)
        counted.undo(used)
        if (kind === 'hold_and_settle') {
          this.#loseEnded(taken)
          return
        }
        const about = { requestId: hold.requestId, err: error, charge: bounded }
        this.#logger.error(about, 'a settlement cannot be written; its charge is undone')
        this.#releaseInstead(taken, usage)
      },
    )
    this.#onChanged(hold.userId, this.state(hold.userId), changedByNanoUsd)
    return landed
  }

  release(hold: OpenHold, usage: UsageRow): Promise<void> {
    return hold instanceof TakenHold && hold.waits
      ? this.#releaseWaiting(hold, usage)
      : this.#releaseWritten(hold, usage)
  }

  #releaseWritten(hold: OpenHold, usage: UsageRow): Promise<void> {
    const taken = this.#holds.end(hold)
    if (!taken) {
      this.recordRefused({ ...usage, costNanoUsd: 0 })
      return Promise.resolve()
    }
    const createdAt = this.#clock.now()
    return this.#writeEnd(taken, { kind: 'release', hold: taken.record(), usage, createdAt }, (error) => {
      this.#holds.landed(taken)
      this.#logger.error({ requestId: hold.requestId, err: error }, 'a release cannot be written')
      this.recordRefused({ ...usage, costNanoUsd: 0 })
    })
  }

  /**
   * What it holds is given back once it is on disk: somebody else's hold must not get there before its end. And a release is kept
   * until the disk takes it, which is no use where that has not taken the hold.
   */
  async #releaseWaiting(hold: TakenHold, usage: UsageRow): Promise<void> {
    if (await this.putOnDisk(hold)) return this.#releaseWritten(hold, usage)
    this.#holds.end(hold)
  }

  changeBalance(change: BalanceChange): Promise<Result<AccountState, Refusal>> {
    return this.#changes.changeBalance(change)
  }

  grant(grant: Grant): Promise<Result<void, Refusal>> {
    return this.#changes.grant(grant)
  }

  setCreditLimit(
    userId: string,
    creditLimitNanoUsd: NanoUsd,
    write: () => void,
  ): Result<AccountState, Refusal> {
    return this.#changes.setCreditLimit(userId, creditLimitNanoUsd, write)
  }

  livingHolds(): LivingHold[] {
    return this.#holds.living()
  }

  openHolds(): { readonly count: number; readonly amountNanoUsd: NanoUsd } {
    return this.#holds.open()
  }

  recordRefused(usage: UsageRow): void {
    // The writer has reported it by then, and no money depends on it.
    this.#writer.submit({ kind: 'usage', usage }).catch(ignore)
  }

  flush(): Promise<void> {
    this.#waiting.allGoAhead()
    return this.#writer.flush()
  }

  #writeHold(hold: TakenHold): void {
    this.#writer.write({ kind: 'hold', hold }, (error) => {
      // The writer has reported why, where it is not on disk.
      if (error !== undefined) this.#holds.lose(hold)
      hold.tellOnDisk(error === undefined)
    })
  }

  #boundsOf(payer: Payer, { id, caps }: KeyFamily): readonly Bound[] {
    const bounds = payer.bounds()
    return hasCap(caps) ? [...bounds, ...capBounds(caps, this.#keySpendings.of(id))] : bounds
  }

  /** A plan that has ended since it was chosen leaves it to the balance. */
  #payerOf({ userId, source }: HoldRequest): Payer {
    const active = source === 'plan' ? this.#planFunds.activeOf(userId) : undefined
    return active ? planPayer(this.#planFunds, active) : balancePayer(this.#accounts.of(userId))
  }

  /** Resolves when the end of a hold has landed; rejects where it never will, after that was dealt with. */
  #writeEnd(taken: TakenHold, command: WriteCommand, onFailed: (error: unknown) => void): Promise<void> {
    const landed = new Promise<void>((resolve, reject) => {
      this.#writer.write(command, (error) => {
        if (error === undefined) {
          if (command.kind === 'hold_and_settle') taken.tellOnDisk(true)
          this.#holds.landed(taken)
          resolve()
          return
        }
        onFailed(error)
        landed.catch(ignore)
        reject(error)
      })
    })
    return landed
  }

  /** There is no hold on disk that could be released, and nothing that was answered. The writer has reported why. */
  #loseEnded(taken: TakenHold): void {
    this.#holds.landed(taken)
    taken.tellOnDisk(false)
  }

  /** Where even this fails, the next start finds the hold open and lists it. */
  #releaseInstead(taken: TakenHold, usage: UsageRow): void {
    const row = { ...usage, costNanoUsd: 0 }
    const release = {
      kind: 'release',
      hold: taken.record(),
      usage: row,
      createdAt: this.#clock.now(),
    } as const
    this.#writer.write(release, (error) => {
      if (error !== undefined) this.recordRefused(row)
      this.#holds.landed(taken)
    })
  }
}

const amountsOf = (charge: Charge, { inputTokens, outputTokens }: UsageRow): Amounts => ({
  nanoUsd: charge.amountNanoUsd,
  tokens: inputTokens + outputTokens,
  requests: 1,
})
