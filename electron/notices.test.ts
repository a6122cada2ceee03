// What the operator is notified of: each trouble once until it is over.
import { expect, test } from 'vitest'
import type { PushedEvent } from '../contract/events.ts'
import { createNoticeFilter } from './notices.ts'

const at = 0
const health = (isHealthy: boolean): PushedEvent => ({
  type: 'upstream.health',
  at,
  upstreamId: 'primary',
  isHealthy,
  code: null,
})

test('an upstream that fails is told of once, and again after it had recovered', () => {
  const noticeOf = createNoticeFilter()
  const titles = [false, false, true, false].map((isHealthy) => noticeOf(health(isHealthy))?.title)
  expect(titles).toEqual(['upstreamTitle', undefined, undefined, 'upstreamTitle'])
})

test('a model without a price is told of once', () => {
  const noticeOf = createNoticeFilter()
  const missing = (model: string): PushedEvent => ({ type: 'price.missing', at, model, askedBy: 'u1' })
  expect(['a', 'a', 'b'].map((model) => noticeOf(missing(model))?.title)).toEqual([
    'priceTitle',
    undefined,
    'priceTitle',
  ])
})

test('balances and new addresses are told of, quotas and ordinary events are not', () => {
  const noticeOf = createNoticeFilter()
  const given = (kind: 'quota' | 'low_balance' | 'key_new_address') =>
    noticeOf({ type: 'notice.given', at, userId: 'u1', kind })?.title
  expect([given('low_balance'), given('key_new_address'), given('quota')]).toEqual([
    'balanceTitle',
    'addressTitle',
    undefined,
  ])
  expect(noticeOf({ type: 'requests.running', at, running: 3 })).toBeUndefined()
})
