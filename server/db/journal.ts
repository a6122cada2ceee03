// Carries out write commands inside a transaction, and knows which holds are open on disk: a hold is ended once, and only
// if it was ever written.

import type { Database } from 'better-sqlite3'
import { BookedBeforeError, CodeClaimedError, HoldNotOpenError } from './journal-errors.ts'
import { type JournalStatements, prepareJournalStatements } from './journal-statements.ts'
import { createResolvedMark, type ResolvedMark } from './resolved-mark.ts'
import type {
  BalanceChangeCommand,
  GrantCommand,
  HoldCommand,
  HoldRecord,
  ReleaseCommand,
  SettleCommand,
  WriteCommand,
} from './write-command.ts'

export interface Journal {
  begin(): void
  /** Throws where the command cannot be written; the transaction is then of no more use and has to be rolled back. */
  execute(command: WriteCommand): void
  /** The same, but where it throws, only the command's own rows are gone, and the transaction goes on. */
  executeIsolated(command: WriteCommand): void
  commit(): void
  rollback(): void
}

/** So many entries pass before the mark follows: what a start after a crash reads beside the holds that were open. */
const ENTRIES_PER_MARK = 1_000

export const createJournal = (raw: Database): Journal => new PreparedJournal(raw)

class PreparedJournal implements Journal {
  readonly #raw: Database
  readonly #statements: JournalStatements
  readonly #steps: ReturnType<typeof prepareSteps>
  readonly #mark: ResolvedMark

  /** Holds open on disk: request → entry. They are added in the order of their entries, so the first is the lowest. */
  readonly #open = new Map<string, number>()
  /** What the running transaction adds to them and takes from them. */
  readonly #opened = new Map<string, number>()
  readonly #closed = new Set<string>()
  #runningSeq = 0
  #isMarked = false
  /** The last entry that is committed: one that was rolled back gives its number to the next. */
  #lastSeq = 0
  #entriesSinceMark = 0

  constructor(raw: Database) {
    this.#raw = raw
    this.#statements = prepareJournalStatements(raw)
    this.#steps = prepareSteps(raw)
    this.#mark = createResolvedMark(raw)
  }

  begin(): void {
    this.#forgetTransaction()
    this.#steps.begin.run()
    if (this.#entriesSinceMark < ENTRIES_PER_MARK) return
    const [firstOpen] = this.#open.values()
    this.#mark.write(firstOpen ?? this.#lastSeq + 1)
    this.#isMarked = true
  }

  execute(command: WriteCommand): void {
    switch (command.kind) {
      case 'hold':
        this.#hold(command)
        break
      case 'settle':
        this.#settle(command)
        break
      case 'release':
        this.#release(command)
        break
      case 'balance_change':
        if (command.isDefaultBalance) this.#statements.settleDefaultBalance(command.userId)
        this.#change(command)
        break
      case 'grant':
        this.#grant(command)
        break
      case 'usage':
        this.#statements.usage(command.usage, command.usage.costNanoUsd)
        break
      case 'own':
        this.#statements.own(command)
        break
      case 'key_uses':
        for (const use of command.uses) this.#statements.keyUse(use)
        break
      case 'notice':
        this.#statements.notice(command)
        break
      case 'key_address':
        this.#statements.keyAddress(command)
        break
      case 'limit_counters':
        for (const row of command.rows) this.#statements.limitCounter(row)
        break
    }
  }

  executeIsolated(command: WriteCommand): void {
    const seqBefore = this.#runningSeq
    this.#steps.savepoint.run()
    try {
      this.execute(command)
    } catch (error) {
      // A fault of the disk may have ended the whole transaction already, and the savepoint with it.
      if (this.#raw.inTransaction) {
        this.#steps.undoSavepoint.run()
        this.#steps.endSavepoint.run()
      }
      this.#runningSeq = seqBefore
      throw error
    }
    this.#steps.endSavepoint.run()
  }

  commit(): void {
    this.#steps.commit.run()
    this.#lastSeq = Math.max(this.#lastSeq, this.#runningSeq)
    for (const [requestId, seq] of this.#opened) this.#open.set(requestId, seq)
    for (const requestId of this.#closed) this.#open.delete(requestId)
    if (this.#isMarked) this.#entriesSinceMark = 0
    this.#entriesSinceMark += this.#opened.size + this.#closed.size
    this.#forgetTransaction()
  }

  rollback(): void {
    if (this.#raw.inTransaction) this.#steps.rollback.run()
    this.#forgetTransaction()
  }

  // What these three leave in memory comes after their last statement, so that one that throws leaves nothing open or closed.

  #hold({ hold }: HoldCommand): void {
    this.#runningSeq = this.#statements.hold(hold)
    this.#opened.set(hold.requestId, this.#runningSeq)
  }

  #settle({ hold, charge, usage, spending, createdAt }: SettleCommand): void {
    this.#requireOpen(hold)
    const { amountNanoUsd, writeOffNanoUsd } = charge
    // First what the operator bears, then all that is due: the sum of the entries dips below no limit in between.
    if (writeOffNanoUsd > 0) this.#statements.writeOff(hold, writeOffNanoUsd, createdAt)
    const due = { dueNanoUsd: amountNanoUsd + writeOffNanoUsd, paidNanoUsd: amountNanoUsd }
    this.#runningSeq = this.#statements.settle(hold, due, createdAt)
    this.#statements.charge(this.#runningSeq, hold, charge, usage, createdAt)
    this.#statements.usage(usage, charge.amountNanoUsd)
    for (const delta of spending) this.#statements.spending(delta)
    this.#closed.add(hold.requestId)
  }

  #release({ hold, usage, createdAt }: ReleaseCommand): void {
    this.#requireOpen(hold)
    this.#runningSeq = this.#statements.release(hold, createdAt)
    this.#statements.usage(usage, 0)
    this.#closed.add(hold.requestId)
  }

  #change(command: BalanceChangeCommand): void {
    const { requestId, changeKind } = command
    if (requestId !== undefined && this.#statements.isBooked(requestId, changeKind)) {
      throw new BookedBeforeError(`Request ${requestId} has a ${changeKind} already, or needs none.`)
    }
    this.#runningSeq = this.#statements.change(command, null)
    if (requestId !== undefined && changeKind === 'charge') this.#statements.resolveLoss(requestId, command)
  }

  #grant({ change, subscriptions, planSubscriptionId, code, createdAt }: GrantCommand): void {
    if (code && !this.#statements.claimCode(code, createdAt)) {
      throw new CodeClaimedError(`The code ${code.codeId} was claimed, disabled, or has expired.`)
    }
    for (const subscription of subscriptions) this.#statements.subscription(subscription)
    if (change) this.#runningSeq = this.#statements.change(change, planSubscriptionId)
  }

  #requireOpen({ requestId }: HoldRecord): void {
    const isOpen = this.#open.has(requestId) || this.#opened.has(requestId)
    if (isOpen && !this.#closed.has(requestId)) return
    throw new HoldNotOpenError(`The hold of request ${requestId} is not open on disk, so it cannot be ended.`)
  }

  #forgetTransaction(): void {
    this.#opened.clear()
    this.#closed.clear()
    this.#runningSeq = 0
    this.#isMarked = false
  }
}

const prepareSteps = (raw: Database) => ({
  begin: raw.prepare('BEGIN IMMEDIATE'),
  commit: raw.prepare('COMMIT'),
  rollback: raw.prepare('ROLLBACK'),
  savepoint: raw.prepare('SAVEPOINT command'),
  undoSavepoint: raw.prepare('ROLLBACK TO command'),
  endSavepoint: raw.prepare('RELEASE command'),
})
