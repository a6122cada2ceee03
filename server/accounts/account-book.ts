// The live accounts: the single writer of balances and open holds. It decides in memory, journals through the database's
// writer, and answers only for what is on disk. The rules themselves are pure and live in server/ledger.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { UsageRow } from '../../contract/usage.ts'
import type { LedgerRepository } from '../db/repositories/ledger.ts'
import { BookedBeforeError, StorageFault, type Writer } from '../db/write.ts'
import type { HoldRecord } from '../db/write-command.ts'
import { availableNanoUsd } from '../ledger/balance.ts'
import { balanceBound } from '../ledger/bound.ts'
import { refuseCreditLimit } from '../ledger/correct.ts'
import { decideHoldWithin } from '../ledger/hold.ts'
import { formatUsd, type NanoUsd } from '../ledger/money.ts'
import type { Charge } from '../ledger/settle.ts'
import { capBounds, type KeySpending } from '../limits/decide-spending-cap.ts'
import type { Clock, Logger } from '../ports.ts'
import type {
  AccountBook,
  AccountState,
  BalanceChange,
  HoldRequest,
  LivingHold,
  OpenHold,
} from './account.ts'
import type { KeySpendings } from './key-spending.ts'
import type { Amounts, CountedHold } from './spending-book.ts'

export type { AccountBook, OpenHold } from './account.ts'

interface AccountBookDeps {
  readonly writer: Writer
  readonly ledger: LedgerRepository
  readonly keySpendings: KeySpendings
  readonly clock: Clock
  readonly logger: Logger
  /** Told after each change of somebody's money, with what they have now. */
  readonly onChanged?: (userId: string, state: AccountState) => void
}

/** What is known of a person's money; the one place where it changes is this file. */
interface Account {
  balanceNanoUsd: NanoUsd
  creditLimitNanoUsd: NanoUsd
  openHoldsNanoUsd: NanoUsd
}

interface TakenHold {
  readonly hold: OpenHold
  readonly record: HoldRecord
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
  readonly #ledger: LedgerRepository
  readonly #keySpendings: KeySpendings
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onChanged: (userId: string, state: AccountState) => void

  /** Grows with the people who were seen since the start, and no further. */
  readonly #accounts = new Map<string, Account>()
  readonly #holds = new Map<string, TakenHold>()
  /** Holds whose end is handed in and has not landed yet. */
  readonly #ending = new Map<string, { readonly record: HoldRecord; readonly landed: Promise<void> }>()
  /** Holds whose rows could not be written: they hold nothing, and ending them charges nothing. */
  readonly #lost = new WeakSet<OpenHold>()

  constructor({ writer, ledger, keySpendings, clock, logger, onChanged = ignore }: AccountBookDeps) {
    this.#writer = writer
    this.#ledger = ledger
    this.#keySpendings = keySpendings
    this.#clock = clock
    this.#logger = logger
    this.#onChanged = onChanged
  }

  state(userId: string): AccountState {
    return stateOf(this.#accountOf(userId))
  }

  keySpending(familyId: string): KeySpending {
    return this.#keySpendings.of(familyId)
  }

  openHold(request: HoldRequest): Result<OpenHold, Refusal> {
    const { requestId, userId, keyId, keyFamily, model, priceId, createdAt } = request
    if (this.#holds.has(requestId)) throw new Error(`Request ${requestId} has an open hold already.`)
    const account = this.#accountOf(userId)
    const caps = capBounds(keyFamily.caps, this.#keySpendings.of(keyFamily.id))
    const decision = decideHoldWithin([balanceBound(account), ...caps], request.ask)
    if (!decision.ok) return decision
    const { amountNanoUsd, tokens } = decision.value
    requireAmount(amountNanoUsd, 'hold')

    account.openHoldsNanoUsd += amountNanoUsd
    const counted = this.#keySpendings.hold(keyFamily.id, { nanoUsd: amountNanoUsd, tokens, requests: 1 })
    const record: HoldRecord = { requestId, userId, keyId, amountNanoUsd, model, priceId, createdAt }
    const committed = this.#writer.submit({ kind: 'hold', hold: record }).catch((error: unknown) => {
      this.#loseHold(hold, account)
      throw error
    })
    committed.catch(ignore)
    const hold: OpenHold = { ...record, keyFamily, ...decision.value, committed }
    this.#holds.set(requestId, { hold, record, counted })
    return ok(hold)
  }

  settle(hold: OpenHold, charge: Charge, usage: UsageRow): Promise<void> {
    requireAmount(charge.amountNanoUsd, 'charge')
    const account = this.#accountOf(hold.userId)
    const taken = this.#takeHold(hold, account)
    if (!taken) {
      // Nothing was relayed, because the first byte waits for the hold's row.
      this.#logger.warn({ requestId: hold.requestId }, 'a hold that was never written is not charged')
      this.recordRefused({ ...usage, costNanoUsd: 0 })
      return Promise.resolve()
    }
    const bounded = this.#boundCharge(charge, account, hold)
    if (bounded.writeOffNanoUsd > 0) {
      const { requestId, userId } = hold
      const about = { event: 'write_off', requestId, userId, charge: bounded }
      this.#logger.error(about, 'the operator bears part of a charge')
    }
    const { record, counted } = taken
    const used = amountsOf(bounded, usage)
    account.balanceNanoUsd -= bounded.amountNanoUsd
    const spending = [counted.settle(used)]
    const landed = this.#writer
      .submit({
        kind: 'settle',
        hold: record,
        charge: bounded,
        usage,
        spending,
        createdAt: this.#clock.now(),
      })
      .catch((error: unknown) => {
        account.balanceNanoUsd += bounded.amountNanoUsd
        counted.undo(used)
        const about = { requestId: hold.requestId, err: error, charge: bounded }
        this.#logger.error(about, 'a settlement cannot be written; its charge is undone')
        this.#releaseInstead(record, usage)
        throw error
      })
    this.#untilLanded(record, landed)
    this.#onChanged(hold.userId, stateOf(account))
    return landed
  }

  release(hold: OpenHold, usage: UsageRow): Promise<void> {
    const taken = this.#takeHold(hold, this.#accountOf(hold.userId))
    if (!taken) {
      this.recordRefused({ ...usage, costNanoUsd: 0 })
      return Promise.resolve()
    }
    taken.counted.release()
    const landed = this.#writer
      .submit({ kind: 'release', hold: taken.record, usage, createdAt: this.#clock.now() })
      .catch((error: unknown) => {
        this.#logger.error({ requestId: hold.requestId, err: error }, 'a release cannot be written')
        this.recordRefused({ ...usage, costNanoUsd: 0 })
        throw error
      })
    this.#untilLanded(taken.record, landed)
    return landed
  }

  async changeBalance(change: BalanceChange): Promise<Result<AccountState, Refusal>> {
    const { userId, kind, amountNanoUsd, note, actorUserId, requestId, isDefaultBalance = false } = change
    if (!Number.isSafeInteger(amountNanoUsd))
      throw new Error(`${amountNanoUsd} is no amount of nano-dollars.`)
    const account = this.#accountOf(userId)
    const refused = refuseChange(account, amountNanoUsd)
    if (refused) return fail(refused)

    // What is taken is gone before the commit, or two changes could take the same money; what is given comes after it.
    const isTaken = amountNanoUsd < 0
    if (isTaken) account.balanceNanoUsd += amountNanoUsd
    const written = {
      userId,
      changeKind: kind,
      amountNanoUsd,
      note,
      actorUserId,
      createdAt: this.#clock.now(),
      isDefaultBalance,
      requestId,
    }
    try {
      await this.#writer.submit({ kind: 'balance_change', ...written })
    } catch (error) {
      if (isTaken) account.balanceNanoUsd -= amountNanoUsd
      if (error instanceof StorageFault) return fail(refusal('storage_unavailable'))
      if (error instanceof BookedBeforeError) {
        return fail(refusal(kind === 'refund' ? 'already_refunded' : 'loss_already_resolved'))
      }
      throw error
    }
    if (!isTaken) account.balanceNanoUsd += amountNanoUsd
    const state = stateOf(account)
    this.#onChanged(userId, state)
    return ok(state)
  }

  setCreditLimit(
    userId: string,
    creditLimitNanoUsd: NanoUsd,
    write: () => void,
  ): Result<AccountState, Refusal> {
    requireAmount(creditLimitNanoUsd, 'credit limit')
    const account = this.#accountOf(userId)
    const refused = refuseCreditLimit(account, creditLimitNanoUsd)
    if (refused) return fail(refused)
    write()
    account.creditLimitNanoUsd = creditLimitNanoUsd
    const state = stateOf(account)
    this.#onChanged(userId, state)
    return ok(state)
  }

  livingHolds(): LivingHold[] {
    return [...this.#ending.values(), ...this.#holds.values()].map(({ record }) => record)
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

  #accountOf(userId: string): Account {
    const known = this.#accounts.get(userId)
    if (known) return known
    const stored = this.#ledger.balanceOf(userId)
    if (!stored) throw new Error(`There is no account of user ${userId}.`)
    const account = { ...stored, openHoldsNanoUsd: 0 }
    this.#accounts.set(userId, account)
    return account
  }

  /** Its row cannot be written. Where it was ended in the meantime, its end fails on its own and is undone there. */
  #loseHold(hold: OpenHold, account: Account): void {
    const lost = this.#holds.get(hold.requestId)
    if (lost?.hold !== hold) return
    this.#holds.delete(hold.requestId)
    this.#lost.add(hold)
    account.openHoldsNanoUsd -= hold.amountNanoUsd
    lost.counted.release()
  }

  /** What is to be ended on disk; undefined for a hold that was lost. Throws for one that was ended before. */
  #takeHold(hold: OpenHold, account: Account): TakenHold | undefined {
    if (this.#lost.delete(hold)) return undefined
    const taken = this.#holds.get(hold.requestId)
    if (taken?.hold !== hold) {
      throw new Error(`The hold of request ${hold.requestId} was ended before; it ends once.`)
    }
    this.#holds.delete(hold.requestId)
    account.openHoldsNanoUsd -= hold.amountNanoUsd
    return taken
  }

  /** The last guard of "never below the credit limit": whoever decided the charge has bounded it before. */
  #boundCharge(charge: Charge, account: Account, { requestId }: OpenHold): Charge {
    const bearableNanoUsd = Math.max(0, availableNanoUsd(account))
    if (charge.amountNanoUsd <= bearableNanoUsd) return charge
    this.#logger.error({ requestId, charge, bearableNanoUsd }, 'a charge was more than the account can bear')
    const writeOffNanoUsd = charge.writeOffNanoUsd + charge.amountNanoUsd - bearableNanoUsd
    return { ...charge, amountNanoUsd: bearableNanoUsd, writeOffNanoUsd }
  }

  /** Where even this fails, the next start finds the hold open and lists it. */
  #releaseInstead(record: HoldRecord, usage: UsageRow): void {
    const row = { ...usage, costNanoUsd: 0 }
    const landed = this.#writer
      .submit({ kind: 'release', hold: record, usage: row, createdAt: this.#clock.now() })
      .catch(() => this.recordRefused(row))
    this.#untilLanded(record, landed)
  }

  /** Until its end has landed, a hold is open on disk for a good reason. */
  #untilLanded(record: HoldRecord, landed: Promise<void>): void {
    const { requestId } = record
    this.#ending.set(requestId, { record, landed })
    const forget = (): void => {
      // Where a settlement failed, a release is on its way in its place by now.
      if (this.#ending.get(requestId)?.landed === landed) this.#ending.delete(requestId)
    }
    landed.then(forget, forget)
  }
}

const amountsOf = (charge: Charge, { inputTokens, outputTokens }: UsageRow): Amounts => ({
  nanoUsd: charge.amountNanoUsd,
  tokens: inputTokens + outputTokens,
  requests: 1,
})

const stateOf = ({ balanceNanoUsd, creditLimitNanoUsd, openHoldsNanoUsd }: Account): AccountState => ({
  balanceNanoUsd,
  creditLimitNanoUsd,
  openHoldsNanoUsd,
  availableNanoUsd: availableNanoUsd({ balanceNanoUsd, creditLimitNanoUsd, openHoldsNanoUsd }),
})

function requireAmount(amountNanoUsd: NanoUsd, what: string): void {
  if (Number.isSafeInteger(amountNanoUsd) && amountNanoUsd >= 0) return
  throw new Error(`The amount of a ${what} has to be a whole number of nano-dollars, not ${amountNanoUsd}.`)
}

function refuseChange(account: Account, amountNanoUsd: NanoUsd): Refusal | undefined {
  if (!Number.isSafeInteger(account.balanceNanoUsd + amountNanoUsd)) {
    return refusal('invalid_input', {
      problem: 'amountNanoUsd: the balance would pass the largest amount that can be kept',
    })
  }
  const available = availableNanoUsd(account)
  if (amountNanoUsd >= 0 || available + amountNanoUsd >= 0) return undefined
  const maxNanoUsd = Math.max(0, available)
  return refusal('balance_below_limit', { maxUsd: formatUsd(maxNanoUsd, 'down'), maxNanoUsd })
}

function releaseWhatACrashLeftOpen({
  ledger,
  clock,
  logger,
}: Pick<AccountBookDeps, 'ledger' | 'clock' | 'logger'>): void {
  for (const loss of ledger.releaseOpenHolds(clock.now())) {
    logger.warn(loss, 'a hold was left open by a crash; it was released and is listed as a possible loss')
  }
}
