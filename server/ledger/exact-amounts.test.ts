// Money that is reckoned in numbers where they are exact is the same, to the nano-dollar, as money that is reckoned in bigints.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PriceRates, SERVICE_TIERS, tierColumn } from '../../contract/price.ts'
import { amountOfLine, chargeFor, chargeLines, scaleUp } from './charge.ts'
import { ONE_MILLION, plusExact, timesExact, toNanoUsd } from './money.ts'
import { quotedAt, quoteFor } from './quote.ts'
import type { PricedTier } from './service-tier.ts'
import type { TokenUsage } from './token-usage.ts'

const SEED = 20_261_127
const RUNS = { seed: SEED, numRuns: 20_000 }

/** Around every bound at which numbers stop being exact, and everywhere else. */
const count = fc.oneof(
  fc.nat(3),
  fc.nat(500_000),
  fc.integer({ min: 0, max: 1_000_000_000_000 }),
  fc.constantFrom(999_999, 1_000_000, 1_000_001, 94_906_265, 94_906_266, 94_906_267),
)
const rate = fc.oneof(
  fc.nat(3),
  fc.constantFrom(1_000_000, 94_906_265, 94_906_266, 94_906_267, 2_000_000_000, Number.MAX_SAFE_INTEGER),
  fc.integer({ min: 0, max: 600_000_000_000 }),
)
const maybe = fc.option(rate, { nil: null })
const amount = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(3_000_000),
  fc.nat(1_000).map((less) => Number.MAX_SAFE_INTEGER - less),
)
const multiplier = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ONE_MILLION) },
  fc.constantFrom(0, 1, 999_999, 1_000_001),
  fc.integer({ min: 0, max: 100_000_000 }),
)
const tier = fc.constantFrom<PricedTier>('default', ...SERVICE_TIERS)

/** Every tier has a price. */
const rates: fc.Arbitrary<PriceRates> = fc
  .record({
    inputNanoUsdPerMTok: rate,
    cachedInputNanoUsdPerMTok: maybe,
    cacheWriteNanoUsdPerMTok: maybe,
    outputNanoUsdPerMTok: rate,
    longContextAboveTokens: fc.option(count, { nil: null }),
    longInputNanoUsdPerMTok: maybe,
    longOutputNanoUsdPerMTok: maybe,
    webSearchNanoUsdPerCall: maybe,
    contextWindowTokens: fc.option(
      count.map((tokens) => tokens + 1),
      { nil: null },
    ),
  })
  .chain((row) =>
    fc.tuple(...SERVICE_TIERS.map(() => fc.tuple(rate, rate))).map((pairs) => ({
      ...row,
      ...Object.fromEntries(
        SERVICE_TIERS.flatMap((name, index) => [
          [tierColumn(name, '', 'Input'), pairs[index]?.[0] ?? 0],
          [tierColumn(name, '', 'Output'), pairs[index]?.[1] ?? 0],
        ]),
      ),
    })),
  )

const usage: fc.Arbitrary<TokenUsage> = fc
  .record({ plain: count, cached: count, written: count, said: count, searches: fc.nat(2_000) })
  .map(({ plain, cached, written, said, searches }) => ({
    inputTokens: plain + cached + written,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: said,
    reasoningTokens: 0,
    webSearchCalls: searches,
  }))

/** Divided by a million for the rates and by one for each multiplier, and rounded up once. */
function roundedUp(timesRates: bigint, ppm: number, modelPpm: number): number {
  const millions = 10n ** 18n
  return toNanoUsd((timesRates * BigInt(ppm) * BigInt(modelPpm) + millions - 1n) / millions)
}

describe('an amount', () => {
  test('is multiplied and added without losing a digit', () => {
    fc.assert(
      fc.property(amount, amount, amount, (one, other, third) => {
        expect(BigInt(timesExact(one, other))).toBe(BigInt(one) * BigInt(other))
        expect(BigInt(plusExact(one, other))).toBe(BigInt(one) + BigInt(other))
        expect(BigInt(plusExact(timesExact(one, other), third))).toBe(
          BigInt(one) * BigInt(other) + BigInt(third),
        )
      }),
      RUNS,
    )
  })

  test('that is rounded up to whole nano-dollars is so as a number as it is as a bigint', () => {
    fc.assert(
      fc.property(amount, multiplier, multiplier, (timesRates, ppm, modelPpm) => {
        const rounded = roundedUp(BigInt(timesRates), ppm, modelPpm)
        expect(scaleUp(timesRates, ppm, modelPpm)).toBe(rounded)
        expect(scaleUp(BigInt(timesRates), ppm, modelPpm)).toBe(rounded)
      }),
      RUNS,
    )
  })
})

test('a charge is the sum of its lines, whatever it is reckoned in', () => {
  fc.assert(
    fc.property(usage, rates, tier, multiplier, multiplier, (used, row, name, ppm, modelPpm) => {
      const lines = chargeLines(used, row, name)
      const sum = lines.reduce((total, line) => total + amountOfLine(line), 0n)
      expect(chargeFor(used, row, ppm, name, modelPpm)).toBe(roundedUp(sum, ppm, modelPpm))
    }),
    RUNS,
  )
})

test('a quote is the dearest input and the dearest output, whatever it is reckoned in', () => {
  fc.assert(
    fc.property(
      count,
      count,
      fc.integer({ min: 1, max: 128 }),
      rates,
      multiplier,
      (inputTokens, output, choices, row, ppm) => {
        const bounds = { inputTokensMax: inputTokens, choices, webSearchCallsMax: 0 }
        const quote = quoteFor(bounds, row, ppm)
        const inBigints = {
          ...quote,
          fixedTokensTimesRates: BigInt(quote.fixedTokensTimesRates),
          perOutputTokenTimesRates: BigInt(quote.perOutputTokenTimesRates),
        }
        expect(quotedAt(quote, output)).toBe(quotedAt(inBigints, output))
        // Calls that cost nothing make the rest be reckoned in bigints.
        const withCalls = quoteFor({ ...bounds, codeInterpreterSessionsMax: 1 }, row, ppm)
        expect(BigInt(withCalls.fixedTokensTimesRates)).toBe(inBigints.fixedTokensTimesRates)
      },
    ),
    RUNS,
  )
})
