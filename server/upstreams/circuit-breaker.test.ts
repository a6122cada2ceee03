// When an upstream is passed over, for how long, and how it comes back.
import { describe, expect, test } from 'vitest'
import {
  CircuitBreaker,
  FAULTS_IN_A_ROW,
  OPEN_MS,
  OPEN_MS_MAX,
  REJECTED_MS,
  SHARE_REQUESTS_MIN,
  WINDOW_MS,
} from './circuit-breaker.ts'

const FAULT = { kind: 'fault' } as const

function breakerAt() {
  let ms = 1_000
  const clock = { now: () => 1_700_000_000_000 + ms, monotonicMs: () => ms }
  const breaker = new CircuitBreaker(clock)
  const fail = (times = 1) => {
    for (let n = 0; n < times; n += 1) breaker.failed(FAULT, breaker.begin())
  }
  const pass = (by: number) => {
    ms += by
  }
  return { breaker, fail, pass, now: clock.now }
}

describe('a breaker', () => {
  test('stays closed through faults that are not in a row, and opens at the last of a row', () => {
    const { breaker, fail } = breakerAt()
    fail(FAULTS_IN_A_ROW - 1)
    breaker.succeeded()
    fail(FAULTS_IN_A_ROW - 1)
    expect(breaker.admits()).toBe(true)
    fail()
    expect(breaker.admits()).toBe(false)
    expect(breaker.state()).toMatchObject({ state: 'open', reason: 'failures' })
  })

  test('lets one request through when its time is up, and closes as soon as that is answered', () => {
    const { breaker, fail, pass, now } = breakerAt()
    fail(FAULTS_IN_A_ROW)
    expect(breaker.state().retryAt).toBe(now() + OPEN_MS)
    pass(OPEN_MS - 1)
    expect(breaker.admits()).toBe(false)
    pass(1)
    expect(breaker.state().state).toBe('half_open')
    expect(breaker.admits()).toBe(true)
    expect(breaker.begin()).toBe(true)
    expect(breaker.admits()).toBe(false)
    breaker.answered()
    expect(breaker.admits()).toBe(true)
    expect(breaker.state()).toEqual({ state: 'closed', retryAt: null, reason: null })
    // The faults of before are forgotten.
    fail(FAULTS_IN_A_ROW - 1)
    expect(breaker.admits()).toBe(true)
  })

  test('stays open twice as long after each probe that fails, up to five minutes', () => {
    const { breaker, fail, pass } = breakerAt()
    fail(FAULTS_IN_A_ROW)
    for (const open of [OPEN_MS, 2 * OPEN_MS, 4 * OPEN_MS, 8 * OPEN_MS, 16 * OPEN_MS, OPEN_MS_MAX]) {
      pass(open - 1)
      expect(breaker.admits()).toBe(false)
      pass(1)
      expect(breaker.admits()).toBe(true)
      fail()
    }
    pass(OPEN_MS_MAX)
    breaker.begin()
    breaker.answered()
    breaker.succeeded()
    fail(FAULTS_IN_A_ROW)
    pass(OPEN_MS)
    expect(breaker.admits()).toBe(true)
  })

  test('a probe that tells nothing leaves the next request to find out', () => {
    const { breaker, fail, pass } = breakerAt()
    fail(FAULTS_IN_A_ROW)
    pass(OPEN_MS)
    breaker.begin()
    expect(breaker.admits()).toBe(false)
    breaker.probeEnded()
    expect(breaker.admits()).toBe(true)
  })

  test('requests that were under way when it opened do not keep it open longer', () => {
    const { breaker, fail, pass } = breakerAt()
    fail(FAULTS_IN_A_ROW)
    pass(OPEN_MS - 1)
    breaker.failed(FAULT, false)
    pass(1)
    expect(breaker.admits()).toBe(true)
  })

  test('opens where most of many requests fail without a row, and forgets what is older than its window', () => {
    const { breaker, fail, pass } = breakerAt()
    const round = () => {
      fail(2)
      breaker.succeeded()
    }
    for (let n = 0; n < 3; n += 1) round()
    expect(breaker.admits()).toBe(true)
    pass(WINDOW_MS)
    for (let n = 0; n < 3; n += 1) round()
    expect(breaker.admits()).toBe(true)
    fail(SHARE_REQUESTS_MIN - 9)
    expect(breaker.admits()).toBe(false)
  })

  test('a rate limit is waited out as long as it says, at once and without a row', () => {
    const { breaker, pass } = breakerAt()
    breaker.failed({ kind: 'busy', retryAfterMs: 7_000 }, false)
    expect(breaker.state()).toMatchObject({ state: 'open', reason: 'rate_limited' })
    breaker.failed({ kind: 'busy', retryAfterMs: 0 }, false)
    pass(6_999)
    expect(breaker.admits()).toBe(false)
    pass(1)
    expect(breaker.admits()).toBe(true)
  })

  test('a refusal of the gateway itself opens it at once, for a minute', () => {
    const { breaker, pass } = breakerAt()
    breaker.failed({ kind: 'rejected' }, false)
    pass(REJECTED_MS - 1)
    expect(breaker.admits()).toBe(false)
    pass(1)
    expect(breaker.admits()).toBe(true)
  })
})
