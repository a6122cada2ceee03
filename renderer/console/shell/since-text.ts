// Since when the gateway runs: the time today, the day before that.
import { dateText, dayStart } from '../../kit/times.ts'

export function sinceText(startedAtMs: number, nowMs: number, language: string): string {
  if (startedAtMs < dayStart(nowMs)) return dateText(startedAtMs, nowMs, language)
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(startedAtMs)
}
