// Links settlements to the entry before them of the same person, with the balance that each leaves. The balances themselves are
// read when they are needed first, and written once, behind all entries.
import type { Database } from 'better-sqlite3'
import type { NanoUsd } from '../ledger/money.ts'
import type { Pause } from './pauses.ts'

export interface Linked {
  /** Its place in the ledger. */
  readonly seq: number
  /** Both null where the balance stays as it is. */
  readonly previousSeq: number | null
  readonly balanceAfter: NanoUsd | null
}

interface Standing {
  readonly balance: NanoUsd
  readonly seq: number | null
}

export interface BalanceChain {
  /** Where the next entry goes; the ones behind it follow without a gap. */
  nextSeq(): number
  /** Throws where the person has no balance. */
  link(userId: string, seq: number, addedNanoUsd: NanoUsd): Linked
  /** Has to come before anything else changes a balance, and before the end of the transaction. */
  write(): void
  forget(): void
}

export function createBalanceChain(raw: Database, pause: Pause): BalanceChain {
  // As SQLite does where it gives a number of `AUTOINCREMENT` itself.
  const last = raw
    .prepare<[], number>(
      `SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'ledger_entries'), 0),
         coalesce((SELECT max(seq) FROM ledger_entries), 0))`,
    )
    .pluck()
  const read = raw.prepare<[string], Standing>(
    'SELECT balance_nano_usd AS balance, last_entry_seq AS seq FROM balances WHERE user_id = ?',
  )
  const write = raw.prepare('UPDATE balances SET balance_nano_usd = ?, last_entry_seq = ? WHERE user_id = ?')
  let standings = new Map<string, Standing>()
  const forget = (): void => {
    standings = new Map()
  }
  return {
    nextSeq: () => (last.get() ?? 0) + 1,
    link(userId, seq, addedNanoUsd) {
      const before = standings.get(userId) ?? read.get(userId)
      if (!before) throw new Error(`There is no balance of user ${userId} to change.`)
      const balance = before.balance + addedNanoUsd
      standings.set(userId, { balance, seq })
      return { seq, previousSeq: before.seq, balanceAfter: balance }
    },
    write() {
      for (const [userId, { balance, seq }] of standings) {
        write.run(balance, seq, userId)
        pause()
      }
      forget()
    },
    forget,
  }
}
