// Times as a reader sees them: relative where that says more, absolute with its zone wherever somebody wants to know exactly.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `12 seconds ago`, `3 hours ago`; from a week on, the date. `justNow` is the catalogue's word for less than 5 seconds. */
export function relativeTime(atMs: number, nowMs: number, language: string, justNow: string): string {
  const elapsedMs = nowMs - atMs
  const magnitude = Math.abs(elapsedMs)
  if (magnitude < 5_000) return justNow
  if (magnitude >= 7 * DAY_MS) return dateText(atMs, nowMs, language)
  const { unit, ms } = unitFor(magnitude)
  const format = new Intl.RelativeTimeFormat(language, { numeric: unit === 'day' ? 'auto' : 'always' })
  // Ahead, the nearest: what was given seven days a moment ago still says seven, not six.
  const count = elapsedMs < 0 ? -Math.round(magnitude / ms) : Math.floor(magnitude / ms)
  return spaced(format.format(-count, unit))
}

function unitFor(magnitude: number): { readonly unit: Intl.RelativeTimeFormatUnit; readonly ms: number } {
  if (magnitude < MINUTE_MS) return { unit: 'second', ms: 1000 }
  if (magnitude < HOUR_MS) return { unit: 'minute', ms: MINUTE_MS }
  if (magnitude < DAY_MS) return { unit: 'hour', ms: HOUR_MS }
  return { unit: 'day', ms: DAY_MS }
}

/** `14 Sep`, with the year where it is not this one. */
export function dateText(atMs: number, nowMs: number, language: string): string {
  const isThisYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear()
  const year = isThisYear ? {} : ({ year: 'numeric' } as const)
  const format = new Intl.DateTimeFormat(localeFor(language), { day: 'numeric', month: 'short', ...year })
  return spaced(format.format(atMs))
}

/** To the second, with the zone: `14 Sep 2026, 11:41:52 UTC+8`. */
export function absoluteTime(atMs: number, language: string): string {
  const locale = localeFor(language)
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' })
  return `${spaced(date.format(atMs))}${language === 'en' ? ', ' : ' '}${time.format(atMs)} ${zoneText(atMs)}`
}

/** `UTC+8`; languages put their own zone names in different places. */
function zoneText(atMs: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' }).formatToParts(atMs)
  const zone = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  return zone.replace('GMT', 'UTC')
}

/** The day first, as the screens are drawn; the reader's clock is a 24-hour one in both languages. */
const localeFor = (language: string): string => (language === 'en' ? 'en-GB' : language)

/** A thin gap between digits and Chinese, where the browser does not set one by itself. */
const spaced = (text: string): string =>
  text.replace(/(\d)(?=[\u4e00-\u9fff])/g, '$1 ').replace(/([\u4e00-\u9fff])(?=\d)/g, '$1 ')

/** `412 ms`, `5.3 s`, `2 min 4 s`. Units are international, and the same in both languages. */
export function durationText(ms: number): string {
  // Rounded before the unit is chosen: 59.96 s are a minute, and no 60.0 s.
  const wholeMs = Math.round(ms)
  if (wholeMs < 1000) return `${wholeMs} ms`
  const tenths = Math.round(ms / 100)
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** The days that a range of dates stands for, in the reader's zone: from midnight, and up to the next midnight. */
export function dayStart(atMs: number, daysLater = 0): number {
  const day = new Date(atMs)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + daysLater).getTime()
}
