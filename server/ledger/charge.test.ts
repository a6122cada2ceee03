// What usage costs: by hand for every column of a price, and against arithmetic of another kind for everything else.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PriceRates } from '../../contract/price.ts'
import { chargeFor } from './charge.ts'
import { ONE_MILLION } from './money.ts'
import { NO_USAGE, type TokenUsage } from './token-usage.ts'

/** $2 in, $0.20 cached, $2.50 written, $10 out; twice in and 1.5 times out above 272,000; $10 for 1,000 searches. */
const RATES = {
  inputNanoUsdPerMTok: 2_000_000_000,
  cachedInputNanoUsdPerMTok: 200_000_000,
  cacheWriteNanoUsdPerMTok: 2_500_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  longContextAboveTokens: 272_000,
  longInputNanoUsdPerMTok: 4_000_000_000,
  longCachedInputNanoUsdPerMTok: 400_000_000,
  longCacheWriteNanoUsdPerMTok: 5_000_000_000,
  longOutputNanoUsdPerMTok: 15_000_000_000,
  webSearchNanoUsdPerCall: 10_000_000,
} as const satisfies PriceRates

const charge = (
  usage: Partial<TokenUsage>,
  rates: Partial<PriceRates> = {},
  multiplierPpm: number = ONE_MILLION,
): number => chargeFor({ ...NO_USAGE, ...usage }, { ...RATES, ...rates }, multiplierPpm)

describe('every column, by hand', () => {
  test('1,000 input tokens at $2 per million are $0.002', () => {
    expect(charge({ inputTokens: 1_000 })).toBe(2_000_000)
  })

  test('cached tokens are part of the input, at their own rate', () => {
    // 400 × 2,000 + 600 × 200
    expect(charge({ inputTokens: 1_000, cachedInputTokens: 600 })).toBe(920_000)
  })

  test('tokens written to the cache are part of the input, at their own rate', () => {
    // 700 × 2,000 + 300 × 2,500
    expect(charge({ inputTokens: 1_000, cacheWriteTokens: 300 })).toBe(2_150_000)
  })

  test('reasoning is part of the output and adds nothing to it', () => {
    expect(charge({ outputTokens: 200 })).toBe(2_000_000)
    expect(charge({ outputTokens: 200, reasoningTokens: 150 })).toBe(2_000_000)
  })

  test('web searches are priced by the call', () => {
    expect(charge({ webSearchCalls: 3 })).toBe(30_000_000)
    expect(charge({ webSearchCalls: 3 }, { webSearchNanoUsdPerCall: null })).toBe(0)
  })

  test('all columns add up', () => {
    const usage = {
      inputTokens: 1_000,
      cachedInputTokens: 600,
      cacheWriteTokens: 300,
      outputTokens: 200,
      reasoningTokens: 150,
      webSearchCalls: 2,
    }
    // 100 × 2,000 + 600 × 200 + 300 × 2,500 + 200 × 10,000 + 2 × 10,000,000
    expect(charge(usage)).toBe(23_070_000)
  })

  test('no usage costs nothing', () => {
    expect(charge({})).toBe(0)
  })
})

describe('long context', () => {
  test('exactly 272,000 input tokens are short', () => {
    // 272,000 × 2,000 + 100 × 10,000
    expect(charge({ inputTokens: 272_000, outputTokens: 100 })).toBe(545_000_000)
  })

  test('272,001 put the whole request into the long tier, input and output', () => {
    // 272,001 × 4,000 + 100 × 15,000
    expect(charge({ inputTokens: 272_001, outputTokens: 100 })).toBe(1_089_504_000)
  })

  test('cached and written tokens have long rates of their own', () => {
    const usage = {
      inputTokens: 300_000,
      cachedInputTokens: 200_000,
      cacheWriteTokens: 50_000,
      outputTokens: 10,
    }
    // 50,000 × 4,000 + 200,000 × 400 + 50,000 × 5,000 + 10 × 15,000
    expect(charge(usage)).toBe(530_150_000)
  })

  test('cached tokens count towards the threshold, output does not', () => {
    expect(charge({ inputTokens: 272_001, cachedInputTokens: 272_001 })).toBe(272_001 * 400)
    expect(charge({ inputTokens: 1, outputTokens: 300_000 })).toBe(2_000 + 300_000 * 10_000)
  })

  test('a price without a threshold has no long tier', () => {
    expect(charge({ inputTokens: 1_000_000 }, { longContextAboveTokens: null })).toBe(2_000_000_000)
  })
})

describe('an empty column is not a zero', () => {
  test('empty cache rates charge the input rate, zero is free', () => {
    const usage = { inputTokens: 1_000, cachedInputTokens: 600, cacheWriteTokens: 300 }
    expect(charge(usage, { cachedInputNanoUsdPerMTok: null, cacheWriteNanoUsdPerMTok: null })).toBe(2_000_000)
    expect(charge(usage, { cachedInputNanoUsdPerMTok: undefined, cacheWriteNanoUsdPerMTok: null })).toBe(
      2_000_000,
    )
    expect(charge(usage, { cachedInputNanoUsdPerMTok: 0, cacheWriteNanoUsdPerMTok: 0 })).toBe(200_000)
  })

  test('empty long cache rates charge the long input rate, zero is free', () => {
    const usage = { inputTokens: 300_000, cachedInputTokens: 200_000, cacheWriteTokens: 100_000 }
    const empty = { longCachedInputNanoUsdPerMTok: null, longCacheWriteNanoUsdPerMTok: null }
    const zero = { longCachedInputNanoUsdPerMTok: 0, longCacheWriteNanoUsdPerMTok: 0 }
    expect(charge(usage, empty)).toBe(300_000 * 4_000)
    expect(charge(usage, zero)).toBe(0)
  })

  test('empty long input and output rates charge the short ones', () => {
    const empty = { longInputNanoUsdPerMTok: null, longOutputNanoUsdPerMTok: null }
    expect(charge({ inputTokens: 300_000, outputTokens: 10 }, empty)).toBe(300_000 * 2_000 + 10 * 10_000)
  })
})

describe('rounding', () => {
  const TINY = { inputNanoUsdPerMTok: 1, outputNanoUsdPerMTok: 1, webSearchNanoUsdPerCall: null }
  const tiny = (usage: Partial<TokenUsage>, multiplierPpm: number = ONE_MILLION) =>
    chargeFor({ ...NO_USAGE, ...usage }, TINY, multiplierPpm)

  test('a begun nano-dollar is charged', () => {
    expect(tiny({ inputTokens: 1 })).toBe(1)
    expect(tiny({ inputTokens: 1_000_000 })).toBe(1)
    expect(tiny({ inputTokens: 1_000_001 })).toBe(2)
  })

  test('rounding happens once, after everything is added', () => {
    // Half a nano-dollar each: rounded apart they would be two.
    expect(tiny({ inputTokens: 500_000, outputTokens: 500_000 })).toBe(1)
  })

  test('rounding happens after the multiplier', () => {
    // 1.5 nano-dollars, doubled: rounded before it would be four.
    expect(tiny({ inputTokens: 1_500_000 }, 2_000_000)).toBe(3)
  })

  test('rounding happens after both multipliers', () => {
    // 1.5 nano-dollars, doubled and doubled again: rounded in between it would be eight.
    const usage = { ...NO_USAGE, inputTokens: 1_500_000 }
    expect(chargeFor(usage, TINY, 2_000_000, 'default', 2_000_000)).toBe(6)
    // A third and its inverse, in parts per million: 333,333 × 3,000,003 is less than a whole by a billionth.
    const million = { ...NO_USAGE, inputTokens: 1_000_000_000_000 }
    expect(chargeFor(million, TINY, 333_333, 'default', 3_000_003)).toBe(1_000_000)
    expect(chargeFor(usage, TINY, 0, 'default', 2_000_000)).toBe(0)
  })

  test('a multiplier scales the whole charge, searches included', () => {
    expect(charge({ inputTokens: 1_000, webSearchCalls: 1 }, {}, 1_250_000)).toBe(15_000_000)
    expect(charge({ inputTokens: 1_000, webSearchCalls: 1 }, {}, 500_000)).toBe(6_000_000)
    expect(charge({ inputTokens: 1_000, outputTokens: 5 }, {}, 0)).toBe(0)
  })

  test('a charge beyond $9.0 million stays there', () => {
    expect(charge({ inputTokens: 10 ** 12 }, { longInputNanoUsdPerMTok: 10 ** 15 })).toBe(
      Number.MAX_SAFE_INTEGER,
    )
  })
})

// Arithmetic of another kind: every group of tokens is bought on its own as a fraction of a dollar, in lowest terms.
interface Fraction {
  readonly over: bigint
  readonly under: bigint
}
const gcd = (one: bigint, other: bigint): bigint => (other === 0n ? one : gcd(other, one % other))
const fraction = (over: bigint, under: bigint): Fraction => {
  const shared = gcd(over, under)
  return shared === 0n ? { over: 0n, under: 1n } : { over: over / shared, under: under / shared }
}
const plus = (one: Fraction, other: Fraction) =>
  fraction(one.over * other.under + other.over * one.under, one.under * other.under)
const times = (one: Fraction, other: Fraction) => fraction(one.over * other.over, one.under * other.under)

/** The first rate that is there; columns are asked in the order in which they stand in for each other. */
const firstOf = (rates: PriceRates, ...columns: readonly (keyof PriceRates)[]): bigint => {
  for (const column of columns) {
    const rate = rates[column]
    if (typeof rate === 'number') return BigInt(rate)
  }
  return 0n
}

function exactDollars(
  usage: TokenUsage,
  rates: PriceRates,
  multiplierPpm: number,
  modelMultiplierPpm: number,
): Fraction {
  const threshold = rates.longContextAboveTokens ?? Number.POSITIVE_INFINITY
  const isLong = usage.inputTokens > threshold
  const input: readonly (keyof PriceRates)[] = isLong
    ? ['longInputNanoUsdPerMTok', 'inputNanoUsdPerMTok']
    : ['inputNanoUsdPerMTok']
  const cached = isLong ? 'longCachedInputNanoUsdPerMTok' : 'cachedInputNanoUsdPerMTok'
  const written = isLong ? 'longCacheWriteNanoUsdPerMTok' : 'cacheWriteNanoUsdPerMTok'
  const output: readonly (keyof PriceRates)[] = isLong
    ? ['longOutputNanoUsdPerMTok', 'outputNanoUsdPerMTok']
    : ['outputNanoUsdPerMTok']
  const bought: readonly (readonly [number, bigint, bigint])[] = [
    [
      usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
      firstOf(rates, ...input),
      1_000_000n,
    ],
    [usage.cachedInputTokens, firstOf(rates, cached, ...input), 1_000_000n],
    [usage.cacheWriteTokens, firstOf(rates, written, ...input), 1_000_000n],
    [usage.outputTokens, firstOf(rates, ...output), 1_000_000n],
    [usage.webSearchCalls, firstOf(rates, 'webSearchNanoUsdPerCall'), 1n],
  ]
  const sum = bought
    .map(([count, nanoUsd, per]) => times(fraction(BigInt(count), per), fraction(nanoUsd, 1_000_000_000n)))
    .reduce(plus, fraction(0n, 1n))
  const multiplied = times(sum, fraction(BigInt(multiplierPpm), 1_000_000n))
  return times(multiplied, fraction(BigInt(modelMultiplierPpm), 1_000_000n))
}

const rate = fc.integer({ min: 0, max: 600_000_000_000 })
const maybe = fc.option(rate, { nil: null })
const ratesArbitrary: fc.Arbitrary<PriceRates> = fc.record({
  inputNanoUsdPerMTok: rate,
  cachedInputNanoUsdPerMTok: maybe,
  cacheWriteNanoUsdPerMTok: maybe,
  outputNanoUsdPerMTok: rate,
  longContextAboveTokens: fc.option(fc.integer({ min: 1, max: 400_000 }), { nil: null }),
  longInputNanoUsdPerMTok: maybe,
  longCachedInputNanoUsdPerMTok: maybe,
  longCacheWriteNanoUsdPerMTok: maybe,
  longOutputNanoUsdPerMTok: maybe,
  webSearchNanoUsdPerCall: fc.option(fc.integer({ min: 0, max: 100_000_000 }), { nil: null }),
})
const tokens = fc.integer({ min: 0, max: 400_000 })
const usageArbitrary: fc.Arbitrary<TokenUsage> = fc
  .record({
    plain: tokens,
    cached: tokens,
    written: tokens,
    said: tokens,
    reasoned: tokens,
    searches: fc.nat(50),
  })
  .map(({ plain, cached, written, said, reasoned, searches }) => ({
    inputTokens: plain + cached + written,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: said + reasoned,
    reasoningTokens: reasoned,
    webSearchCalls: searches,
  }))
const multiplier = fc.oneof(fc.constant(ONE_MILLION), fc.integer({ min: 0, max: 10_000_000 }))

describe('for any usage at any price', () => {
  test('the charge is the exact price, rounded up by less than one nano-dollar', () => {
    fc.assert(
      fc.property(usageArbitrary, ratesArbitrary, multiplier, multiplier, (usage, rates, ppm, modelPpm) => {
        const exact = exactDollars(usage, rates, ppm, modelPpm)
        const exactNano = exact.over * 1_000_000_000n
        const charged = BigInt(chargeFor(usage, rates, ppm, 'default', modelPpm)) * exact.under
        expect(charged >= exactNano).toBe(true)
        expect(charged < exactNano + exact.under).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('one charge for two requests is never dearer than two, and by less than one nano-dollar cheaper', () => {
    const short: fc.Arbitrary<PriceRates> = ratesArbitrary.map((rates) => ({
      ...rates,
      longContextAboveTokens: null,
    }))
    fc.assert(
      fc.property(usageArbitrary, usageArbitrary, short, multiplier, (one, other, rates, ppm) => {
        const both: TokenUsage = {
          inputTokens: one.inputTokens + other.inputTokens,
          cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
          cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
          outputTokens: one.outputTokens + other.outputTokens,
          reasoningTokens: one.reasoningTokens + other.reasoningTokens,
          webSearchCalls: one.webSearchCalls + other.webSearchCalls,
        }
        const apart = chargeFor(one, rates, ppm) + chargeFor(other, rates, ppm)
        const together = chargeFor(both, rates, ppm)
        expect(apart - together === 0 || apart - together === 1).toBe(true)
      }),
    )
  })

  test('more output never costs less', () => {
    fc.assert(
      fc.property(usageArbitrary, ratesArbitrary, multiplier, tokens, (usage, rates, ppm, more) => {
        const longer = { ...usage, outputTokens: usage.outputTokens + more }
        expect(chargeFor(longer, rates, ppm)).toBeGreaterThanOrEqual(chargeFor(usage, rates, ppm))
      }),
    )
  })
})
