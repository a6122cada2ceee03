// The x-ratelimit-* headers as OpenAI sends them: how much there is, how much is left, and when it is all there again.
import {
  type CounterLimits,
  countedIn,
  type EffectiveLimits,
  type SubjectCounts,
  type WindowLimit,
} from './decide-limits.ts'
import type { Windows } from './decide-window.ts'

export type RateLimitHeaders = Readonly<Record<string, string>>

interface Tightest {
  readonly limit: WindowLimit
  readonly remaining: number
}

/**
 * The headers for the limit of which least is left, of equals the one with the shorter window; for requests and tokens
 * each, where there is such a limit. https://platform.openai.com/docs/guides/rate-limits, "Rate limits in headers".
 */
export function rateLimitHeaders(
  limits: EffectiveLimits,
  user: SubjectCounts,
  key: SubjectCounts,
  windows: Windows,
  nowMs: number,
): RateLimitHeaders {
  const headers: Record<string, string> = {}
  for (const metric of ['requests', 'tokens'] as const) {
    const ofUser = tightestOf(limits.user, metric, user, windows, undefined)
    const tightest = tightestOf(limits.key, metric, key, windows, ofUser)
    if (!tightest) continue
    headers[`x-ratelimit-limit-${metric}`] = String(tightest.limit.value)
    headers[`x-ratelimit-remaining-${metric}`] = String(tightest.remaining)
    headers[`x-ratelimit-reset-${metric}`] = formatReset(windows[tightest.limit.window].endMs - nowMs)
  }
  return headers
}

function tightestOf(
  limits: CounterLimits,
  metric: WindowLimit['metric'],
  counts: SubjectCounts,
  windows: Windows,
  known: Tightest | undefined,
): Tightest | undefined {
  let tightest = known
  for (const limit of limits.windows) {
    if (limit.metric !== metric) continue
    const remaining = Math.max(0, limit.value - countedIn(limit, counts, windows))
    if (!tightest || isTighter({ limit, remaining }, tightest, windows)) tightest = { limit, remaining }
  }
  return tightest
}

const isTighter = (one: Tightest, other: Tightest, windows: Windows): boolean =>
  one.remaining === other.remaining
    ? windows[one.limit.window].endMs < windows[other.limit.window].endMs
    : one.remaining < other.remaining

/** A duration as OpenAI writes it (Go's format): `120ms`, `8.64s`, `6m0s`, `1h0m0s`. */
export function formatReset(durationMs: number): string {
  if (durationMs <= 0) return '0s'
  if (durationMs < 1000) return `${durationMs}ms`
  const hours = Math.floor(durationMs / 3_600_000)
  const minutes = Math.floor(durationMs / 60_000) % 60
  const seconds = (durationMs % 60_000) / 1000
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`
}
