// Which windows of a plan a moment falls into: the operator's local day, and weeks and months that run from the activation.
import type { PlanWindow } from '../../contract/plans.ts'
import type { Span } from './decide-window.ts'

export type PlanWindows = Readonly<Record<PlanWindow, Span>>

const WEEK_MS = 604_800_000

/** A moment before the activation, which a clock that was set back gives, belongs to the first windows. */
export function decidePlanWindows(activatedAtMs: number, nowMs: number, day: Span): PlanWindows {
  const atMs = Math.max(activatedAtMs, nowMs)
  return { day, week: weekFrom(activatedAtMs, atMs), month: monthFrom(activatedAtMs, atMs) }
}

function weekFrom(activatedAtMs: number, atMs: number): Span {
  const weeks = Math.floor((atMs - activatedAtMs) / WEEK_MS)
  const startMs = activatedAtMs + weeks * WEEK_MS
  return { startMs, endMs: startMs + WEEK_MS }
}

/**
 * From the activation's day and time to the same of the next calendar month, in UTC, so that no change of zone moves it. In
 * a month that is too short for the day, its last day stands in.
 */
function monthFrom(activatedAtMs: number, atMs: number): Span {
  const activated = new Date(activatedAtMs)
  const at = new Date(atMs)
  let months =
    (at.getUTCFullYear() - activated.getUTCFullYear()) * 12 + at.getUTCMonth() - activated.getUTCMonth()
  if (monthsAfter(activated, months) > atMs) months -= 1
  return { startMs: monthsAfter(activated, months), endMs: monthsAfter(activated, months + 1) }
}

function monthsAfter(activated: Date, months: number): number {
  const year = activated.getUTCFullYear()
  const month = activated.getUTCMonth() + months
  // Day 0 of a month is the last day of the one before it.
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const timeOfDayMs = activated.getTime() % 86_400_000
  return Date.UTC(year, month, Math.min(activated.getUTCDate(), lastDay)) + timeOfDayMs
}
