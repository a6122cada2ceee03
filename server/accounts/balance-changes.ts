// What moves a balance besides requests: top-ups, refunds, later charges, the prices of plans, and codes. What is taken is gone
// from memory before it is on disk, and what is given is there after it.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { inputRefusal } from '../../contract/input-problems.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { BookedBeforeError, CodeClaimedError, StorageFault, type Writer } from '../db/write.ts'
import type { BalanceChangeCommand, WriteCommand } from '../db/write-command.ts'
import { availableNanoUsd } from '../ledger/balance.ts'
import { refuseCreditLimit } from '../ledger/correct.ts'
import { formatUsd, type NanoUsd } from '../ledger/money.ts'
import type { Clock } from '../ports.ts'
import type { AccountState, BalanceChange, Grant } from './account.ts'
import { type Account, type KnownAccounts, requireAmount, stateOf } from './known-accounts.ts'

interface BalanceChangesDeps {
  readonly writer: Writer
  readonly clock: Clock
  readonly accounts: KnownAccounts
  readonly onChanged: (userId: string, state: AccountState, changedByNanoUsd: NanoUsd) => void
}

export class BalanceChanges {
  readonly #writer: Writer
  readonly #clock: Clock
  readonly #accounts: KnownAccounts
  readonly #onChanged: BalanceChangesDeps['onChanged']

  constructor({ writer, clock, accounts, onChanged }: BalanceChangesDeps) {
    this.#writer = writer
    this.#clock = clock
    this.#accounts = accounts
    this.#onChanged = onChanged
  }

  changeBalance({ audit, ...change }: BalanceChange): Promise<Result<AccountState, Refusal>> {
    return this.#change(change, (written) => ({ kind: 'balance_change', ...written, audit }))
  }

  async grant({ change, ...granted }: Grant): Promise<Result<void, Refusal>> {
    const createdAt = this.#clock.now()
    try {
      if (!change) {
        await this.#writer.submit({ kind: 'grant', ...granted, change: null, createdAt })
        return ok(undefined)
      }
      const changed = await this.#change(change, (written) => ({
        kind: 'grant',
        ...granted,
        change: written,
        createdAt,
      }))
      return changed.ok ? ok(undefined) : changed
    } catch (error) {
      if (error instanceof StorageFault) return fail(refusal('storage_unavailable'))
      if (error instanceof CodeClaimedError) return fail(refusal('code_not_valid'))
      throw error
    }
  }

  async #change(
    change: Omit<BalanceChange, 'audit'>,
    commandFor: (written: Omit<BalanceChangeCommand, 'kind' | 'audit'>) => WriteCommand,
  ): Promise<Result<AccountState, Refusal>> {
    const { userId, kind, amountNanoUsd, note, actorUserId, requestId, isDefaultBalance = false } = change
    if (!Number.isSafeInteger(amountNanoUsd))
      throw new Error(`${amountNanoUsd} is no amount of nano-dollars.`)
    const account = this.#accounts.of(userId)
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
      await this.#writer.submit(commandFor(written))
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
    this.#onChanged(userId, state, amountNanoUsd)
    return ok(state)
  }

  setCreditLimit(
    userId: string,
    creditLimitNanoUsd: NanoUsd,
    write: () => void,
  ): Result<AccountState, Refusal> {
    requireAmount(creditLimitNanoUsd, 'credit limit')
    const account = this.#accounts.of(userId)
    const refused = refuseCreditLimit(account, creditLimitNanoUsd)
    if (refused) return fail(refused)
    write()
    account.creditLimitNanoUsd = creditLimitNanoUsd
    const state = stateOf(account)
    this.#onChanged(userId, state, 0)
    return ok(state)
  }
}

function refuseChange(account: Account, amountNanoUsd: NanoUsd): Refusal | undefined {
  if (!Number.isSafeInteger(account.balanceNanoUsd + amountNanoUsd)) {
    return inputRefusal('balance_too_large', 'amountNanoUsd')
  }
  const available = availableNanoUsd(account)
  if (amountNanoUsd >= 0 || available + amountNanoUsd >= 0) return undefined
  const maxNanoUsd = Math.max(0, available)
  return refusal('balance_below_limit', { maxUsd: formatUsd(maxNanoUsd, 'down'), maxNanoUsd })
}
