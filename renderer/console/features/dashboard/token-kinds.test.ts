import { expect, test } from 'vitest'
import { tokensByKind } from './token-kinds.ts'

test('no token is counted twice: the kinds add up to input and output', () => {
  const kinds = tokensByKind({
    requests: 1,
    errors: 0,
    inputTokens: 100,
    cachedInputTokens: 60,
    cacheWriteTokens: 10,
    outputTokens: 50,
    reasoningTokens: 20,
    webSearchCalls: 0,
    costNanoUsd: 0,
  })
  expect(kinds).toEqual({ input: 30, cached: 60, cacheWrite: 10, output: 30, reasoning: 20 })
})
