// The live accounts: the single writer of balances and open holds. It decides in memory, journals through the database's
// writer, and answers only for what is on disk. The rules themselves are pure and live in server/ledger.
import type { Refusal } from '../../contract/errors.ts'
import { ok, type Result } from '../../contract/result.ts'
import type { UsageRow } from '../../contract/usage.ts'
import type { LedgerRepository } from '../db/repositories/ledger.ts'
import type { Writer } from '../db/write.ts'
import type { HoldRecord } from '../db/write-command.ts'
import type { Bound } from '../ledger/bound.ts'
import { decideHoldWithin } from '../ledger/hold.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { Charge } from '../ledger/settle.ts'
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
import type { KeySpendings } from './key-spending.ts'
import { createKnownAccounts, type KnownAccounts, requireAmount, stateOf } from './known-accounts.ts'
import { balancePayer, type Payer, type Payment, planPayer } from './payers.ts'
import type { PlanFunds } from './plan-funds.ts'
import type { Amounts, CountedHold } from './spending-book.ts'

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

interface TakenHold {
  readonly hold: OpenHold
  readonly record: HoldRecord
  readonly payment: Payment
  /** Its place in what its key has spent. */
  readonly counted: CountedHold
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

  readonly #holds = new Map<string, TakenHold>()
  /** Holds whose end is handed in and has not landed yet. */
  readonly #ending = new Map<string, HoldRecord>()
  /** Holds whose rows could not be written: they hold nothing, and ending them charges nothing. */
  readonly #lost = new WeakSet<OpenHold>()

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

  keySpending(familyId: string): KeySpending {
    return this.#keySpendings.of(familyId)
  }

  openHold(request: HoldRequest): Result<OpenHold, Refusal> {
    const { requestId, userId, keyId, keyFamily, model, priceId, createdAt } = request
    if (this.#holds.has(requestId)) throw new Error(`Request ${requestId} has an open hold already.`)
    const payer = this.#payerOf(request)
    const decision = decideHoldWithin(this.#boundsOf(payer, keyFamily), request.ask)
    if (!decision.ok) return decision
    const { amountNanoUsd, tokens } = decision.value
    requireAmount(amountNanoUsd, 'hold')

    const amounts = { nanoUsd: amountNanoUsd, tokens, requests: 1 }
    const payment = payer.hold(amounts)
    const counted = this.#keySpendings.hold(keyFamily.id, amounts)
    const { planSubscriptionId } = payer
    const record: HoldRecord = {
      requestId,
      userId,
      keyId,
      model,
      priceId,
      createdAt,
      amountNanoUsd,
      planSubscriptionId,
    }
    // The writer has reported why, where it is not.
    const isOnDisk = this.#writer.submit({ kind: 'hold', hold: record }).then(
      () => true,
      () => this.#loseHold(hold),
    )
    const hold: OpenHold = {
      requestId,
      userId,
      keyId,
      keyFamily,
      model,
      priceId,
      createdAt,
      planSubscriptionId,
      amountNanoUsd,
      tokens,
      outputTokensGranted: decision.value.outputTokensGranted,
      isOnDisk,
    }
    this.#holds.set(requestId, { hold, record, payment, counted })
    return ok(hold)
  }

  availableBeyond(hold: OpenHold): NanoUsd {
    // A hold that was lost is charged nothing.
    return this.#holds.get(hold.requestId)?.payment.available() ?? 0
  }

  settle(hold: OpenHold, charge: Charge, usage: UsageRow): Promise<void> {
    requireAmount(charge.amountNanoUsd, 'charge')
    const taken = this.#takeHold(hold)
    if (!taken) {
      // Nothing was relayed, because the first byte waits for the hold's row.
      this.#logger.warn({ requestId: hold.requestId }, 'a hold that was never written is not charged')
      this.recordRefused({ ...usage, costNanoUsd: 0 })
      return Promise.resolve()
    }
    const { record, payment, counted } = taken
    const bounded = this.#boundCharge(charge, payment, hold)
    if (bounded.writeOffNanoUsd > 0) {
      const { requestId, userId } = hold
      const about = { event: 'write_off', requestId, userId, charge: bounded }
      this.#logger.error(about, 'the operator bears part of a charge')
    }
    const used = amountsOf(bounded, usage)
    const spending = [counted.count(used)]
    for (const delta of payment.charge(used)) spending.push(delta)
    const changedByNanoUsd = record.planSubscriptionId === null ? 0 - bounded.amountNanoUsd : 0
    const createdAt = this.#clock.now()
    this.#ending.set(record.requestId, record)
    const landed = this.#writer
      .submit({ kind: 'settle', hold: record, charge: bounded, usage, spending, createdAt })
      .then(
        () => this.#landed(record),
        (error: unknown) => {
          payment.undo(used)
          counted.undo(used)
          const about = { requestId: hold.requestId, err: error, charge: bounded }
          this.#logger.error(about, 'a settlement cannot be written; its charge is undone')
          this.#releaseInstead(record, usage)
          throw error
        },
      )
    landed.catch(ignore)
    this.#onChanged(hold.userId, this.state(hold.userId), changedByNanoUsd)
    return landed
  }

  release(hold: OpenHold, usage: UsageRow): Promise<void> {
    const taken = this.#takeHold(hold)
    if (!taken) {
      this.recordRefused({ ...usage, costNanoUsd: 0 })
      return Promise.resolve()
    }
    const { record } = taken
    this.#ending.set(record.requestId, record)
    const createdAt = this.#clock.now()
    const landed = this.#writer.submit({ kind: 'release', hold: record, usage, createdAt }).then(
      () => this.#landed(record),
      (error: unknown) => {
        this.#landed(record)
        this.#logger.error({ requestId: hold.requestId, err: error }, 'a release cannot be written')
        this.recordRefused({ ...usage, costNanoUsd: 0 })
        throw error
      },
    )
    landed.catch(ignore)
    return landed
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
    return [...this.#ending.values(), ...[...this.#holds.values()].map(({ record }) => record)]
  }

  openHolds(): { readonly count: number; readonly amountNanoUsd: NanoUsd } {
    let amountNanoUsd = 0
    for (const { hold } of this.#holds.values()) amountNanoUsd += hold.amountNanoUsd
    return { count: this.#holds.size, amountNanoUsd }
  }

  recordRefused(usage: UsageRow): void {
    // The writer has reported it by then, and no money depends on it.
    this.#writer.submit({ kind: 'usage', usage }).catch(ignore)
  }

  flush(): Promise<void> {
    return this.#writer.flush()
  }

  /** Its row cannot be written. Where it was ended in the meantime, its end fails on its own and is undone there. */
  #loseHold(hold: OpenHold): false {
    const lost = this.#holds.get(hold.requestId)
    if (lost?.hold !== hold) return false
    this.#holds.delete(hold.requestId)
    this.#lost.add(hold)
    giveBack(lost)
    return false
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

  /** What is to be ended on disk; undefined for a hold that was lost. Throws for one that was ended before. */
  #takeHold(hold: OpenHold): TakenHold | undefined {
    if (this.#lost.delete(hold)) return undefined
    const taken = this.#holds.get(hold.requestId)
    if (taken?.hold !== hold) {
      throw new Error(`The hold of request ${hold.requestId} was ended before; it ends once.`)
    }
    this.#holds.delete(hold.requestId)
    giveBack(taken)
    return taken
  }

  /** The last guard of "never below the credit limit": whoever decided the charge has bounded it before. */
  #boundCharge(charge: Charge, payment: Payment, { requestId }: OpenHold): Charge {
    const bearableNanoUsd = Math.max(0, payment.available())
    if (charge.amountNanoUsd <= bearableNanoUsd) return charge
    this.#logger.error({ requestId, charge, bearableNanoUsd }, 'a charge was more than what pays for it has')
    const writeOffNanoUsd = charge.writeOffNanoUsd + charge.amountNanoUsd - bearableNanoUsd
    return { ...charge, amountNanoUsd: bearableNanoUsd, writeOffNanoUsd }
  }

  /** Where even this fails, the next start finds the hold open and lists it. */
  #releaseInstead(record: HoldRecord, usage: UsageRow): void {
    const row = { ...usage, costNanoUsd: 0 }
    this.#writer
      .submit({ kind: 'release', hold: record, usage: row, createdAt: this.#clock.now() })
      .catch(() => this.recordRefused(row))
      .then(() => this.#landed(record), ignore)
  }

  /** Until its end has landed, a hold is open on disk for a good reason. */
  #landed({ requestId }: HoldRecord): void {
    this.#ending.delete(requestId)
  }
}

function giveBack({ payment, counted }: TakenHold): void {
  payment.release()
  counted.release()
}

const amountsOf = (charge: Charge, { inputTokens, outputTokens }: UsageRow): Amounts => ({
  nanoUsd: charge.amountNanoUsd,
  tokens: inputTokens + outputTokens,
  requests: 1,
})

function releaseWhatACrashLeftOpen({
  ledger,
  clock,
  logger,
}: Pick<AccountBookDeps, 'ledger' | 'clock' | 'logger'>): void {
  for (const loss of ledger.releaseOpenHolds(clock.now())) {
    logger.warn(loss, 'a hold was left open by a crash; it was released and is listed as a possible loss')
  }
}
