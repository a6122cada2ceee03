// What is known of each person's money: read from disk when they are first seen, and kept in memory from then on.
import type { LedgerRepository } from '../db/repositories/ledger.ts'
import { availableNanoUsd } from '../ledger/balance.ts'
import type { NanoUsd } from '../ledger/money.ts'
import type { AccountState } from './account.ts'

export interface Account {
  balanceNanoUsd: NanoUsd
  creditLimitNanoUsd: NanoUsd
  openHoldsNanoUsd: NanoUsd
}

export interface KnownAccounts {
  /** Throws for a person who has none. */
  of(userId: string): Account
}

export function createKnownAccounts(ledger: LedgerRepository): KnownAccounts {
  /** Grows with the people who were seen since the start, and no further. */
  const accounts = new Map<string, Account>()
  return {
    of(userId) {
      const known = accounts.get(userId)
      if (known) return known
      const stored = ledger.balanceOf(userId)
      if (!stored) throw new Error(`There is no account of user ${userId}.`)
      const account = { ...stored, openHoldsNanoUsd: 0 }
      accounts.set(userId, account)
      return account
    },
  }
}

export const stateOf = ({ balanceNanoUsd, creditLimitNanoUsd, openHoldsNanoUsd }: Account): AccountState => ({
  balanceNanoUsd,
  creditLimitNanoUsd,
  openHoldsNanoUsd,
  availableNanoUsd: availableNanoUsd({ balanceNanoUsd, creditLimitNanoUsd, openHoldsNanoUsd }),
})

export function requireAmount(amountNanoUsd: NanoUsd, what: string): void {
  if (Number.isSafeInteger(amountNanoUsd) && amountNanoUsd >= 0) return
  throw new Error(`The amount of a ${what} has to be a whole number of nano-dollars, not ${amountNanoUsd}.`)
}
