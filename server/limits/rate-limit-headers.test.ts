// What a client reads about its limits in the headers of an answer.
import { describe, expect, test } from 'vitest'
import type { EffectiveLimits, SubjectCounts, WindowLimit } from './decide-limits.ts'
import { decideWindows, localDay } from './decide-window.ts'
import { formatReset, rateLimitHeaders } from './rate-limit-headers.ts'

test.each([
  [0, '0s'],
  [-5, '0s'],
  [1, '1ms'],
  [120, '120ms'],
  [999, '999ms'],
  [1_000, '1s'],
  [8_640, '8.64s'],
  [59_999, '59.999s'],
  [60_000, '1m0s'],
  [360_000, '6m0s'],
  [90_500, '1m30.5s'],
  [3_600_000, '1h0m0s'],
  [86_399_999, '23h59m59.999s'],
  [90_000_000, '25h0m0s'],
])('a wait of %i ms is written %s, as OpenAI does', (ms, text) => {
  expect(formatReset(ms)).toBe(text)
})

const NOW = Date.parse('2026-11-23T10:17:30.250Z')
const windows = decideWindows(NOW, localDay(NOW, 'UTC'))
const limit = (
  metric: 'requests' | 'tokens',
  window: 'minute' | 'hour' | 'day',
  value: number,
): WindowLimit => ({
  scope: 'user',
  metric,
  window,
  value,
})
const limits = (user: WindowLimit[], key: WindowLimit[] = []): EffectiveLimits => ({
  user: { windows: user, concurrent: undefined },
  key: { windows: key, concurrent: undefined },
})
const counts = (requests: number, tokens = 0, reservedTokens = 0): SubjectCounts => {
  const count = { requests, tokens, reservedTokens }
  return {
    minute: { ...count, startMs: windows.minute.startMs },
    hour: { ...count, startMs: windows.hour.startMs },
    day: { ...count, startMs: windows.day.startMs },
    running: 0,
  }
}

describe('the headers', () => {
  test('say how much there is, how much is left and when it is all there again, for requests and tokens', () => {
    const both = limits([limit('requests', 'minute', 60), limit('tokens', 'hour', 10_000)])
    expect(rateLimitHeaders(both, counts(2, 700, 300), counts(0), windows, NOW)).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '58',
      'x-ratelimit-reset-requests': '29.75s',
      'x-ratelimit-limit-tokens': '10000',
      'x-ratelimit-remaining-tokens': '9000',
      'x-ratelimit-reset-tokens': '42m29.75s',
    })
  })

  test('are left out where nothing limits', () => {
    expect(rateLimitHeaders(limits([]), counts(5), counts(5), windows, NOW)).toEqual({})
  })

  test('tell of the limit of which least is left, be it the person’s or the key’s', () => {
    const minuteAndDay = limits([limit('requests', 'minute', 60), limit('requests', 'day', 100)])
    const remaining = (user: number, key = 0, of = minuteAndDay) =>
      rateLimitHeaders(of, counts(user), counts(key), windows, NOW)['x-ratelimit-remaining-requests']
    expect(remaining(10)).toBe('50')
    expect(rateLimitHeaders(minuteAndDay, counts(10), counts(0), windows, NOW)).toMatchObject({
      'x-ratelimit-limit-requests': '60',
    })
    const narrowed = limits([limit('requests', 'minute', 60)], [limit('requests', 'hour', 12)])
    expect(remaining(3, 3, narrowed)).toBe('9')
  })

  test('of equals tell of the shorter window', () => {
    const equal = limits([limit('requests', 'day', 60)], [limit('requests', 'minute', 60)])
    expect(rateLimitHeaders(equal, counts(1), counts(1), windows, NOW)).toMatchObject({
      'x-ratelimit-reset-requests': '29.75s',
    })
  })

  test('never show less than nothing', () => {
    expect(
      rateLimitHeaders(limits([limit('tokens', 'minute', 10)]), counts(1, 500), counts(0), windows, NOW),
    ).toMatchObject({
      'x-ratelimit-remaining-tokens': '0',
    })
  })
})
