// What each key family has spent: over its life, and in the operator's local day and month.
import type { SpendingRow } from '../db/repositories/spending.ts'
import type { CapPeriod, KeySpending, PeriodSpending } from '../limits/decide-spending-cap.ts'
import type { SpendingTime } from './account.ts'
import type { Amounts, CountedHold, SpendingBook } from './spending-book.ts'

/** What was charged, and what is held, in one period. */
interface PeriodCounts {
  readonly used: Amounts
  readonly held: Amounts
  /** Null for the life of a key. */
  readonly endsAt: number | null
}

export type KeyCounts = Readonly<Record<CapPeriod, PeriodCounts>>

export interface KeySpendings {
  /** The same with requests and tokens. */
  countsOf(familyId: string): KeyCounts
  /** In the windows that are open now. `stored` is what the disk says, for whoever has read it; null for nothing. */
  of(familyId: string, stored?: SpendingRow | null): KeySpending
  /** Counts a running request in the windows that are open now. */
  hold(familyId: string, amounts: Amounts): CountedHold
}

export function createKeySpendings({
  book,
  time,
}: {
  readonly book: SpendingBook
  readonly time: SpendingTime
}): KeySpendings {
  function windowsNow() {
    const nowMs = time.now()
    const { day } = time.windowsAt(nowMs)
    const month = time.monthAt(nowMs)
    return {
      starts: { dayStartMs: day.startMs, weekStartMs: 0, monthStartMs: month.startMs },
      ends: { day: day.endMs, month: month.endMs, total: null },
    }
  }

  function countsOf(familyId: string, stored?: SpendingRow | null): KeyCounts {
    const { starts, ends } = windowsNow()
    const { day, month, total } = book.read('key', familyId, starts, stored)
    return {
      day: { ...day, endsAt: ends.day },
      month: { ...month, endsAt: ends.month },
      total: { ...total, endsAt: null },
    }
  }

  return {
    countsOf: (familyId) => countsOf(familyId),
    of(familyId, stored) {
      const counts = countsOf(familyId, stored)
      const spentIn = (period: CapPeriod): PeriodSpending => ({
        settledNanoUsd: counts[period].used.nanoUsd,
        openHoldsNanoUsd: counts[period].held.nanoUsd,
        endsAt: counts[period].endsAt,
      })
      return { day: spentIn('day'), month: spentIn('month'), total: spentIn('total') }
    },
    hold(familyId, amounts) {
      const nowMs = time.now()
      const dayStartMs = time.windowsAt(nowMs).day.startMs
      const starts = { dayStartMs, weekStartMs: 0, monthStartMs: time.monthAt(nowMs).startMs }
      return book.hold('key', familyId, starts, amounts)
    },
  }
}
