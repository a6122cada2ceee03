// The months that there are statements for, as the contract writes them: `2026-11`.

/** A reader picks from a list; whoever is here for longer names the month in the address. */
const MONTHS_MAX = 36

const monthOf = (year: number, monthIndex: number): string => {
  const first = new Date(year, monthIndex, 1)
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, '0')}`
}

/** From this month back to the one that somebody came in, in the reader's zone. */
export function monthsSince(createdAtMs: number, nowMs: number): readonly string[] {
  const now = new Date(nowMs)
  const created = new Date(createdAtMs)
  const all = (now.getFullYear() - created.getFullYear()) * 12 + now.getMonth() - created.getMonth() + 1
  const count = Math.min(Math.max(all, 1), MONTHS_MAX)
  return Array.from({ length: count }, (_, back) => monthOf(now.getFullYear(), now.getMonth() - back))
}

/** As the contract has it; what else stands in an address is no month. */
export const isMonth = (text: string): boolean => /^20\d\d-(0[1-9]|1[0-2])$/.test(text)

/** `November 2026`, `2026年11月`. */
export function monthText(month: string, language: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Intl.DateTimeFormat(language, { year: 'numeric', month: 'long' }).format(
    new Date(year, number - 1, 1),
  )
}
