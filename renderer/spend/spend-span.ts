// Which span of time the chart shows for a filter. It stays the same all day, so that what is asked
// for stays the same too.
import { dayStart } from '../kit/times.ts'

/** What is shown where no day was chosen, and the most that is shown at all. */
const DAYS = 30
const DAYS_MAX = 366

export interface SpendSpan {
  readonly from: number
  readonly to: number
}

interface Chosen {
  readonly from: number | undefined
  readonly to: number | undefined
}

/** `days` are those whose last is the last one of the choice, or today. */
export function spendSpan({ from, to }: Chosen, nowMs: number): SpendSpan {
  const tomorrow = dayStart(nowMs, 1)
  const end = Math.min(to ?? tomorrow, tomorrow)
  const start = Math.max(from ?? dayStart(end - 1, 1 - DAYS), dayStart(end - 1, 1 - DAYS_MAX))
  // A choice that lies ahead has no requests; a bucket of nothing is still a chart.
  return { from: Math.min(start, end - 1), to: end }
}
