// What is said of an upstream that has hardly been asked.
import { expect, test } from 'vitest'
import { decideHealth } from './upstream-state.ts'

test('one that failed and has not answered yet is not said never to have been asked', () => {
  expect(decideHealth({ isHealthy: null, lastFailureAt: 1 })).toEqual(['warn', 'healthFailed'])
  expect(decideHealth({ isHealthy: null, lastFailureAt: null })).toEqual(['off', 'healthUnknown'])
})

test('once there is a state, it is said', () => {
  expect(decideHealth({ isHealthy: true, lastFailureAt: 1 })).toEqual(['ok', 'healthGood'])
  expect(decideHealth({ isHealthy: false, lastFailureAt: 1 })).toEqual(['bad', 'healthBad'])
})
