// Carries out write commands inside a transaction. A hold is ended once, and only if it was ever written: which are open on
// disk is what `open-on-disk.ts` knows.

import type { Database } from 'better-sqlite3'
import type { UsageRow } from '../../contract/usage.ts'
import type { NanoUsd } from '../ledger/money.ts'
import { BookedBeforeError, CodeClaimedError, HoldNotOpenError } from './journal-errors.ts'
import { HOLD, holdIn, type Row, SETTLEMENT } from './journal-places.ts'
import { type JournalStatements, prepareJournalStatements } from './journal-statements.ts'
import { createLateUsage, type LateUsage, settledValues, usageValues } from './late-usage.ts'
import { OpenOnDisk } from './open-on-disk.ts'
import type { PackedCommand, PackedSettle } from './packed-commands.ts'
import { noPause, type Pause } from './pauses.ts'
import { createResolvedMark, type ResolvedMark } from './resolved-mark.ts'
import type { BalanceChangeCommand, GrantCommand, OtherCommand, ReleaseCommand } from './write-command.ts'

export interface Journal {
  begin(): void
  /** Throws where the command cannot be written; the transaction is then of no more use and has to be rolled back. */
  execute(command: PackedCommand): void
  /** The same, but where it throws, only the command's own rows are gone, and the transaction goes on. */
  executeIsolated(command: PackedCommand): void
  commit(): void
  rollback(): void
  /** Whether it is open on disk, as of the last commit. */
  isOpen(requestId: string): boolean
  /** Whether it can be made anew without knowing what is open, which is noted then. Throws where the disk does not take it. */
  rest(): boolean
}

/** So many entries pass before the mark follows: what a start after a crash reads beside the holds that were open. */
const ENTRIES_PER_MARK = 1_000

export interface JournalOptions {
  /** The holds that are open on disk already, with their entries, in the order of these. */
  readonly open?: readonly (readonly [string, number])[]
  /** Called between statements where there are many. */
  readonly pause?: Pause
}

export const createJournal = (raw: Database, options: JournalOptions = {}): Journal =>
  new PreparedJournal(raw, options)

class PreparedJournal implements Journal {
  readonly #raw: Database
  readonly #statements: JournalStatements
  readonly #steps: ReturnType<typeof prepareSteps>
  readonly #mark: ResolvedMark
  readonly #lateUsage: LateUsage

  readonly #open: OpenOnDisk
  /**
   * What of the running transaction is written together: at its end, or before whatever has to come after it. Made anew for each,
   * as those that are open are.
   */
  #holds = new Map<string, Row>()
  #settlements = new Map<string, PackedSettle>()
  /** The last entry of what the running transaction has written. */
  #runningSeq = 0
  #isMarked = false
  /** The last entry that is committed: one that was rolled back gives its number to the next. */
  #lastSeq = 0
  #entriesSinceMark = 0

  constructor(raw: Database, { open = [], pause = noPause }: JournalOptions) {
    this.#raw = raw
    this.#open = new OpenOnDisk(open)
    this.#statements = prepareJournalStatements(raw, pause)
    this.#steps = prepareSteps(raw)
    this.#mark = createResolvedMark(raw)
    this.#lateUsage = createLateUsage(raw)
  }

  begin(): void {
    this.#forgetTransaction()
    this.#steps.begin.run()
    this.#lateUsage.look()
    if (this.#entriesSinceMark < ENTRIES_PER_MARK) return
    this.#mark.write(this.#open.firstSeq ?? this.#lastSeq + 1)
    this.#isMarked = true
  }

  execute(command: PackedCommand): void {
    if ('kind' in command) this.#executeOther(command)
    else if ('hold' in command) this.#hold(command.hold)
    else this.#settle(command)
  }

  #executeOther(command: OtherCommand): void {
    switch (command.kind) {
      case 'release':
        this.#release(command)
        break
      case 'balance_change':
        this.#writeAll()
        if (command.isDefaultBalance) this.#statements.settleDefaultBalance(command.userId)
        this.#change(command)
        if (command.audit) this.#statements.audit(command.audit)
        break
      case 'grant':
        this.#writeAll()
        this.#grant(command)
        if (command.audit) this.#statements.audit(command.audit)
        break
      case 'usage':
        this.#usage(command.usage, command.usage.costNanoUsd)
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

  executeIsolated(command: PackedCommand): void {
    const seqBefore = this.#runningSeq
    this.#steps.savepoint.run()
    try {
      this.execute(command)
      this.#writeAll()
    } catch (error) {
      // A fault of the disk may have ended the whole transaction already, and the savepoint with it.
      if (this.#raw.inTransaction) {
        this.#steps.undoSavepoint.run()
        this.#steps.endSavepoint.run()
      }
      this.#forgetUndone()
      this.#forgetRows()
      this.#runningSeq = seqBefore
      throw error
    }
    this.#steps.endSavepoint.run()
  }

  commit(): void {
    this.#writeAll()
    this.#steps.commit.run()
    this.#lastSeq = Math.max(this.#lastSeq, this.#runningSeq)
    if (this.#isMarked) this.#entriesSinceMark = 0
    this.#entriesSinceMark += this.#open.commit()
    this.#forgetTransaction()
  }

  rollback(): void {
    if (this.#raw.inTransaction) this.#steps.rollback.run()
    this.#forgetUndone()
    this.#forgetTransaction()
  }

  isOpen(requestId: string): boolean {
    return this.#open.has(requestId)
  }

  rest(): boolean {
    if (this.#open.size > 0) return false
    // The next one counts from there: by itself it would note nothing where it never lives long enough.
    if (this.#entriesSinceMark > 0) this.#mark.write(this.#lastSeq + 1)
    this.#entriesSinceMark = 0
    return true
  }

  // What these leave in memory comes after their last statement, so that one that throws leaves nothing open or closed.

  #hold(hold: Row): void {
    const requestId = String(hold[HOLD.requestId])
    // One that is there already is refused by the database.
    if (this.#holds.has(requestId)) this.#writeRows()
    this.#holds.set(requestId, hold)
  }

  #settle(command: PackedSettle): void {
    const settlement = command.settle
    const of = (place: number): string => String(settlement[place])
    const requestId = of(SETTLEMENT.requestId)
    if (!command.hasHold) this.#requireOpen(requestId)
    // One that is there already is refused by the database.
    if (this.#holds.has(requestId) || this.#settlements.has(requestId)) this.#writeRows()
    const writeOffNanoUsd = Number(settlement[SETTLEMENT.writeOff])
    let { hasHold } = command
    if (writeOffNanoUsd > 0) {
      if (hasHold) this.#hold(holdIn(settlement))
      hasHold = false
      // First what the operator bears, then all that is due: the sum of the entries dips below no limit in between.
      this.#writeRows()
      const plan = settlement[SETTLEMENT.plan]
      const held = {
        requestId,
        userId: of(SETTLEMENT.userId),
        planSubscriptionId: plan === null ? null : String(plan),
      }
      this.#statements.writeOff(held, writeOffNanoUsd, Number(settlement[SETTLEMENT.settledAt]))
    }
    this.#lateUsage.add(Number(settlement[SETTLEMENT.createdAt]), () => settledValues(settlement))
    this.#settlements.set(requestId, { settle: settlement, hasHold })
  }

  #release({ hold, usage, createdAt }: ReleaseCommand): void {
    this.#requireOpen(hold.requestId)
    this.#writeRows()
    this.#runningSeq = this.#statements.release(hold, createdAt)
    this.#usage(usage, 0)
    this.#open.close(hold.requestId)
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

  /**
   * Settlements come first: each gives back at least what it takes, so that the holds which came between them find no less
   * than they were let in with. A settlement whose hold is waiting here has had it written before (`#settle`).
   */
  #writeRows({ isAll = false } = {}): void {
    if (this.#settlements.size > 0)
      this.#runningSeq = this.#statements.settle([...this.#settlements.values()])
    if (isAll) this.#statements.finishSettlements()
    for (const requestId of this.#settlements.keys()) this.#open.close(requestId)
    this.#settlements = new Map()
    if (this.#holds.size > 0) {
      this.#statements.holds([...this.#holds.values()], (hold, seq) => {
        this.#open.open(String(hold[HOLD.requestId]), seq)
        this.#runningSeq = seq
      })
      this.#holds = new Map()
    }
  }

  /** Together with what settlements have changed and what is written once for many: balances and counters. */
  #writeAll(): void {
    this.#writeRows({ isAll: true })
  }

  #requireOpen(requestId: string): void {
    const isOpen = this.#open.has(requestId) || this.#open.opens(requestId) || this.#holds.has(requestId)
    if (isOpen && !this.#open.closes(requestId) && !this.#settlements.has(requestId)) return
    throw new HoldNotOpenError(`The hold of request ${requestId} is not open on disk, so it cannot be ended.`)
  }

  #usage(usage: UsageRow, costNanoUsd: NanoUsd): void {
    this.#statements.usage(usage, costNanoUsd)
    this.#lateUsage.add(usage.createdAt, () => usageValues(usage, costNanoUsd))
  }

  #forgetUndone(): void {
    this.#statements.forgetHolds()
    this.#statements.forgetSettlements()
  }

  #forgetRows(): void {
    this.#holds = new Map()
    this.#settlements = new Map()
  }

  #forgetTransaction(): void {
    this.#open.forgetTransaction()
    this.#forgetRows()
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
