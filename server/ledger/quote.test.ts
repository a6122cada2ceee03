// The worst case is an upper bound, and no higher than it has to be.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PriceRates } from '../../contract/price.ts'
import { chargeFor } from './charge.ts'
import type { MediaUsage } from './media-charge.ts'
import { ONE_MILLION } from './money.ts'
import { outputTokensWithin, quotedAt, quoteFor, quoteWorstCase } from './quote.ts'
import { NO_USAGE } from './token-usage.ts'

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
  contextWindowTokens: 1_050_000,
} as const satisfies PriceRates

const WORST = { inputTokensMax: 1_000, outputTokensMax: 500, choices: 1, webSearchCallsMax: 0 }
const quote = (
  worst: Partial<typeof WORST> = {},
  rates: Partial<PriceRates> = {},
  ppm: number = ONE_MILLION,
) => quoteWorstCase({ ...WORST, ...worst }, { ...RATES, ...rates }, ppm)

describe('by hand', () => {
  test('the input is quoted at the dearest of plain, cached and written', () => {
    // 1,000 × 2,500 + 500 × 10,000
    expect(quote()).toBe(7_500_000)
    // Without a rate for writing, that is the input rate: 1,000 × 2,000.
    expect(quote({}, { cacheWriteNanoUsdPerMTok: null })).toBe(7_000_000)
    expect(quote({}, { cachedInputNanoUsdPerMTok: 3_000_000_000 })).toBe(8_000_000)
  })

  test('every choice may reach the output limit, and the input is counted once', () => {
    // 1,000 × 2,500 + 4 × 500 × 10,000
    expect(quote({ choices: 4 })).toBe(22_500_000)
  })

  test('rejected predictions are held beside the output limit, in every choice', () => {
    // 1,000 × 2,500 + 2 × (500 + 300) × 10,000
    const bounds = { ...WORST, choices: 2, extraOutputTokensMax: 300 }
    expect(quoteWorstCase(bounds, RATES, ONE_MILLION)).toBe(18_500_000)
  })

  test('every search that is allowed is held', () => {
    expect(quote({ webSearchCallsMax: 5 })).toBe(57_500_000)
  })

  test('the long rates are quoted as soon as the input can reach them', () => {
    // 272,000 × 2,500 + 500 × 10,000, then 272,001 × 5,000 + 500 × 15,000
    expect(quote({ inputTokensMax: 272_000 })).toBe(685_000_000)
    expect(quote({ inputTokensMax: 272_001 })).toBe(1_367_505_000)
  })

  test('the input is never quoted beyond the context window', () => {
    expect(quote({ inputTokensMax: 9_000_000 })).toBe(quote({ inputTokensMax: 1_050_000 }))
    // 128,000 where the row does not say: 128,000 × 2,500 + 500 × 10,000, and so never long.
    expect(quote({ inputTokensMax: 9_000_000 }, { contextWindowTokens: null })).toBe(325_000_000)
  })

  test('the multiplier scales the hold as it scales the charge', () => {
    expect(quote({}, {}, 2_000_000)).toBe(15_000_000)
    expect(quote({}, {}, 0)).toBe(0)
  })
})

describe('for any price', () => {
  const rate = fc.integer({ min: 0, max: 60_000_000_000 })
  const maybe = fc.option(rate, { nil: null })
  const rates: fc.Arbitrary<PriceRates> = fc.record({
    inputNanoUsdPerMTok: rate,
    cachedInputNanoUsdPerMTok: maybe,
    cacheWriteNanoUsdPerMTok: maybe,
    outputNanoUsdPerMTok: rate,
    longContextAboveTokens: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: null }),
    longInputNanoUsdPerMTok: maybe,
    longCachedInputNanoUsdPerMTok: maybe,
    longCacheWriteNanoUsdPerMTok: maybe,
    longOutputNanoUsdPerMTok: maybe,
    webSearchNanoUsdPerCall: maybe,
    contextWindowTokens: fc.integer({ min: 1, max: 3_000 }),
  })
  const worst = fc.record({
    inputTokensMax: fc.integer({ min: 0, max: 4_000 }),
    outputTokensMax: fc.integer({ min: 0, max: 4_000 }),
    choices: fc.integer({ min: 1, max: 8 }),
    webSearchCallsMax: fc.nat(10),
  })
  const share = fc.double({ min: 0, max: 1, noNaN: true })

  const mediaRates = fc.record({
    audioInputNanoUsdPerSecond: maybe,
    speechNanoUsdPerMChar: maybe,
    imageNanoUsdPerImage: maybe,
    smallImageNanoUsdPerImage: maybe,
    largeImageNanoUsdPerImage: maybe,
    hdImageNanoUsdPerImage: maybe,
  })
  const count = fc.nat(100_000)
  const mediaUsage = fc.record({
    audioInputMs: count,
    speechCharacters: count,
    images: count,
    smallImages: count,
    largeHdImages: count,
    svgNanoUsd: count,
  })
  const shareOf = (media: MediaUsage, part: number): MediaUsage =>
    Object.fromEntries(Object.entries(media).map(([name, max]) => [name, Math.floor((max ?? 0) * part)]))

  test('no usage within the bounds costs more than the quote', () => {
    fc.assert(
      fc.property(
        rates,
        worst,
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.tuple(share, share, share, share, share),
        mediaRates,
        mediaUsage,
        (
          textPrice,
          textBounds,
          ppm,
          modelPpm,
          [input, cached, written, output, searches],
          mediaPrice,
          media,
        ) => {
          const price = { ...textPrice, ...mediaPrice }
          const bounds = { ...textBounds, mediaMax: media }
          const inputMax = Math.min(bounds.inputTokensMax, price.contextWindowTokens ?? 0)
          const inputTokens = Math.round(inputMax * input)
          const cachedInputTokens = Math.floor(inputTokens * cached)
          const usage = {
            inputTokens,
            cachedInputTokens,
            cacheWriteTokens: Math.floor((inputTokens - cachedInputTokens) * written),
            outputTokens: Math.floor(bounds.outputTokensMax * bounds.choices * output),
            reasoningTokens: 0,
            webSearchCalls: Math.floor(bounds.webSearchCallsMax * searches),
            ...shareOf(media, searches),
          }
          const held = quotedAt(quoteFor(bounds, price, ppm, modelPpm), bounds.outputTokensMax)
          expect(chargeFor(usage, price, ppm, 'default', modelPpm)).toBeLessThanOrEqual(held)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('without a long tier, some usage within the bounds costs exactly the quote', () => {
    fc.assert(
      fc.property(rates, worst, (price, bounds) => {
        const short = { ...price, longContextAboveTokens: null }
        const inputTokens = Math.min(bounds.inputTokensMax, price.contextWindowTokens ?? 0)
        const full = {
          ...NO_USAGE,
          inputTokens,
          outputTokens: bounds.outputTokensMax * bounds.choices,
          webSearchCalls: bounds.webSearchCallsMax,
        }
        const dearest = Math.max(
          chargeFor(full, short, ONE_MILLION),
          chargeFor({ ...full, cachedInputTokens: inputTokens }, short, ONE_MILLION),
          chargeFor({ ...full, cacheWriteTokens: inputTokens }, short, ONE_MILLION),
        )
        expect(quoteWorstCase(bounds, short, ONE_MILLION)).toBe(dearest)
      }),
    )
  })

  test('the largest output limit within an amount is exactly that', () => {
    const multiplier = fc.integer({ min: 0, max: 5_000_000 })
    fc.assert(
      fc.property(
        rates,
        worst,
        multiplier,
        multiplier,
        fc.nat(200_000_000),
        (price, bounds, ppm, modelPpm, amount) => {
          const quote = quoteFor(bounds, price, ppm, modelPpm)
          const tokens = outputTokensWithin(quote, amount, bounds.outputTokensMax)
          if (tokens >= 0) expect(quotedAt(quote, tokens)).toBeLessThanOrEqual(amount)
          if (tokens < bounds.outputTokensMax) expect(quotedAt(quote, tokens + 1)).toBeGreaterThan(amount)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
