// Decides which limits apply to a caller, and whether they admit one more request. Pure: what has been counted, and when it
// is, come as arguments.
import { type Refusal, refusal } from '../../contract/errors.ts'
import {
  type LimitMetric,
  type LimitRule,
  type LimitScope,
  type LimitWindow,
  limitWindow,
} from '../../contract/limits.ts'
import type { Role } from '../../contract/operations/fields.ts'
import { inWindow, type Windows } from './decide-window.ts'

/** Whose request it is. A rotated key belongs to the family of its predecessor, and shares its counters and limits. */
export interface LimitSubject {
  readonly userId: string
  readonly role: Role
  readonly planId: string | null
  readonly keyFamilyId: string
}

export interface WindowLimit {
  readonly scope: LimitScope
  readonly metric: Exclude<LimitMetric, 'concurrent'>
  readonly window: LimitWindow
  readonly value: number
}

export interface ConcurrentLimit {
  readonly scope: LimitScope
  readonly value: number
}

/** The limits that one counter is held against, the shortest window first. */
export interface CounterLimits {
  readonly windows: readonly WindowLimit[]
  readonly concurrent: ConcurrentLimit | undefined
}

/** What applies to a caller: to everything they do, and to what they do with this key. */
export interface EffectiveLimits {
  readonly user: CounterLimits
  readonly key: CounterLimits
}

export interface WindowCount {
  /** When the window that was counted last began; a count of an earlier window is a count of nothing. */
  readonly startMs: number
  readonly requests: number
  /** Used by requests that have ended. */
  readonly tokens: number
  /** Set aside for requests that are running. */
  readonly reservedTokens: number
}

export type SubjectCounts = Readonly<Record<LimitWindow, WindowCount>> & { readonly running: number }

/** When a slot frees is not known beforehand; most answers are shorter than a few such waits. */
const CONCURRENCY_RETRY_AFTER_MS = 1_000

const RANKS: Readonly<Record<Exclude<LimitScope, 'key'>, number>> = { role: 0, plan: 1, user: 2 }
const METRICS = ['requests', 'tokens'] as const
const WINDOWS = limitWindow.options

/**
 * The limits of one caller. For each metric and window the most specific rule wins (role → plan → user), and of two for the
 * same subject the later one, so shipped rules come first. Rules of the key are kept apart: they are checked in addition.
 */
export function decideEffectiveLimits(rules: Iterable<LimitRule>, subject: LimitSubject): EffectiveLimits {
  const user = new Map<string, LimitRule>()
  const key = new Map<string, LimitRule>()
  for (const rule of rules) {
    if (rule.subjectId !== subjectIdOf(subject, rule.scope)) continue
    const slot = slotOf(rule.metric, rule.window)
    if (rule.scope === 'key') key.set(slot, rule)
    else if (rankOf(rule) >= rankOf(user.get(slot))) user.set(slot, rule)
  }
  return { user: toCounterLimits(user), key: toCounterLimits(key) }
}

function subjectIdOf(subject: LimitSubject, scope: LimitScope): string | null {
  switch (scope) {
    case 'role':
      return subject.role
    case 'plan':
      return subject.planId
    case 'user':
      return subject.userId
    case 'key':
      return subject.keyFamilyId
  }
}

const slotOf = (metric: LimitMetric, window: LimitWindow | null) => `${metric} ${window}`

const rankOf = (rule: LimitRule | undefined): number =>
  rule === undefined || rule.scope === 'key' ? -1 : RANKS[rule.scope]

function toCounterLimits(chosen: ReadonlyMap<string, LimitRule>): CounterLimits {
  const windows: WindowLimit[] = []
  for (const window of WINDOWS) {
    for (const metric of METRICS) {
      const rule = chosen.get(slotOf(metric, window))
      if (rule && rule.value !== null) windows.push({ scope: rule.scope, metric, window, value: rule.value })
    }
  }
  const concurrent = chosen.get(slotOf('concurrent', null))
  if (!concurrent || concurrent.value === null) return { windows, concurrent: undefined }
  return { windows, concurrent: { scope: concurrent.scope, value: concurrent.value } }
}

/**
 * Why one more request with at most `tokens` tokens is not admitted, or undefined where it is. Of several limits that are
 * reached, the one that frees last is named, so that the time it gives is the time at which the request is admitted.
 */
export function decideLimits(
  limits: EffectiveLimits,
  user: SubjectCounts,
  key: SubjectCounts,
  windows: Windows,
  nowMs: number,
  tokens: number,
): Refusal | undefined {
  const tooLow = lowerThan(limits.user, tokens) ?? lowerThan(limits.key, tokens)
  if (tooLow) return refuseTooLarge(tooLow, tokens)
  const ofUser = lastToFree(limits.user, user, windows, tokens)
  const ofKey = lastToFree(limits.key, key, windows, tokens)
  const reached = ofUser && ofKey ? laterOf(ofUser, ofKey, windows) : (ofUser ?? ofKey)
  if (reached) return refuseReached(reached, windows[reached.window].endMs - nowMs)
  const busy = busyLimit(limits.user, user) ?? busyLimit(limits.key, key)
  return busy && refuseBusy(busy)
}

/** What a limit has counted in the window that is open now. */
export function countedIn(limit: WindowLimit, counts: SubjectCounts, windows: Windows): number {
  const count = inWindow(counts, limit.window)
  if (count.startMs < inWindow(windows, limit.window).startMs) return 0
  return limit.metric === 'requests' ? count.requests : count.tokens + count.reservedTokens
}

/** A token limit that this request would break even in an empty window: waiting cannot help. */
function lowerThan(limits: CounterLimits, tokens: number): WindowLimit | undefined {
  for (const limit of limits.windows) if (limit.metric === 'tokens' && tokens > limit.value) return limit
  return undefined
}

function lastToFree(
  limits: CounterLimits,
  counts: SubjectCounts,
  windows: Windows,
  tokens: number,
): WindowLimit | undefined {
  let last: WindowLimit | undefined
  for (const limit of limits.windows) {
    const asked = limit.metric === 'requests' ? 1 : tokens
    if (countedIn(limit, counts, windows) + asked <= limit.value) continue
    last = last ? laterOf(last, limit, windows) : limit
  }
  return last
}

const laterOf = (one: WindowLimit, other: WindowLimit, windows: Windows): WindowLimit =>
  windows[other.window].endMs > windows[one.window].endMs ? other : one

const busyLimit = (limits: CounterLimits, counts: SubjectCounts): ConcurrentLimit | undefined =>
  limits.concurrent && counts.running >= limits.concurrent.value ? limits.concurrent : undefined

const refuseTooLarge = ({ value, window, scope }: WindowLimit, tokens: number): Refusal =>
  refusal('request_exceeds_token_limit', { neededTokens: tokens, limit: value, window, scope })

function refuseReached({ value, metric, window, scope }: WindowLimit, retryAfterMs: number): Refusal {
  const retryAfterSeconds = Math.ceil(retryAfterMs / 1000)
  return refusal(
    'rate_limit_exceeded',
    { limit: value, unit: metric, window, retryAfterSeconds, scope },
    { retryAfterMs },
  )
}

const refuseBusy = ({ value, scope }: ConcurrentLimit): Refusal =>
  refusal('concurrency_limit_exceeded', { limit: value, scope }, { retryAfterMs: CONCURRENCY_RETRY_AFTER_MS })
