// The published estimate.
import { expect, test } from 'vitest'
import { estimateFinishedUsage, estimateUsage } from './estimate.ts'
import { NO_USAGE } from './token-usage.ts'

test('four bytes are a token, and a begun token is a token', () => {
  const usage = { ...NO_USAGE, inputTokens: 251, outputTokens: 26 }
  expect(estimateUsage({ requestBytes: 1_001, relayedTextBytes: 101 })).toEqual(usage)
  expect(estimateFinishedUsage({ requestBytes: 1_001, relayedTextBytes: 101 })).toEqual(usage)
})

test('where nothing was relayed nothing was used', () => {
  expect(estimateUsage({ requestBytes: 50_000, relayedTextBytes: 0 })).toEqual(NO_USAGE)
})

test('an answer that was finished without a word has still read its input', () => {
  expect(estimateFinishedUsage({ requestBytes: 400, relayedTextBytes: 0 })).toEqual({
    ...NO_USAGE,
    inputTokens: 100,
  })
})
