// Calendar months as statements name them.

/** `2026-11` and the months before it, back to the one of `sinceMs`, the newest first; at least one. */
export function lastMonths(nowMs: number, sinceMs: number, most: number): string[] {
  const now = new Date(nowMs)
  const since = new Date(sinceMs)
  const age = (now.getFullYear() - since.getFullYear()) * 12 + now.getMonth() - since.getMonth()
  const count = Math.min(most, Math.max(0, age) + 1)
  return Array.from({ length: count }, (_, back) => {
    const month = new Date(now.getFullYear(), now.getMonth() - back, 1)
    return `${month.getFullYear()}-${String(month.getMonth() + 1).padStart(2, '0')}`
  })
}

/** `November 2026`. */
export function monthText(month: string, language: string): string {
  const [year = 1970, number = 1] = month.split('-').map(Number)
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    year: 'numeric',
    month: 'long',
  })
  return format.format(new Date(year, number - 1, 1))
}
