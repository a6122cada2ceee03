// What is counted of each request, and what is learnt of the upstream from how it ended.
import { describe, expect, test } from 'vitest'
import { NOTHING_USED, type Outcome } from './outcome.ts'
import { nothingMeasured } from './stream-meter.ts'
import { DURATION_BUCKETS_MS, Traffic } from './traffic.ts'

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  ...NOTHING_USED,
  requestId: 'req_1',
  userId: 'user_1',
  keyId: 'key_1',
  endpoint: '/v1/responses',
  model: 'gpt-6-sol',
  status: 200,
  errorCode: null,
  reason: 'completed',
  durationMs: 40,
  firstTokenMs: null,
  stream: false,
  isDemo: false,
  ...more,
})

describe('a request', () => {
  test('is counted by its endpoint and status, its tokens by their kind, and its cost', () => {
    const traffic = new Traffic()
    const used = {
      inputTokens: 10,
      cachedInputTokens: 4,
      cacheWriteTokens: 1,
      outputTokens: 5,
      reasoningTokens: 2,
    }
    traffic.note(outcome({ ...used, webSearchCalls: 3, costNanoUsd: 700 }))
    traffic.note(outcome({ ...used, costNanoUsd: 300 }))
    expect(traffic.counts()).toMatchObject({
      requests: [{ endpoint: '/v1/responses', status: 200, count: 2 }],
      errors: [],
      tokens: { input: 20, cachedInput: 8, cacheWrite: 2, output: 10, reasoning: 4 },
      webSearches: 3,
      spendNanoUsd: 1_000,
    })
  })

  test('that the demo upstream answered spends nothing', () => {
    const traffic = new Traffic()
    traffic.note(outcome({ outputTokens: 5, costNanoUsd: 700, isDemo: true }))
    expect(traffic.counts()).toMatchObject({ spendNanoUsd: 0, tokens: { output: 5 } })
  })

  test('in error is counted by a code of ours, whatever an upstream calls its own', () => {
    const traffic = new Traffic()
    for (const errorCode of [
      'insufficient_quota',
      'made_up',
      'constructor',
      'insufficient_quota',
      'toString',
    ])
      traffic.note(outcome({ errorCode, status: 429, reason: 'refused' }))
    expect(traffic.counts().errors).toEqual([
      { code: 'insufficient_quota', count: 2 },
      { code: 'other', count: 3 },
    ])
  })

  test('takes its time in one bucket, whose upper end belongs to it', () => {
    const traffic = new Traffic()
    for (const durationMs of [0, 10, 11, 3_600_000, 3_600_001])
      traffic.note(outcome({ durationMs, firstTokenMs: null }))
    const times = traffic.counts().durations.get('/v1/responses')
    expect(times?.counts).toHaveLength(DURATION_BUCKETS_MS.length + 1)
    expect(times?.counts.slice(0, 2)).toEqual([2, 1])
    expect(times?.counts.slice(-2)).toEqual([1, 1])
    expect(times?.sumMs).toBe(7_200_022)
    expect(traffic.counts().firstTokens.size).toBe(0)
  })
})

describe('the upstream', () => {
  const measured = nothingMeasured()
  const failed = { ...measured, hasFailed: true }
  const answer = { ending: 'finished', errorCode: null, status: 200, measured } as const

  test.each([
    ['an answer', answer],
    ['an answer whose client has left', { ...answer, ending: 'client_left' }],
    [
      'an error about the request',
      { ...answer, ending: 'upstream_refused', errorCode: 'context_length_exceeded', status: 400 },
    ],
  ] as const)('does well with %s', (_what, relayed) => {
    const traffic = new Traffic()
    traffic.noteUpstream(relayed, 7)
    expect(traffic.counts().upstream).toMatchObject({ lastSuccessAt: 7, lastFailureAt: undefined })
  })

  test.each([
    [
      'upstream_unreachable',
      { ...answer, ending: 'upstream_failed', errorCode: 'upstream_unreachable', status: 502 },
    ],
    [
      'upstream_rejected',
      { ...answer, ending: 'upstream_refused', errorCode: 'upstream_rejected', status: 400 },
    ],
    ['upstream_busy', { ...answer, ending: 'upstream_refused', errorCode: 'upstream_busy', status: 429 }],
    ['upstream_failed', { ...answer, ending: 'upstream_refused', errorCode: null, status: 500 }],
    ['upstream_failed', { ...answer, ending: 'upstream_failed', measured: failed }],
  ] as const)('fails: %s', (kind, relayed) => {
    const traffic = new Traffic()
    traffic.noteUpstream(relayed, 7)
    const { upstream } = traffic.counts()
    expect(upstream).toMatchObject({ lastSuccessAt: undefined, lastFailureAt: 7 })
    expect(upstream.failures[kind]).toBe(1)
  })

  test.each([
    ['a drain that was cut', { ...answer, ending: 'drain_cut' }],
    [
      'a request that the gateway ended when it stopped',
      { ...answer, ending: 'upstream_failed', errorCode: 'gateway_stopping' },
    ],
    [
      'a request that was never sent',
      { ...answer, ending: 'upstream_failed', errorCode: 'internal_error', status: 500 },
    ],
  ] as const)('is not judged by %s', (_what, relayed) => {
    const traffic = new Traffic()
    traffic.noteUpstream(relayed, 7)
    expect(traffic.counts().upstream).toMatchObject({ lastSuccessAt: undefined, lastFailureAt: undefined })
  })
})
