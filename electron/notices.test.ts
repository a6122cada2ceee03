// What the operator is notified of: each trouble once until it is over.
import { expect, test } from 'vitest'
import type { PushedEvent } from '../contract/events.ts'
import { createNoticeFilter, modelToShow } from './notices.ts'

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

test('a model without a price is told of once, and one that is one of many later', () => {
  const noticeOf = createNoticeFilter()
  const missing = (model: string, minute: number): PushedEvent => ({
    type: 'price.missing',
    at: minute * 60_000,
    model,
    askedBy: 'u1',
  })
  const titles = [missing('a', 0), missing('b', 0.5), missing('a', 2), missing('b', 2)].map(
    (event) => noticeOf(event)?.title,
  )
  expect(titles).toEqual(['priceTitle', undefined, undefined, 'priceTitle'])
})

test('a name that somebody made up is no markup in a notification', () => {
  expect(modelToShow('<a/href="http://evil">&lt;x')).toBe('?a/href??http://evil???lt?x')
  expect(modelToShow('ft:gpt-4.1:org/x@2')).toBe('ft:gpt-4.1:org/x@2')
  expect(modelToShow('x'.repeat(200))).toHaveLength(80)
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
