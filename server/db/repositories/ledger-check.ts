// Reads the whole ledger, a piece at a time, and says what is wrong with it. Entries are only ever added, so pieces that are
// read one after the other fit together without a long transaction, which would keep the write-ahead log from being cut back.
// What can change (balances, marks) is read together with the last entries, in one short snapshot. Nothing is mended.
import type { FindingKind, LedgerFinding } from '../../../contract/operations/ledger.ts'
import type { NanoUsd } from '../../ledger/money.ts'
import type { Db } from '../open.ts'
import { createResolvedMark } from '../resolved-mark.ts'
import { type CheckedEntry, type CheckStatements, prepareCheckStatements } from './ledger-check-statements.ts'

/** How many findings are told one by one; the rest are counted. */
export const FINDINGS_MAX = 100

export interface LedgerCheck {
  /** Reads the next entries. False once the end of the ledger is reached. */
  step(): boolean
  /** Reads what has come meanwhile and compares all of it; returns the requests whose holds are open. Called once. */
  finish(): string[]
  /** Of requests that nobody lives for: reports those whose holds are open on disk by now as well. */
  reportLeaked(requestIds: readonly string[]): void
  readonly entries: number
  readonly entriesTotal: number
  readonly findings: readonly LedgerFinding[]
  readonly findingsTotal: number
}

interface PersonSum {
  balanceNanoUsd: NanoUsd
  lastSeq: number | null
}

interface OpenEntry {
  readonly seq: number
  readonly userId: string
  readonly heldNanoUsd: NanoUsd
  readonly planSubscriptionId: string | null
  readonly createdAt: number
}

interface SubjectSum {
  readonly userId: string
  /** Over a long life more than a number holds exactly. */
  spentNanoUsd: bigint
}

export const createLedgerCheck = (db: Db, entriesAtATime: number): LedgerCheck =>
  new RunningCheck(db, entriesAtATime)

class RunningCheck implements LedgerCheck {
  readonly findings: LedgerFinding[] = []
  findingsTotal = 0
  entries = 0
  readonly entriesTotal: number
  readonly #raw: Db['raw']
  readonly #entriesAtATime: number
  readonly #statements: CheckStatements
  readonly #readMark: () => number
  readonly #people = new Map<string, PersonSum>()
  readonly #open = new Map<string, OpenEntry>()
  /** What key families and plans have spent, by `key <id>` and `plan <id>`. */
  readonly #subjects = new Map<string, SubjectSum>()
  /** Written before the settlement that it belongs to. */
  readonly #writeOffs = new Map<string, NanoUsd>()
  #lastSeq = 0

  constructor({ raw }: Db, entriesAtATime: number) {
    this.#raw = raw
    this.#entriesAtATime = entriesAtATime
    this.#statements = prepareCheckStatements(raw)
    this.#readMark = createResolvedMark(raw).read
    this.entriesTotal = this.#statements.lastSeq()
  }

  step(): boolean {
    // One read lock for all its look-ups: the writer takes locks of the same file, and should find it busy seldom.
    return this.#raw.transaction(() => this.#step())()
  }

  #step(): boolean {
    const afterSeq = this.#lastSeq
    const entries = this.#statements.entriesAfter(afterSeq, this.#entriesAtATime)
    let charged = 0
    for (const entry of entries) {
      if (entry.kind === 'settle' && entry.charge !== null) charged += 1
      this.#take(entry)
    }
    this.entries += entries.length
    this.#lastSeq = entries.at(-1)?.seq ?? afterSeq
    // Charges refer to an entry; one that is no settlement was counted by none of them.
    if (this.#statements.chargesBetween(afterSeq, this.#lastSeq) !== charged) {
      for (const stray of this.#statements.strayCharges(afterSeq, this.#lastSeq))
        this.#report('charge_differs', stray)
    }
    return entries.length === this.#entriesAtATime
  }

  finish(): string[] {
    this.#raw.transaction(() => {
      while (this.#step());
      this.#compareBalances()
      this.#compareCounters()
      this.#compareMark()
    })()
    for (const [requestId, amount] of this.#writeOffs) {
      this.#report('charge_differs', { requestId, expectedNanoUsd: 0, foundNanoUsd: amount })
    }
    return [...this.#open.keys()]
  }

  reportLeaked(requestIds: readonly string[]): void {
    for (const requestId of requestIds) {
      const hold = this.#open.get(requestId)
      if (!hold || this.#statements.isResolved(requestId)) continue
      const { seq, userId, heldNanoUsd } = hold
      this.#report('hold_leaked', { seq, userId, requestId, expectedNanoUsd: 0, foundNanoUsd: heldNanoUsd })
    }
  }

  #take(entry: CheckedEntry): void {
    const person = this.#personOf(entry.userId)
    person.balanceNanoUsd += entry.amountNanoUsd
    switch (entry.kind) {
      case 'hold':
        this.#takeHold(entry)
        break
      case 'release':
        this.#resolve(entry)
        break
      case 'write_off':
        if (entry.requestId !== null) this.#writeOffs.set(entry.requestId, entry.paidNanoUsd)
        break
      case 'settle':
        this.#takeSettlement(entry, this.#resolve(entry))
        // What a plan pays moves no balance.
        if (entry.planSubscriptionId === null) this.#follow(entry, person)
        break
      default:
        this.#takeCorrection(entry)
        this.#follow(entry, person)
    }
  }

  #takeHold({ requestId, ...held }: CheckedEntry): void {
    const { seq, userId, heldNanoUsd, planSubscriptionId, createdAt } = held
    if (requestId === null) return
    this.#open.set(requestId, { seq, userId, heldNanoUsd, planSubscriptionId, createdAt })
  }

  /** The hold that an entry ends. */
  #resolve(entry: CheckedEntry): OpenEntry | undefined {
    const requestId = entry.requestId ?? ''
    const hold = this.#open.get(requestId)
    this.#open.delete(requestId)
    const isSame = hold?.userId === entry.userId && hold.planSubscriptionId === entry.planSubscriptionId
    if (!isSame || hold.heldNanoUsd !== 0 - entry.heldNanoUsd) {
      this.#report('hold_mismatched', {
        ...entry,
        expectedNanoUsd: hold?.heldNanoUsd ?? null,
        foundNanoUsd: 0 - entry.heldNanoUsd,
      })
    }
    return hold
  }

  #takeSettlement(entry: CheckedEntry, hold: OpenEntry | undefined): void {
    const { charge } = entry
    const requestId = entry.requestId ?? ''
    const writtenOff = this.#writeOffs.get(requestId) ?? 0
    this.#writeOffs.delete(requestId)
    const due = 0 - entry.paidNanoUsd
    if (!charge) {
      this.#report('charge_differs', { ...entry, expectedNanoUsd: due, foundNanoUsd: null })
      return
    }
    const chargedDue = charge.amountNanoUsd + charge.writeOffNanoUsd
    const isSame =
      chargedDue === due &&
      charge.writeOffNanoUsd === writtenOff &&
      charge.holdNanoUsd === 0 - entry.heldNanoUsd
    if (!isSame || charge.userId !== entry.userId || charge.requestId !== requestId) {
      this.#report('charge_differs', { ...entry, expectedNanoUsd: due, foundNanoUsd: chargedDue })
    }
    this.#addSpent(`key ${charge.keyFamilyId}`, entry.userId, charge.amountNanoUsd)
    if (entry.planSubscriptionId !== null)
      this.#addSpent(`plan ${entry.planSubscriptionId}`, entry.userId, charge.amountNanoUsd)
    if (hold) this.#compareUsage(entry, hold.createdAt, requestId, charge.amountNanoUsd)
  }

  #compareUsage(entry: CheckedEntry, arrivedAt: number, requestId: string, expectedNanoUsd: NanoUsd): void {
    const foundNanoUsd = this.#statements.usageCost(arrivedAt, requestId)
    if (foundNanoUsd === expectedNanoUsd) return
    // Asked last: rows may have expired since the check began.
    if (foundNanoUsd === undefined && arrivedAt < this.#statements.usageKeptFrom()) return
    this.#report('usage_differs', { ...entry, expectedNanoUsd, foundNanoUsd: foundNanoUsd ?? null })
  }

  #takeCorrection(entry: CheckedEntry): void {
    const { kind, requestId, seq, amountNanoUsd, planSubscriptionId } = entry
    if (kind === 'refund' && requestId !== null) {
      const paid = this.#statements.paidBefore(requestId, seq)
      if (amountNanoUsd > paid) {
        this.#report('correction_unfounded', { ...entry, expectedNanoUsd: paid, foundNanoUsd: amountNanoUsd })
      }
    }
    const isPlanPrice = planSubscriptionId !== null && requestId === null
    if (kind === 'charge' && !isPlanPrice) {
      const estimate = requestId === null ? undefined : this.#statements.estimateOf(requestId)
      if (estimate === undefined || 0 - amountNanoUsd > estimate) {
        const found = { expectedNanoUsd: estimate ?? 0, foundNanoUsd: 0 - amountNanoUsd }
        this.#report('correction_unfounded', { ...entry, ...found })
      }
    }
  }

  /** Each settlement and balance change names the one before it, and the balance that it leaves. */
  #follow(entry: CheckedEntry, person: PersonSum): void {
    if (entry.previousSeq !== person.lastSeq || entry.balanceAfterNanoUsd !== person.balanceNanoUsd) {
      this.#report('entry_unlinked', {
        ...entry,
        expectedNanoUsd: person.balanceNanoUsd,
        foundNanoUsd: entry.balanceAfterNanoUsd,
      })
    }
    person.lastSeq = entry.seq
  }

  #compareBalances(): void {
    const balances = this.#statements.balances()
    for (const { userId, balanceNanoUsd, creditLimitNanoUsd, lastEntrySeq } of balances) {
      const sum = this.#personOf(userId)
      const compared = { userId, foundNanoUsd: balanceNanoUsd }
      if (balanceNanoUsd !== sum.balanceNanoUsd) {
        this.#report('balance_differs', { ...compared, expectedNanoUsd: sum.balanceNanoUsd })
      }
      if (lastEntrySeq !== sum.lastSeq) this.#report('entry_unlinked', { userId, seq: lastEntrySeq })
      if (balanceNanoUsd < -creditLimitNanoUsd) {
        this.#report('below_credit_limit', { ...compared, expectedNanoUsd: 0 - creditLimitNanoUsd })
      }
    }
    if (balances.length === this.#people.size) return
    const known = new Set(balances.map(({ userId }) => userId))
    for (const [userId, { balanceNanoUsd }] of this.#people) {
      if (!known.has(userId)) this.#report('balance_differs', { userId, expectedNanoUsd: balanceNanoUsd })
    }
  }

  #addSpent(subject: string, userId: string, amountNanoUsd: NanoUsd): void {
    const sum = this.#subjects.get(subject)
    if (sum) sum.spentNanoUsd += BigInt(amountNanoUsd)
    else this.#subjects.set(subject, { userId, spentNanoUsd: BigInt(amountNanoUsd) })
  }

  #compareCounters(): void {
    const counted = new Map(
      this.#statements.spent().map(({ subject, spentNanoUsd }) => [subject, spentNanoUsd]),
    )
    for (const [subject, { userId, spentNanoUsd }] of this.#subjects) {
      const foundNanoUsd = counted.get(subject) ?? 0n
      counted.delete(subject)
      if (foundNanoUsd === spentNanoUsd) continue
      const differs = { expectedNanoUsd: Number(spentNanoUsd), foundNanoUsd: Number(foundNanoUsd) }
      this.#report('counter_differs', { userId, ...differs })
    }
    for (const foundNanoUsd of counted.values()) {
      if (foundNanoUsd === 0n) continue
      this.#report('counter_differs', { expectedNanoUsd: 0, foundNanoUsd: Number(foundNanoUsd) })
    }
  }

  #compareMark(): void {
    const mark = this.#readMark()
    const [firstOpen] = this.#open.values()
    const highest = firstOpen?.seq ?? this.#lastSeq + 1
    if (mark > highest) this.#report('mark_wrong', { seq: mark })
  }

  #personOf(userId: string): PersonSum {
    const known = this.#people.get(userId)
    if (known) return known
    const person: PersonSum = { balanceNanoUsd: 0, lastSeq: null }
    this.#people.set(userId, person)
    return person
  }

  #report(kind: FindingKind, about: Partial<Omit<LedgerFinding, 'kind'>>): void {
    this.findingsTotal += 1
    if (this.findings.length >= FINDINGS_MAX) return
    const { userId = null, requestId = null, seq = null, expectedNanoUsd = null, foundNanoUsd = null } = about
    this.findings.push({ kind, userId, requestId, seq, expectedNanoUsd, foundNanoUsd })
  }
}
