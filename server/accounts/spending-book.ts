// What was spent by each key family in the windows that are counted, and what is held there now: in memory, by its single
// writer, and on disk by the writes of the settlements themselves. Whether it is too much is decided elsewhere.
import type { SpendingRepository, SpendingRow } from '../db/repositories/spending.ts'
import type { SpendingDelta, SpendingKind } from '../db/write-command.ts'

export interface Amounts {
  readonly nanoUsd: number
  readonly tokens: number
  readonly requests: number
}

/** When the windows that are open at a moment began, in Unix milliseconds; 0 for one that a subject does not have. */
export interface WindowStarts {
  readonly dayStartMs: number
  readonly weekStartMs: number
  readonly monthStartMs: number
}

export interface PeriodCount {
  /** By requests that were admitted in the window and have been settled. */
  readonly used: Amounts
  /** By requests that were admitted in the window and are running. */
  readonly held: Amounts
}

export type SpendingPeriod = 'day' | 'week' | 'month' | 'total'
export type SpendingCounts = Readonly<Record<SpendingPeriod, PeriodCount>>

/** What a running request takes of the windows that admitted it. */
export interface CountedHold {
  /** Gives back what is held. Called once, however the request ends. */
  release(): void
  /** Counts what was used, and says what that adds on disk. */
  count(used: Amounts): SpendingDelta
  /** Takes back what was counted, because the disk refused it. */
  undo(used: Amounts): void
}

export interface SpendingBook {
  /** The counts of the windows that began then. `stored` is what the disk says, for whoever has read it. */
  read(
    kind: SpendingKind,
    subjectId: string,
    starts: WindowStarts,
    stored?: SpendingRow | null,
  ): SpendingCounts
  hold(kind: SpendingKind, subjectId: string, starts: WindowStarts, amounts: Amounts): CountedHold
}

type MutableAmounts = { -readonly [member in keyof Amounts]: Amounts[member] }

interface Period {
  startMs: number
  readonly used: MutableAmounts
  readonly held: MutableAmounts
}

interface Counter extends Readonly<Record<SpendingPeriod, Period>> {
  readonly kind: SpendingKind
  readonly subjectId: string
}

export function createSpendingBook(repository: Pick<SpendingRepository, 'find'>): SpendingBook {
  /** Grows with what was spent from since the start, and no further. */
  const counters: Record<SpendingKind, Map<string, Counter>> = { key: new Map(), plan: new Map() }

  const load = (
    kind: SpendingKind,
    subjectId: string,
    stored: SpendingRow | null | undefined = repository.find(kind, subjectId),
  ): Counter => toCounter(kind, subjectId, stored ?? undefined)

  return {
    read(kind, subjectId, starts, stored) {
      // What is only looked at takes no memory: a list of keys would fill it.
      const counter = counters[kind].get(subjectId) ?? load(kind, subjectId, stored)
      return {
        day: countSince(counter.day, starts.dayStartMs),
        week: countSince(counter.week, starts.weekStartMs),
        month: countSince(counter.month, starts.monthStartMs),
        total: counter.total,
      }
    },
    hold(kind, subjectId, starts, amounts) {
      let counter = counters[kind].get(subjectId)
      if (!counter) {
        counter = load(kind, subjectId)
        counters[kind].set(subjectId, counter)
      }
      turnTo(counter.day, starts.dayStartMs)
      turnTo(counter.week, starts.weekStartMs)
      turnTo(counter.month, starts.monthStartMs)
      return new HoldInWindows(counter, amounts)
    },
  }
}

class HoldInWindows implements CountedHold {
  readonly #counter: Counter
  readonly #held: Amounts
  /** Those that admitted the request: where one has passed, what was counted there is gone with it. */
  readonly #dayStartMs: number
  readonly #weekStartMs: number
  readonly #monthStartMs: number

  constructor(counter: Counter, held: Amounts) {
    this.#counter = counter
    this.#held = held
    this.#dayStartMs = counter.day.startMs
    this.#weekStartMs = counter.week.startMs
    this.#monthStartMs = counter.month.startMs
    this.#count('held', held, 1)
  }

  release(): void {
    this.#count('held', this.#held, -1)
  }

  count(used: Amounts): SpendingDelta {
    this.#count('used', used, 1)
    return {
      kind: this.#counter.kind,
      subjectId: this.#counter.subjectId,
      dayStartMs: this.#dayStartMs,
      weekStartMs: this.#weekStartMs,
      monthStartMs: this.#monthStartMs,
      nanoUsd: used.nanoUsd,
      tokens: used.tokens,
      requests: used.requests,
    }
  }

  undo(used: Amounts): void {
    this.#count('used', used, -1)
  }

  #count(what: 'used' | 'held', amounts: Amounts, sign: 1 | -1): void {
    const { day, week, month, total } = this.#counter
    if (day.startMs === this.#dayStartMs) add(day[what], amounts, sign)
    if (week.startMs === this.#weekStartMs) add(week[what], amounts, sign)
    if (month.startMs === this.#monthStartMs) add(month[what], amounts, sign)
    add(total[what], amounts, sign)
  }
}

function add(to: MutableAmounts, amounts: Amounts, sign: 1 | -1): void {
  to.nanoUsd += sign * amounts.nanoUsd
  to.tokens += sign * amounts.tokens
  to.requests += sign * amounts.requests
}

/** Begins a new window. Never an earlier one: a zone or a clock that was changed brings none back. */
function turnTo(period: Period, startMs: number): void {
  if (startMs <= period.startMs) return
  period.startMs = startMs
  Object.assign(period.used, NOTHING)
  Object.assign(period.held, NOTHING)
}

const NOTHING: Amounts = { nanoUsd: 0, tokens: 0, requests: 0 }
const EMPTY: PeriodCount = { used: NOTHING, held: NOTHING }

const countSince = (period: Period, startMs: number): PeriodCount =>
  period.startMs >= startMs ? period : EMPTY

function toCounter(kind: SpendingKind, subjectId: string, row: SpendingRow | undefined): Counter {
  const period = (startMs = 0, nanoUsd = 0, tokens = 0, requests = 0): Period => ({
    startMs,
    used: { nanoUsd, tokens, requests },
    held: { ...NOTHING },
  })
  return {
    kind,
    subjectId,
    day: period(row?.dayStartMs, row?.dayNanoUsd, row?.dayTokens, row?.dayRequests),
    week: period(row?.weekStartMs, row?.weekNanoUsd, row?.weekTokens, row?.weekRequests),
    month: period(row?.monthStartMs, row?.monthNanoUsd, row?.monthTokens, row?.monthRequests),
    total: period(0, row?.totalNanoUsd, row?.totalTokens, row?.totalRequests),
  }
}
