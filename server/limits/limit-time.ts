// The time that limits go by: the wall clock, except that it never goes back. Where the clock is set back, limits go on at
// the pace of the monotonic clock, so that no window comes twice and none lasts longer than its length.
import type { Clock } from '../ports.ts'
import { decideWindows, localDay, localMonth, type Span, type Windows } from './decide-window.ts'

export interface LimitTime {
  /** Integer Unix milliseconds; never less than it was before. */
  now(): number
  /** The windows that are open at a moment that `now()` has given. The same object while they stay open. */
  windowsAt(nowMs: number): Windows
  /** The local month that is open at such a moment. */
  monthAt(nowMs: number): Span
}

export interface LimitTimeDeps {
  readonly clock: Clock
  /** The operator's IANA zone. Where it changes, a day may end early or late, and none begins anew before it does. */
  readonly timeZone: () => string
  /** The newest windows that were counted before the start: time goes on from there, whatever the clock says by now. */
  readonly newest: { readonly startMs: number; readonly dayStartMs: number }
}

/** Throws a RangeError for a zone that is not in the IANA database. */
export function createLimitTime({ clock, timeZone, newest }: LimitTimeDeps): LimitTime {
  let anchorMs = Math.max(clock.now(), newest.startMs)
  let anchorMonoMs = clock.monotonicMs()
  let zone = timeZone()
  let windows = decideWindows(anchorMs, notBefore(newest.dayStartMs, localDay(anchorMs, zone)))

  function now(): number {
    const monoMs = clock.monotonicMs()
    const flowedMs = anchorMs + (monoMs - anchorMonoMs)
    const wallMs = clock.now()
    if (wallMs < flowedMs) return Math.floor(flowedMs)
    anchorMs = wallMs
    anchorMonoMs = monoMs
    return wallMs
  }

  function windowsAt(nowMs: number): Windows {
    const zoneNow = timeZone()
    if (nowMs < windows.minute.endMs && nowMs < windows.day.endMs && zoneNow === zone) return windows
    const isSameDay = nowMs < windows.day.endMs && zoneNow === zone
    const day = isSameDay ? windows.day : notBefore(windows.day.startMs, localDay(nowMs, zoneNow))
    windows = decideWindows(nowMs, day)
    zone = zoneNow
    return windows
  }

  let month: Span | undefined
  let monthZone = zone

  function monthAt(nowMs: number): Span {
    const zoneNow = timeZone()
    if (month && nowMs < month.endMs && zoneNow === monthZone) return month
    month = notBefore(month?.startMs ?? 0, localMonth(nowMs, zoneNow))
    monthZone = zoneNow
    return month
  }

  return { now, windowsAt, monthAt }
}

const notBefore = (startMs: number, span: Span): Span =>
  span.startMs >= startMs ? span : { startMs, endMs: span.endMs }
