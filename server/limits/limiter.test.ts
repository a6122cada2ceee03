// What a limiter admits, gives back and refuses, request by request. Its counters' life on disk is in limit-counters.test.ts.
import { afterEach, describe, expect, test } from 'vitest'
import { startLimiter } from '../../test/support/limiter.ts'
import type { EffectiveLimits, LimitSubject, WindowLimit } from './decide-limits.ts'
import type { LimitCounterStore } from './limit-counters.ts'
import type { Admission, Limiter } from './limiter.ts'

const START = Date.parse('2026-11-23T10:17:30.000Z')
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const alice: LimitSubject = { userId: 'alice', role: 'user', planId: null, keyFamilyId: 'key-a' }

const nowhere: LimitCounterStore = { load: () => [], save: async () => {}, deleteBefore: async () => {} }
const unexpected = (...said: unknown[]) => expect(said).toEqual([])

let limiters: Limiter[] = []
afterEach(async () => {
  for (const limiter of limiters) await limiter.stop()
  limiters = []
})

function start() {
  const state = { wallMs: START, monoMs: 0.7 }
  const limiter = startLimiter({
    store: nowhere,
    clock: { now: () => state.wallMs, monotonicMs: () => state.monoMs },
    timeZone: () => 'Europe/Berlin',
    logger: { info: unexpected, warn: unexpected, error: unexpected },
  })
  limiters.push(limiter)
  const pass = (ms: number) => {
    state.wallMs += ms
    state.monoMs += ms
  }
  return { limiter, pass }
}

const per = (what: string, value: number): WindowLimit => {
  const [metric, window] = what.split('/') as [WindowLimit['metric'], WindowLimit['window']]
  return { scope: 'user', metric, window, value }
}
const limits = (windows: WindowLimit[], concurrent?: number, key: WindowLimit[] = []): EffectiveLimits => ({
  user: { windows, concurrent: concurrent === undefined ? undefined : { scope: 'user', value: concurrent } },
  key: { windows: key, concurrent: undefined },
})
const none = limits([])

function admitted(limiter: Limiter, of: EffectiveLimits, tokens = 0, subject = alice): Admission {
  const result = limiter.admit(subject, of, tokens)
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}
const codeOf = (limiter: Limiter, of: EffectiveLimits, tokens = 0, subject = alice) => {
  const result = limiter.admit(subject, of, tokens)
  return result.ok ? 'admitted' : result.error.code
}

describe('tokens', () => {
  const thousand = limits([per('tokens/minute', 1_000)])

  test('are reserved at admission and trued up to what was used, less or more', () => {
    const { limiter } = start()
    const first = admitted(limiter, thousand, 900)
    expect(codeOf(limiter, thousand, 101)).toBe('rate_limit_exceeded')
    first.trueUp(100)
    expect(limiter.use('user', 'alice').minute.tokens).toBe(100)
    const second = admitted(limiter, thousand, 101)
    second.trueUp(5_000)
    expect(limiter.use('key', 'key-a').minute.tokens).toBe(5_100)
    expect(codeOf(limiter, thousand, 0)).toBe('rate_limit_exceeded')
  })

  test('are given back by a request that ends without having used any', () => {
    const { limiter } = start()
    admitted(limiter, thousand, 1_000).release()
    expect(limiter.use('user', 'alice').minute).toMatchObject({ requests: 1, tokens: 0 })
  })

  test('are counted the same whether the slot is freed before or after', () => {
    const { limiter } = start()
    const before = admitted(limiter, none, 10)
    before.trueUp(7)
    before.release()
    const after = admitted(limiter, none, 10)
    after.release()
    after.trueUp(7)
    expect(limiter.use('user', 'alice').minute.tokens).toBe(14)
  })

  test('are trued up once, and slots freed once, however often it is asked for', () => {
    const { limiter } = start()
    admitted(limiter, none, 10)
    const admission = admitted(limiter, none, 10)
    for (const used of [7, 9, 0]) {
      admission.trueUp(used)
      admission.release()
    }
    expect(limiter.use('user', 'alice')).toMatchObject({ running: 1, minute: { tokens: 17, requests: 2 } })
  })

  test('that cannot be true count as what was reserved', () => {
    const { limiter } = start()
    for (const absurd of [-1, Number.NaN, 0.5, Number.POSITIVE_INFINITY])
      admitted(limiter, none, 10).trueUp(absurd)
    expect(limiter.use('user', 'alice').minute.tokens).toBe(40)
  })

  test('count in the windows that admitted the request, not in those that are open when it ends', () => {
    const { limiter, pass } = start()
    const admission = admitted(limiter, none, 500)
    pass(MINUTE_MS)
    admitted(limiter, none, 3)
    admission.trueUp(400)
    expect(limiter.use('user', 'alice')).toMatchObject({ minute: { tokens: 3 }, hour: { tokens: 403 } })
  })

  test('whose bound is no number are a defect, not an admission', () => {
    const { limiter } = start()
    for (const bound of [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY]) {
      expect(() => limiter.admit(alice, none, bound)).toThrow(RangeError)
    }
    expect(limiter.use('user', 'alice').minute.requests).toBe(0)
  })
})

describe('a refused request', () => {
  test('counts nothing, so that asking again does not push the end away', () => {
    const { limiter, pass } = start()
    const once = limits([per('requests/minute', 1)])
    admitted(limiter, once)
    for (let asked = 0; asked < 20; asked += 1) expect(codeOf(limiter, once, 9)).toBe('rate_limit_exceeded')
    expect(limiter.use('user', 'alice').hour).toMatchObject({ requests: 1, tokens: 0 })
    pass(30_000)
    expect(codeOf(limiter, once)).toBe('admitted')
  })

  test.each([
    ['requests', limits([per('requests/minute', 1)])],
    ['tokens', limits([per('tokens/minute', 10)])],
  ])('is refused by a look ahead of its body too where no %s are left, which counts nothing', (_what, of) => {
    const { limiter } = start()
    expect(limiter.check(alice, of)).toBeUndefined()
    admitted(limiter, of, 10)
    expect(limiter.check(alice, of)).toMatchObject({ code: 'rate_limit_exceeded' })
    expect(limiter.use('user', 'alice').minute).toMatchObject({ requests: 1, tokens: 10 })
  })
})

describe('requests at once', () => {
  test('hold a slot until they are released, over every key of the person', () => {
    const { limiter } = start()
    const two = limits([], 2)
    const first = admitted(limiter, two)
    admitted(limiter, two, 0, { ...alice, keyFamilyId: 'key-b' })
    expect(codeOf(limiter, two)).toBe('concurrency_limit_exceeded')
    first.trueUp(5)
    expect(codeOf(limiter, two)).toBe('concurrency_limit_exceeded')
    first.release()
    expect(codeOf(limiter, two)).toBe('admitted')
  })

  test('keep their slot over the end of every window', async () => {
    const { limiter, pass } = start()
    const one = limits([], 1)
    const admission = admitted(limiter, one)
    pass(3 * DAY_MS)
    await limiter.flush()
    expect(codeOf(limiter, one)).toBe('concurrency_limit_exceeded')
    admission.release()
    expect(codeOf(limiter, one)).toBe('admitted')
  })
})

test('a rotated key counts on where its predecessor stood', () => {
  const { limiter } = start()
  const twice = limits([], undefined, [per('requests/day', 2)])
  const successor = { ...alice, keyId: 'key-a2' }
  admitted(limiter, twice)
  admitted(limiter, twice, 0, successor)
  expect(codeOf(limiter, twice, 0, successor)).toBe('rate_limit_exceeded')
  expect(codeOf(limiter, twice, 0, { ...alice, keyFamilyId: 'key-b' })).toBe('admitted')
})

test('an admission carries the headers of the limits it was held against, as of when they are read', () => {
  const { limiter, pass } = start()
  const admission = admitted(limiter, limits([per('requests/minute', 5), per('tokens/minute', 100)]), 60)
  pass(250)
  admission.trueUp(20)
  expect(admission.headers).toEqual({
    'x-ratelimit-limit-requests': '5',
    'x-ratelimit-remaining-requests': '4',
    'x-ratelimit-reset-requests': '29.75s',
    'x-ratelimit-limit-tokens': '100',
    'x-ratelimit-remaining-tokens': '80',
    'x-ratelimit-reset-tokens': '29.75s',
  })
})
