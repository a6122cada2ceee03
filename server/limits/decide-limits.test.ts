// Which limits apply to a caller, and what a caller is told who has reached one.
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../contract/errors.ts'
import type { LimitRule } from '../../contract/limits.ts'
import {
  decideEffectiveLimits,
  decideLimits,
  type EffectiveLimits,
  type LimitSubject,
  type SubjectCounts,
  type WindowCount,
} from './decide-limits.ts'
import { decideWindows, localDay } from './decide-window.ts'

const NOW = Date.parse('2026-11-23T10:17:30.250Z')
const windows = decideWindows(NOW, localDay(NOW, 'Europe/Berlin'))
const subject: LimitSubject = { userId: 'u1', role: 'user', planId: 'p1', keyFamilyId: 'k1' }

const rule = (
  scope: LimitRule['scope'],
  subjectId: string,
  what: string,
  value: number | null,
): LimitRule => {
  const [metric, window = null] = what.split('/') as [LimitRule['metric'], LimitRule['window']?]
  return { scope, subjectId, metric, window, value }
}
const effective = (...rules: LimitRule[]) => decideEffectiveLimits(rules, subject)
const summary = (limits: EffectiveLimits) => [
  ...limits.user.windows.map((limit) => `${limit.scope} ${limit.metric}/${limit.window} ${limit.value}`),
  ...(limits.user.concurrent
    ? [`${limits.user.concurrent.scope} concurrent ${limits.user.concurrent.value}`]
    : []),
]

describe('of the limits for one metric and window', () => {
  test('the most specific wins, larger or smaller, in whatever order they come', () => {
    const rules = [
      rule('user', 'u1', 'requests/minute', 500),
      rule('role', 'user', 'requests/minute', 60),
      rule('plan', 'p1', 'requests/minute', 100),
    ]
    expect(summary(effective(...rules))).toEqual(['user requests/minute 500'])
    expect(summary(effective(...rules.toReversed()))).toEqual(['user requests/minute 500'])
    expect(summary(effective(...rules.slice(1)))).toEqual(['plan requests/minute 100'])
  })

  test('those for another metric or window stay', () => {
    const limits = effective(
      rule('role', 'user', 'requests/minute', 60),
      rule('role', 'user', 'requests/day', 900),
      rule('role', 'user', 'concurrent', 4),
      rule('user', 'u1', 'tokens/minute', 10),
      rule('user', 'u1', 'requests/minute', 20),
    )
    expect(summary(limits)).toEqual([
      'user requests/minute 20',
      'user tokens/minute 10',
      'role requests/day 900',
      'role concurrent 4',
    ])
  })

  test('null lifts a less specific one', () => {
    expect(
      summary(effective(rule('role', 'user', 'concurrent', 4), rule('user', 'u1', 'concurrent', null))),
    ).toEqual([])
  })

  test('those of other roles, plans, people and keys do not count', () => {
    const others = [
      rule('role', 'admin', 'requests/minute', 1),
      rule('plan', 'p2', 'requests/minute', 1),
      rule('user', 'u2', 'requests/minute', 1),
      rule('key', 'k2', 'requests/minute', 1),
    ]
    expect(effective(...others)).toEqual({
      user: { windows: [], concurrent: undefined },
      key: { windows: [], concurrent: undefined },
    })
  })

  test('a later one for the same subject follows an earlier one, as an operator’s follows a shipped one', () => {
    const rules = [rule('role', 'user', 'concurrent', 2_000), rule('role', 'user', 'concurrent', 3)]
    expect(summary(effective(...rules))).toEqual(['role concurrent 3'])
  })
})

const nothing: WindowCount = { startMs: 0, requests: 0, tokens: 0, reservedTokens: 0 }
const counts = (
  more: Partial<Record<'minute' | 'hour' | 'day', Partial<WindowCount>>> & { running?: number } = {},
): SubjectCounts => ({
  minute: { ...nothing, startMs: windows.minute.startMs, ...more.minute },
  hour: { ...nothing, startMs: windows.hour.startMs, ...more.hour },
  day: { ...nothing, startMs: windows.day.startMs, ...more.day },
  running: more.running ?? 0,
})
const decide = (limits: EffectiveLimits, user: SubjectCounts, tokens = 0, key = counts()) =>
  decideLimits(limits, user, key, windows, NOW, tokens)

describe('a request is admitted', () => {
  const limits = effective(
    rule('role', 'user', 'requests/minute', 3),
    rule('role', 'user', 'tokens/hour', 1_000),
  )

  test('up to the limit, and not beyond it', () => {
    expect(decide(limits, counts({ minute: { requests: 2 } }))).toBeUndefined()
    expect(decide(limits, counts({ minute: { requests: 3 } }))).toMatchObject({ code: 'rate_limit_exceeded' })
    expect(decide(limits, counts({ hour: { tokens: 600, reservedTokens: 300 } }), 100)).toBeUndefined()
    expect(decide(limits, counts({ hour: { tokens: 600, reservedTokens: 300 } }), 101)).toMatchObject({
      code: 'rate_limit_exceeded',
    })
  })

  test('whatever was counted in a window that has passed', () => {
    const past = { startMs: windows.minute.startMs - 60_000, requests: 99 }
    expect(decide(limits, counts({ minute: past }))).toBeUndefined()
  })

  test('only where its key admits it too, and a key’s larger limit widens nothing', () => {
    const both = effective(rule('user', 'u1', 'requests/minute', 5), rule('key', 'k1', 'requests/minute', 2))
    expect(decide(both, counts(), 0, counts({ minute: { requests: 2 } }))).toMatchObject({
      details: { scope: 'key' },
    })
    const wider = effective(
      rule('user', 'u1', 'requests/minute', 5),
      rule('key', 'k1', 'requests/minute', 50),
    )
    expect(decide(wider, counts({ minute: { requests: 5 } }))).toMatchObject({
      details: { scope: 'user', limit: 5 },
    })
  })
})

describe('a refusal', () => {
  test('names the limit, its window, whose it is and when it frees', () => {
    const refused = decide(
      effective(rule('plan', 'p1', 'tokens/minute', 9_000)),
      counts({ minute: { tokens: 8_999 } }),
      2,
    )
    expect(refused).toEqual({
      code: 'rate_limit_exceeded',
      details: { limit: 9_000, unit: 'tokens', window: 'minute', retryAfterSeconds: 30, scope: 'plan' },
      retryAfterMs: 29_750,
    })
    expect(refused && messageOf(refused)).toBe(
      'Rate limit reached: 9000 tokens per minute. Try again in 30 s.',
    )
  })

  test('of several limits that are reached names the one that frees last', () => {
    const limits = effective(
      rule('user', 'u1', 'requests/minute', 1),
      rule('user', 'u1', 'requests/hour', 1),
      rule('key', 'k1', 'requests/day', 1),
      rule('key', 'k1', 'requests/minute', 1),
    )
    const one = counts({ minute: { requests: 1 }, hour: { requests: 1 }, day: { requests: 1 } })
    expect(decide(limits, one, 0, one)).toMatchObject({ details: { window: 'day', scope: 'key' } })
    expect(decide(limits, one)).toMatchObject({ details: { window: 'hour', scope: 'user' } })
  })

  test('says that a request is too large where no waiting would help', () => {
    const limits = effective(
      rule('role', 'user', 'tokens/minute', 1_000),
      rule('role', 'user', 'requests/minute', 1),
    )
    const refused = decide(limits, counts({ minute: { requests: 1 } }), 1_001)
    expect(refused).toEqual({
      code: 'request_exceeds_token_limit',
      details: { neededTokens: 1_001, limit: 1_000, window: 'minute', scope: 'role' },
    })
    expect(refused && messageOf(refused)).toContain(
      'may use up to 1001 tokens, which is more than the limit of 1000',
    )
  })

  test('for too many requests at once names how many, for person and key', () => {
    const limits = effective(rule('role', 'user', 'concurrent', 2), rule('key', 'k1', 'concurrent', 1))
    expect(decide(limits, counts({ running: 1 }))).toBeUndefined()
    const refused = decide(limits, counts({ running: 2 }))
    expect(refused).toEqual({
      code: 'concurrency_limit_exceeded',
      details: { limit: 2, scope: 'role' },
      retryAfterMs: 1_000,
    })
    expect(decide(limits, counts({ running: 1 }), 0, counts({ running: 1 }))).toMatchObject({
      details: { limit: 1, scope: 'key' },
    })
  })

  test('speaks of the window rather than of requests at once, because only that one says when to come back', () => {
    const limits = effective(rule('role', 'user', 'concurrent', 1), rule('role', 'user', 'requests/hour', 1))
    expect(decide(limits, counts({ running: 1, hour: { requests: 1 } }))).toMatchObject({
      code: 'rate_limit_exceeded',
    })
  })
})
