// Which window a moment falls into: UTC minutes and hours, and the operator's local calendar days and months.
import type { LimitWindow } from '../../contract/limits.ts'

/** From `startMs` on and before `endMs`, in Unix milliseconds. */
export interface Span {
  readonly startMs: number
  readonly endMs: number
}

export type Windows = Readonly<Record<LimitWindow, Span>>

/** What belongs to a window. Spelled out, because a look-up by a computed name is what the hot path would spend most on. */
export function inWindow<T>(each: Readonly<Record<LimitWindow, T>>, window: LimitWindow): T {
  switch (window) {
    case 'minute':
      return each.minute
    case 'hour':
      return each.hour
    case 'day':
      return each.day
  }
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** The windows at a moment; `day` is the local day, computed by `localDay` when the one before has ended. */
export const decideWindows = (nowMs: number, day: Span): Windows => ({
  minute: alignedSpan(nowMs, MINUTE_MS),
  hour: alignedSpan(nowMs, HOUR_MS),
  day,
})

function alignedSpan(nowMs: number, lengthMs: number): Span {
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs
  return { startMs, endMs: startMs + lengthMs }
}

/**
 * In the place of a zone's name, that of the machine: the engine knows it without its library of languages, which takes 8 MB
 * and 20 ms when it is first asked for.
 */
export const OWN_ZONE = ''

/**
 * The local calendar day, from the first moment that has its date to the first that has the next one: 23 or 25 hours where
 * the clock is changed, beginning at 01:00 where that takes midnight away. Days follow each other without gap or overlap.
 * Throws a RangeError for a zone that is not in the IANA database.
 */
export function localDay(nowMs: number, timeZone: string): Span {
  const dateOf = dateReader(timeZone)
  const day = dayAt(nowMs, dateOf)
  return { startMs: firstMomentOf(day, dateOf), endMs: firstMomentOf(day + 1, dateOf) }
}

/** The local calendar month, in the same sense. */
export function localMonth(nowMs: number, timeZone: string): Span {
  const dateOf = dateReader(timeZone)
  const date = new Date(dayAt(nowMs, dateOf) * DAY_MS)
  const firstOf = (month: number) => firstMomentOf(Date.UTC(date.getUTCFullYear(), month, 1) / DAY_MS, dateOf)
  return { startMs: firstOf(date.getUTCMonth()), endMs: firstOf(date.getUTCMonth() + 1) }
}

/** A local date as the number of its day, counted from 1 January 1970. */
type DateReader = (atMs: number) => number

function dateReader(timeZone: string): DateReader {
  return timeZone === OWN_ZONE ? ownDateOf : namedDateReader(timeZone)
}

function ownDateOf(atMs: number): number {
  const date = new Date(atMs)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS
}

function namedDateReader(timeZone: string): DateReader {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  })
  return (atMs) => {
    let year = 0
    let month = 0
    let day = 0
    for (const { type, value } of format.formatToParts(atMs)) {
      if (type === 'year') year = Number(value)
      else if (type === 'month') month = Number(value)
      else if (type === 'day') day = Number(value)
    }
    return Date.UTC(year, month - 1, day) / DAY_MS
  }
}

/** Where a clock was put back over midnight, a date comes twice; the day that has begun by then stays begun. */
function dayAt(nowMs: number, dateOf: DateReader): number {
  let day = dateOf(nowMs)
  while (firstMomentOf(day + 1, dateOf) <= nowMs) day += 1
  return day
}

/** Halves the hours in which this date can begin anywhere on Earth (UTC+14 to UTC−12), until one millisecond is left. */
function firstMomentOf(day: number, dateOf: DateReader): number {
  let before = day * DAY_MS - 15 * HOUR_MS
  let reached = day * DAY_MS + 13 * HOUR_MS
  while (reached - before > 1) {
    const middle = Math.floor((before + reached) / 2)
    if (dateOf(middle) >= day) reached = middle
    else before = middle
  }
  return reached
}
