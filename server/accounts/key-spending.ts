// What each key family has spent: over its life, and in the operator's local day and month.
import type { CapPeriod, KeySpending, PeriodSpending } from '../limits/decide-spending-cap.ts'
import type { SpendingTime } from './account.ts'
import type { Amounts, CountedHold, SpendingBook } from './spending-book.ts'

export interface KeySpendings {
  /** In the windows that are open now. */
  of(familyId: string): KeySpending
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

  return {
    of(familyId) {
      const { starts, ends } = windowsNow()
      const counts = book.read('key', familyId, starts)
      const spentIn = (period: CapPeriod): PeriodSpending => ({
        settledNanoUsd: counts[period].used.nanoUsd,
        openHoldsNanoUsd: counts[period].held.nanoUsd,
        endsAt: ends[period],
      })
      return { day: spentIn('day'), month: spentIn('month'), total: spentIn('total') }
    },
    hold: (familyId, amounts) => book.hold('key', familyId, windowsNow().starts, amounts),
  }
}
