// How every ending of a request is charged, and that no ending can take an account below its credit limit.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { availableNanoUsd } from './balance.ts'
import { chargeFor } from './charge.ts'
import { parseChatUsage } from './reported-usage.ts'
import { decideSettlement, type Ending, type SettlementDecision, type SettlementInput } from './settle.ts'
import { NO_USAGE } from './token-usage.ts'

/** 2,000 nano-dollars for an input token, 10,000 for an output token. */
const RATES = {
  inputNanoUsdPerMTok: 2_000_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  contextWindowTokens: 10_000,
  maxOutputTokens: 1_000,
}
/** 1,000 in and 200 out: 2,000,000 + 2,000,000 nano-dollars. */
const USAGE = { ...NO_USAGE, inputTokens: 1_000, outputTokens: 200 }
const REPORTED = { usage: USAGE, isImplausible: false }
const RAW = '{"prompt_tokens":1000,"completion_tokens":200}'

const settle = (input: Partial<SettlementInput> = {}): SettlementDecision =>
  decideSettlement({
    ending: 'finished',
    reported: REPORTED,
    rawReported: RAW,
    requestBytes: 2_000,
    relayedTextBytes: 400,
    holdNanoUsd: 30_000_000,
    availableBeyondHoldNanoUsd: 100_000_000,
    rates: RATES,
    multiplierPpm: 1_000_000,
    serviceTier: 'default',
    upstreamResponseId: 'resp_1',
    ...input,
  })
/** 2,000 bytes in and 400 bytes out by the formula: 500 and 100 tokens, 1,000,000 + 1,000,000 nano-dollars. */
const ESTIMATE = { ...NO_USAGE, inputTokens: 500, outputTokens: 100 }
const NONE = { reported: undefined, rawReported: null }

test('input that is kept elsewhere is estimated as it was held, and where nothing was answered, at nothing', () => {
  const unseen = (unseenInputTokens: number, more: Partial<SettlementInput> = {}) =>
    settle({ ...NONE, unseenInputTokens, ending: 'upstream_failed', ...more })
  expect(unseen(3_000)).toMatchObject({ usage: { inputTokens: 3_500, outputTokens: 100 } })
  // The window of the model is 10,000 tokens.
  expect(unseen(10_000)).toMatchObject({
    usage: { inputTokens: 10_000 },
    charge: { amountNanoUsd: 21_000_000 },
  })
  expect(unseen(10_000, { holdNanoUsd: 20_000_000 })).toMatchObject({ charge: { amountNanoUsd: 20_000_000 } })
  expect(unseen(3_000, { relayedTextBytes: 0 })).toMatchObject({ kind: 'release' })
})

describe('usage that was reported', () => {
  test('is charged to the token, with everything that explains it', () => {
    expect(settle()).toEqual({
      kind: 'charge',
      usage: USAGE,
      charge: {
        amountNanoUsd: 4_000_000,
        writeOffNanoUsd: 0,
        reason: 'completed',
        multiplierPpm: 1_000_000,
        modelMultiplierPpm: 1_000_000,
        reportedUsage: RAW,
        isFlagged: false,
        upstreamResponseId: 'resp_1',
        serviceTier: 'default',
        pricedTier: 'default',
        furtherUsage: null,
      },
    })
  })

  test('says which tier it was charged in, also where the answer does not', () => {
    const rates = { ...RATES, flexInputNanoUsdPerMTok: 1, flexOutputNanoUsdPerMTok: 1 }
    const asked = { rates, askedServiceTier: 'flex' } as const
    expect(settle({ ...asked, serviceTier: null })).toMatchObject({ charge: { pricedTier: 'flex' } })
    expect(settle({ ...asked, serviceTier: 'default' })).toMatchObject({ charge: { pricedTier: 'default' } })
    expect(settle({ ...asked, serviceTier: 'scale' })).toMatchObject({ charge: { pricedTier: 'default' } })
  })

  test('keeps the counts that few answers have, and none that are zero', () => {
    const usage = { ...USAGE, audioInputTokens: 7, imageInputTokens: 0 }
    expect(settle({ reported: { usage, isImplausible: false } })).toMatchObject({
      charge: { furtherUsage: { audioInputTokens: 7 } },
    })
  })

  test.each([
    ['finished', 'completed'],
    ['client_left', 'client_left'],
    ['upstream_failed', 'upstream_failed'],
  ] as const)('is charged exactly when the request ended as %s', (ending, reason) => {
    expect(settle({ ending })).toMatchObject({ usage: USAGE, charge: { amountNanoUsd: 4_000_000, reason } })
  })

  test('is charged at both multipliers, and the charge keeps them apart', () => {
    expect(settle({ multiplierPpm: 1_500_000, modelMultiplierPpm: 500_001 })).toMatchObject({
      // 4,000,000 × 1.5 × 0.500001
      charge: { amountNanoUsd: 3_000_006, multiplierPpm: 1_500_000, modelMultiplierPpm: 500_001 },
    })
  })

  test('is charged at the multiplier', () => {
    expect(settle({ multiplierPpm: 1_500_000 })).toMatchObject({
      charge: { amountNanoUsd: 6_000_000, multiplierPpm: 1_500_000 },
    })
  })

  test('an explicit zero is a charge of zero, not a missing report', () => {
    expect(settle({ reported: { usage: NO_USAGE, isImplausible: false } })).toMatchObject({
      kind: 'charge',
      usage: NO_USAGE,
      charge: { amountNanoUsd: 0, writeOffNanoUsd: 0, reason: 'completed', isFlagged: false },
    })
  })
})

describe('the tier of service', () => {
  /** Half the price in flex, twice the price in priority. */
  const rates = {
    ...RATES,
    flexInputNanoUsdPerMTok: 1_000_000_000,
    flexOutputNanoUsdPerMTok: 5_000_000_000,
    priorityInputNanoUsdPerMTok: 4_000_000_000,
    priorityOutputNanoUsdPerMTok: 20_000_000_000,
  }
  test.each([
    ['priority', 'fast', 8_000_000],
    ['priority', 'default', 4_000_000],
    ['flex', 'flex', 2_000_000],
    ['flex', null, 2_000_000],
    ['default', 'flex', 2_000_000],
    ['priority', 'ultrafast', 8_000_000],
    ['flex', 'scale', 4_000_000],
    ['default', 'unheard of', 4_000_000],
  ] as const)(
    'asked for as %s and answered as %s comes to %d',
    (askedServiceTier, serviceTier, amountNanoUsd) => {
      expect(settle({ rates, askedServiceTier, serviceTier })).toMatchObject({
        charge: { amountNanoUsd, serviceTier, isFlagged: false },
      })
    },
  )

  test('counts for an estimate too', () => {
    const broken = { ...NONE, ending: 'upstream_failed', serviceTier: null } as const
    expect(settle({ ...broken, rates, askedServiceTier: 'priority' })).toMatchObject({
      charge: { amountNanoUsd: 4_000_000 },
    })
  })
})

describe('usage that costs more than the hold', () => {
  test('takes the rest from what else is available', () => {
    expect(settle({ holdNanoUsd: 3_000_000, availableBeyondHoldNanoUsd: 1_000_000 })).toMatchObject({
      charge: { amountNanoUsd: 4_000_000, writeOffNanoUsd: 0, isFlagged: false },
    })
  })

  test('is the operator’s write-off beyond what the account can bear', () => {
    expect(settle({ holdNanoUsd: 3_000_000, availableBeyondHoldNanoUsd: 400_000 })).toMatchObject({
      charge: { amountNanoUsd: 3_400_000, writeOffNanoUsd: 600_000 },
    })
  })

  test('is charged less than the hold where the credit limit was lowered meanwhile', () => {
    expect(settle({ holdNanoUsd: 3_000_000, availableBeyondHoldNanoUsd: -2_900_000 })).toMatchObject({
      charge: { amountNanoUsd: 100_000, writeOffNanoUsd: 3_900_000 },
    })
    expect(settle({ holdNanoUsd: 3_000_000, availableBeyondHoldNanoUsd: -9_000_000 })).toMatchObject({
      charge: { amountNanoUsd: 0, writeOffNanoUsd: 4_000_000 },
    })
  })
})

describe('usage that cannot be true', () => {
  const report = (usage: unknown) => ({ reported: parseChatUsage(usage), rawReported: JSON.stringify(usage) })

  test('is charged at most the hold, and flagged', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 90_000 },
    }
    expect(settle(report(usage))).toMatchObject({
      charge: { amountNanoUsd: 30_000_000, writeOffNanoUsd: 0, isFlagged: true, reason: 'completed' },
    })
  })

  test('is charged what it comes to where that is less than the hold', () => {
    const usage = { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 101 } }
    expect(settle(report(usage))).toMatchObject({
      usage: { inputTokens: 101, cachedInputTokens: 101 },
      charge: { amountNanoUsd: 101 * 2_000 + 5 * 10_000, isFlagged: true },
    })
  })

  test('never pays anyone: a negative total is replaced by the estimate', () => {
    expect(settle(report({ prompt_tokens: -1_000, completion_tokens: 200 }))).toMatchObject({
      usage: { inputTokens: 500, outputTokens: 200 },
      charge: { amountNanoUsd: 1_000_000 + 2_000_000, isFlagged: true },
    })
  })

  test('far beyond the model’s limits is charged at most the hold, and flagged', () => {
    expect(settle(report({ prompt_tokens: 1_000, completion_tokens: 5_000_000 }))).toMatchObject({
      usage: { inputTokens: 1_000, outputTokens: 5_000_000 },
      charge: { amountNanoUsd: 30_000_000, writeOffNanoUsd: 0, isFlagged: true },
    })
  })

  test('is judged for all choices together', () => {
    const many = { ...report({ prompt_tokens: 1_000, completion_tokens: 50_000 }), holdNanoUsd: 1_000_000 }
    expect(settle(many)).toMatchObject({ charge: { isFlagged: true } })
    expect(settle({ ...many, choices: 2 })).toMatchObject({ charge: { isFlagged: false } })
  })
})

describe('usage that is missing', () => {
  test.each(['finished', 'client_left'] as const)('is estimated when the request ended as %s', (ending) => {
    expect(settle({ ...NONE, ending })).toMatchObject({
      kind: 'charge',
      usage: ESTIMATE,
      charge: { amountNanoUsd: 2_000_000, reason: 'estimated', reportedUsage: null, isFlagged: false },
    })
  })

  test('is estimated from what was relayed when the upstream broke off', () => {
    expect(settle({ ...NONE, ending: 'upstream_failed' })).toMatchObject({
      usage: ESTIMATE,
      charge: { amountNanoUsd: 2_000_000, reason: 'upstream_failed' },
    })
  })

  test('costs nothing when the upstream broke off before it said anything', () => {
    expect(settle({ ...NONE, ending: 'upstream_failed', relayedTextBytes: 0 })).toEqual({
      kind: 'release',
      reason: 'upstream_failed',
      usage: NO_USAGE,
    })
  })

  test('still costs the input when an answer was finished without a word', () => {
    expect(settle({ ...NONE, relayedTextBytes: 0 })).toMatchObject({
      usage: { ...NO_USAGE, inputTokens: 500 },
      charge: { amountNanoUsd: 1_000_000, reason: 'estimated' },
    })
  })

  test('is never estimated at more than the hold, nor at more input than the model takes', () => {
    expect(settle({ ...NONE, holdNanoUsd: 1_500_000 })).toMatchObject({
      charge: { amountNanoUsd: 1_500_000, writeOffNanoUsd: 0 },
    })
    expect(settle({ ...NONE, requestBytes: 20_000_000, holdNanoUsd: 1_000_000_000 })).toMatchObject({
      usage: { inputTokens: 10_000 },
      charge: { amountNanoUsd: 10_000 * 2_000 + 100 * 10_000 },
    })
  })
})

describe('endings without an answer to measure', () => {
  test('reading on that was cut costs the whole hold', () => {
    expect(settle({ ...NONE, ending: 'drain_cut' })).toMatchObject({
      usage: ESTIMATE,
      charge: { amountNanoUsd: 30_000_000, writeOffNanoUsd: 0, reason: 'estimated' },
    })
    expect(settle({ ...NONE, ending: 'drain_cut', relayedTextBytes: 0 })).toMatchObject({
      charge: { amountNanoUsd: 30_000_000 },
    })
  })

  test('a running count from a cut answer does not make it cheaper', () => {
    expect(settle({ ending: 'drain_cut' })).toMatchObject({
      usage: USAGE,
      charge: { amountNanoUsd: 30_000_000, reason: 'estimated', reportedUsage: RAW },
    })
  })

  test('a request that the upstream refused costs nothing', () => {
    const released = { kind: 'release', reason: 'upstream_failed', usage: NO_USAGE }
    expect(settle({ ...NONE, ending: 'upstream_refused' })).toEqual(released)
    expect(settle({ ending: 'upstream_refused' })).toEqual(released)
  })

  test('a request that was never sent costs nothing, and says who ended it', () => {
    const released = { kind: 'release', reason: 'client_left', usage: NO_USAGE }
    expect(settle({ ...NONE, ending: 'unsent' })).toEqual(released)
  })
})

describe('whatever happens', () => {
  const amount = fc.integer({ min: 0, max: 50_000_000 })
  const anyCount = fc.oneof(fc.integer({ min: -10, max: 20_000 }), fc.constantFrom(null, 1.5, 1e15, 2 ** 60))
  const MEDIA_RATES = {
    audioInputNanoUsdPerSecond: 100_000,
    speechNanoUsdPerMChar: 15_000_000_000,
    imageNanoUsdPerImage: 20_000_000,
  }
  const anyInput = fc.record({
    ending: fc.constantFrom<Ending>(
      'finished',
      'client_left',
      'drain_cut',
      'upstream_failed',
      'upstream_refused',
      'unsent',
    ),
    usage: fc.option(
      fc.record({
        prompt_tokens: anyCount,
        completion_tokens: anyCount,
        prompt_tokens_details: fc.record({ cached_tokens: anyCount, cache_write_tokens: anyCount }),
      }),
      { nil: null },
    ),
    /** What is counted or measured beside the report, also in counts that cannot be true. */
    media: fc.record(
      { audioInputMs: fc.nat(1_000_000_000), speechCharacters: fc.nat(20_000_000), images: fc.nat(2_000) },
      { requiredKeys: [] },
    ),
    requestBytes: fc.nat(1_000_000),
    relayedTextBytes: fc.nat(1_000_000),
    multiplierPpm: fc.integer({ min: 0, max: 3_000_000 }),
    balance: fc.integer({ min: -50_000_000, max: 50_000_000 }),
    creditLimit: amount,
    hold: amount,
    otherHolds: amount,
  })

  test('the balance never passes below the credit limit, and nothing that is due gets lost', () => {
    fc.assert(
      fc.property(anyInput, ({ usage, media, balance, creditLimit, hold, otherHolds, ...rest }) => {
        const state = {
          balanceNanoUsd: balance,
          creditLimitNanoUsd: creditLimit,
          openHoldsNanoUsd: hold + otherHolds,
        }
        const parsed = parseChatUsage(usage)
        const reported = parsed && { ...parsed, usage: { ...parsed.usage, ...media } }
        const rates = { ...RATES, ...MEDIA_RATES }
        const decided = settle({
          ...rest,
          rates,
          estimated: { ...NO_USAGE, ...media },
          reported,
          rawReported: usage && JSON.stringify(usage),
          holdNanoUsd: hold,
          availableBeyondHoldNanoUsd: availableNanoUsd(state),
        })
        if (decided.kind === 'release') return
        const { amountNanoUsd, writeOffNanoUsd, isFlagged, reason } = decided.charge
        expect(Number.isSafeInteger(amountNanoUsd) && amountNanoUsd >= 0).toBe(true)
        expect(Number.isSafeInteger(writeOffNanoUsd) && writeOffNanoUsd >= 0).toBe(true)
        // An account that was below its limit before pays nothing; every other one ends at or above it.
        if (amountNanoUsd > 0) expect(balance - amountNanoUsd).toBeGreaterThanOrEqual(-creditLimit)
        const due = amountNanoUsd + writeOffNanoUsd
        if (isFlagged || reason === 'estimated' || !reported) expect(due).toBeLessThanOrEqual(hold)
        else expect(due).toBe(chargeFor(decided.usage, rates, rest.multiplierPpm))
      }),
      { numRuns: 2_000 },
    )
  })
})
