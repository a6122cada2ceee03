// What a row says of its end.
import { expect, test } from 'vitest'
import { endingOf } from './ending.ts'

test.each([
  [200, null, 'upstream_failed'],
  [400, null, 'upstream_refused'],
  [400, 'missing_required_parameter', 'upstream_refused'],
  [404, 'model_not_found', 'upstream_refused'],
  [400, 'upstream_rejected', 'upstream_failed'],
  [429, 'upstream_busy', 'upstream_failed'],
  [502, 'upstream_unreachable', 'upstream_failed'],
  [200, 'gateway_stopping', 'gateway_stopped'],
  [503, 'gateway_stopping', 'gateway_stopped'],
] as const)('what the upstream ended with status %d and the code %s is %s', (status, errorCode, ending) => {
  expect(endingOf({ reason: 'upstream_failed', status, errorCode })).toBe(ending)
})

test('what was refused here is not said to be the upstream’s refusal', () => {
  expect(endingOf({ reason: 'refused', status: 400, errorCode: 'invalid_parameter' })).toBe('refused')
  expect(endingOf({ reason: 'refused', status: 503, errorCode: 'gateway_stopping' })).toBe('refused')
  expect(endingOf({ reason: 'client_left', status: 499, errorCode: null })).toBe('client_left')
})
