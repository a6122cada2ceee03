// When a balance will have run out, as a reader says it: a time today, a day of this week, a date.

const DAY_MS = 24 * 60 * 60_000
/** From here on it is worth a warning. */
const SOON_DAYS = 7

export interface RunOut {
  readonly isSoon: boolean
  /** Empty where it has run out already. */
  readonly when: string
}

export function runOutOf(runsOutAt: number, nowMs: number, language: string): RunOut {
  const leftMs = runsOutAt - nowMs
  if (leftMs <= 0) return { isSoon: true, when: '' }
  const locale = language === 'en' ? 'en-GB' : language
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, options).format(runsOutAt)
  const isToday = new Date(runsOutAt).toDateString() === new Date(nowMs).toDateString()
  if (isToday) return { isSoon: true, when: format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }) }
  if (leftMs < (SOON_DAYS - 1) * DAY_MS) return { isSoon: true, when: format({ weekday: 'long' }) }
  const isThisYear = new Date(runsOutAt).getFullYear() === new Date(nowMs).getFullYear()
  const year = isThisYear ? {} : ({ year: 'numeric' } as const)
  return { isSoon: leftMs < SOON_DAYS * DAY_MS, when: format({ day: 'numeric', month: 'short', ...year }) }
}
