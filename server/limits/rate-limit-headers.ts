// The x-ratelimit-* headers as OpenAI sends them: how much there is, how much is left, and when it is all there again.
import {
  type CounterLimits,
  countedIn,
  type EffectiveLimits,
  type SubjectCounts,
  type WindowLimit,
} from './decide-limits.ts'
import { inWindow, type Windows } from './decide-window.ts'

export type RateLimitHeaders = Readonly<Record<string, string>>

const NAMES = {
  requests: {
    limit: 'x-ratelimit-limit-requests',
    remaining: 'x-ratelimit-remaining-requests',
    reset: 'x-ratelimit-reset-requests',
  },
  tokens: {
    limit: 'x-ratelimit-limit-tokens',
    remaining: 'x-ratelimit-remaining-tokens',
    reset: 'x-ratelimit-reset-tokens',
  },
} as const

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
    const ofUser = tightestOf(limits.user, metric, user, windows)
    const ofKey = tightestOf(limits.key, metric, key, windows)
    const tightest = tighterOf(ofUser, ofKey, windows)
    if (!tightest) continue
    const names = NAMES[metric]
    headers[names.limit] = String(tightest.limit.value)
    headers[names.remaining] = String(tightest.remaining)
    headers[names.reset] = formatReset(inWindow(windows, tightest.limit.window).endMs - nowMs)
  }
  return headers
}

interface Tightest {
  readonly limit: WindowLimit
  readonly remaining: number
}

/** The limits come with the shortest window first, so of equals the first stays. */
function tightestOf(
  limits: CounterLimits,
  metric: WindowLimit['metric'],
  counts: SubjectCounts,
  windows: Windows,
): Tightest | undefined {
  let tightest: WindowLimit | undefined
  let least = Number.POSITIVE_INFINITY
  for (const limit of limits.windows) {
    if (limit.metric !== metric) continue
    const remaining = limit.value - countedIn(limit, counts, windows)
    if (remaining >= least) continue
    tightest = limit
    least = remaining
  }
  return tightest && { limit: tightest, remaining: Math.max(0, least) }
}

function tighterOf(
  one: Tightest | undefined,
  other: Tightest | undefined,
  windows: Windows,
): Tightest | undefined {
  if (!one || !other) return one ?? other
  if (one.remaining !== other.remaining) return one.remaining < other.remaining ? one : other
  const oneEndsFirst =
    inWindow(windows, one.limit.window).endMs <= inWindow(windows, other.limit.window).endMs
  return oneEndsFirst ? one : other
}

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
