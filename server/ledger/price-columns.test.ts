// Every column of a price row, in an example computed by hand. A column that nothing here uses fails the last test.
import { describe, expect, test } from 'vitest'
import { CORE_RATE_COLUMNS, FURTHER_RATE_COLUMNS, type PriceRates } from '../../contract/price.ts'
import { chargeFor } from './charge.ts'
import { ONE_MILLION } from './money.ts'
import { quotedAt, quoteFor } from './quote.ts'
import type { PricedTier } from './service-tier.ts'
import { NO_USAGE, type TokenUsage } from './token-usage.ts'

/** 2,000 nano-dollars a token of input and 10,000 a token of output; more than 1,000 tokens of input are long. */
const BASE: PriceRates = { inputNanoUsdPerMTok: 2_000_000_000, outputNanoUsdPerMTok: 10_000_000_000 }
const LONG: PriceRates = { ...BASE, longContextAboveTokens: 1_000 }
/** 100 tokens: 30 cached, 20 written, 50 new; 10 tokens of output. */
const SHORT_USAGE = { inputTokens: 100, cachedInputTokens: 30, cacheWriteTokens: 20, outputTokens: 10 }
/** Ten times that. 1,001 tokens of input would be long; these are 2,000: 300 cached, 200 written, 1,500 new. */
const LONG_USAGE = { inputTokens: 2_000, cachedInputTokens: 300, cacheWriteTokens: 200, outputTokens: 100 }

interface Example {
  readonly column: keyof PriceRates
  readonly rates: PriceRates
  readonly usage: Partial<TokenUsage>
  readonly tier?: PricedTier
  /** Written out, so that a person can follow it. */
  readonly byHand: number
}

const FREE: PriceRates = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 }
const BY_IMAGE: PriceRates = { ...FREE, imageNanoUsdPerImage: 40_000_000 }

const media: readonly Example[] = [
  {
    column: 'audioInputNanoUsdPerSecond',
    rates: { ...FREE, audioInputNanoUsdPerSecond: 100_000 },
    // 4.2 seconds at $0.006 a minute.
    usage: { audioInputMs: 4_200 },
    byHand: 420_000,
  },
  {
    column: 'speechNanoUsdPerMChar',
    rates: { ...FREE, speechNanoUsdPerMChar: 15_000_000_000 },
    usage: { speechCharacters: 15 },
    byHand: 15 * 15_000,
  },
  { column: 'imageNanoUsdPerImage', rates: BY_IMAGE, usage: { images: 3 }, byHand: 3 * 40_000_000 },
  {
    column: 'smallImageNanoUsdPerImage',
    rates: { ...BY_IMAGE, smallImageNanoUsdPerImage: 16_000_000 },
    usage: { smallImages: 2, images: 1 },
    byHand: 2 * 16_000_000 + 40_000_000,
  },
  {
    column: 'mediumImageNanoUsdPerImage',
    rates: { ...BY_IMAGE, mediumImageNanoUsdPerImage: 18_000_000 },
    usage: { mediumImages: 2, smallImages: 1 },
    byHand: 2 * 18_000_000 + 40_000_000,
  },
  {
    column: 'largeImageNanoUsdPerImage',
    rates: { ...BY_IMAGE, largeImageNanoUsdPerImage: 80_000_000 },
    usage: { largeImages: 1 },
    byHand: 80_000_000,
  },
  {
    column: 'hdImageNanoUsdPerImage',
    rates: { ...BY_IMAGE, hdImageNanoUsdPerImage: 90_000_000 },
    usage: { hdImages: 1, largeHdImages: 1 },
    byHand: 2 * 90_000_000,
  },
  {
    column: 'largeHdImageNanoUsdPerImage',
    rates: { ...BY_IMAGE, largeHdImageNanoUsdPerImage: 120_000_000 },
    usage: { largeHdImages: 1, hdImages: 1 },
    byHand: 120_000_000 + 40_000_000,
  },
]

const core: readonly Example[] = [
  { column: 'inputNanoUsdPerMTok', rates: BASE, usage: { inputTokens: 100 }, byHand: 100 * 2_000 },
  { column: 'outputNanoUsdPerMTok', rates: BASE, usage: { outputTokens: 10 }, byHand: 10 * 10_000 },
  {
    column: 'cachedInputNanoUsdPerMTok',
    rates: { ...BASE, cachedInputNanoUsdPerMTok: 200_000_000 },
    usage: SHORT_USAGE,
    byHand: 30 * 200 + 20 * 2_000 + 50 * 2_000 + 10 * 10_000,
  },
  {
    column: 'cacheWriteNanoUsdPerMTok',
    rates: { ...BASE, cacheWriteNanoUsdPerMTok: 2_500_000_000 },
    usage: SHORT_USAGE,
    byHand: 30 * 2_000 + 20 * 2_500 + 50 * 2_000 + 10 * 10_000,
  },
  {
    column: 'longContextAboveTokens',
    rates: { ...LONG, longInputNanoUsdPerMTok: 4_000_000_000 },
    usage: { inputTokens: 1_000 },
    byHand: 1_000 * 2_000,
  },
  {
    column: 'longInputNanoUsdPerMTok',
    rates: { ...LONG, longInputNanoUsdPerMTok: 4_000_000_000 },
    usage: { inputTokens: 1_001, outputTokens: 1 },
    byHand: 1_001 * 4_000 + 1 * 10_000,
  },
  {
    column: 'longCachedInputNanoUsdPerMTok',
    rates: { ...LONG, longCachedInputNanoUsdPerMTok: 400_000_000 },
    usage: LONG_USAGE,
    byHand: 300 * 400 + 200 * 2_000 + 1_500 * 2_000 + 100 * 10_000,
  },
  {
    column: 'longCacheWriteNanoUsdPerMTok',
    rates: { ...LONG, longCacheWriteNanoUsdPerMTok: 5_000_000_000 },
    usage: LONG_USAGE,
    byHand: 300 * 2_000 + 200 * 5_000 + 1_500 * 2_000 + 100 * 10_000,
  },
  {
    column: 'longOutputNanoUsdPerMTok',
    rates: { ...LONG, longOutputNanoUsdPerMTok: 15_000_000_000 },
    usage: { inputTokens: 1_001, outputTokens: 2 },
    byHand: 1_001 * 2_000 + 2 * 15_000,
  },
  {
    column: 'webSearchNanoUsdPerCall',
    rates: { ...BASE, webSearchNanoUsdPerCall: 10_000_000 },
    usage: { inputTokens: 100, webSearchCalls: 3 },
    byHand: 100 * 2_000 + 3 * 10_000_000,
  },
]

/** What a tier's own prices are in these examples: 100 nano-dollars, and so on, for a token. */
function tierExamples(tier: Exclude<PricedTier, 'default'>): readonly Example[] {
  const rates: PriceRates = {
    ...LONG,
    [`${tier}InputNanoUsdPerMTok`]: 3_000_000_000,
    [`${tier}OutputNanoUsdPerMTok`]: 12_000_000_000,
  }
  const long: PriceRates = {
    ...rates,
    [`${tier}LongInputNanoUsdPerMTok`]: 6_000_000_000,
    [`${tier}LongOutputNanoUsdPerMTok`]: 18_000_000_000,
  }
  return [
    {
      column: `${tier}InputNanoUsdPerMTok`,
      tier,
      rates,
      usage: { inputTokens: 100 },
      byHand: 100 * 3_000,
    },
    {
      column: `${tier}OutputNanoUsdPerMTok`,
      tier,
      rates,
      usage: { outputTokens: 10 },
      byHand: 10 * 12_000,
    },
    {
      column: `${tier}CachedInputNanoUsdPerMTok`,
      tier,
      rates: { ...rates, [`${tier}CachedInputNanoUsdPerMTok`]: 300_000_000 },
      usage: SHORT_USAGE,
      byHand: 30 * 300 + 20 * 3_000 + 50 * 3_000 + 10 * 12_000,
    },
    {
      column: `${tier}CacheWriteNanoUsdPerMTok`,
      tier,
      rates: { ...rates, [`${tier}CacheWriteNanoUsdPerMTok`]: 3_750_000_000 },
      usage: SHORT_USAGE,
      byHand: 30 * 3_000 + 20 * 3_750 + 50 * 3_000 + 10 * 12_000,
    },
    {
      column: `${tier}LongInputNanoUsdPerMTok`,
      tier,
      rates: long,
      usage: { inputTokens: 1_001 },
      byHand: 1_001 * 6_000,
    },
    {
      column: `${tier}LongOutputNanoUsdPerMTok`,
      tier,
      rates: long,
      usage: { inputTokens: 1_001, outputTokens: 2 },
      byHand: 1_001 * 6_000 + 2 * 18_000,
    },
    {
      column: `${tier}LongCachedInputNanoUsdPerMTok`,
      tier,
      rates: { ...long, [`${tier}LongCachedInputNanoUsdPerMTok`]: 600_000_000 },
      usage: LONG_USAGE,
      byHand: 300 * 600 + 200 * 6_000 + 1_500 * 6_000 + 100 * 18_000,
    },
    {
      column: `${tier}LongCacheWriteNanoUsdPerMTok`,
      tier,
      rates: { ...long, [`${tier}LongCacheWriteNanoUsdPerMTok`]: 7_500_000_000 },
      usage: LONG_USAGE,
      byHand: 300 * 6_000 + 200 * 7_500 + 1_500 * 6_000 + 100 * 18_000,
    },
  ]
}

const further: readonly Example[] = [
  {
    column: 'audioInputNanoUsdPerMTok',
    rates: { ...BASE, audioInputNanoUsdPerMTok: 32_000_000_000 },
    usage: { inputTokens: 100, audioInputTokens: 40 },
    byHand: 60 * 2_000 + 40 * 32_000,
  },
  {
    // 100 in, of which 50 are cached; 40 of the 100 are audio, 30 of those cached.
    column: 'audioCachedInputNanoUsdPerMTok',
    rates: { ...BASE, audioInputNanoUsdPerMTok: 32_000_000_000, audioCachedInputNanoUsdPerMTok: 400_000_000 },
    usage: { inputTokens: 100, cachedInputTokens: 50, audioInputTokens: 40, audioCachedInputTokens: 30 },
    byHand: 30 * 400 + 10 * 32_000 + 20 * 2_000 + 40 * 2_000,
  },
  {
    column: 'audioOutputNanoUsdPerMTok',
    rates: { ...BASE, audioOutputNanoUsdPerMTok: 64_000_000_000 },
    usage: { outputTokens: 50, audioOutputTokens: 45 },
    byHand: 5 * 10_000 + 45 * 64_000,
  },
  {
    column: 'imageInputNanoUsdPerMTok',
    rates: { ...BASE, imageInputNanoUsdPerMTok: 8_000_000_000 },
    usage: { inputTokens: 100, imageInputTokens: 90 },
    byHand: 10 * 2_000 + 90 * 8_000,
  },
  {
    column: 'imageCachedInputNanoUsdPerMTok',
    rates: {
      ...BASE,
      imageInputNanoUsdPerMTok: 8_000_000_000,
      imageCachedInputNanoUsdPerMTok: 2_000_000_000,
    },
    usage: { inputTokens: 100, cachedInputTokens: 90, imageInputTokens: 90, imageCachedInputTokens: 90 },
    byHand: 10 * 2_000 + 90 * 2_000,
  },
  {
    column: 'imageOutputNanoUsdPerMTok',
    rates: { ...BASE, imageOutputNanoUsdPerMTok: 32_000_000_000 },
    usage: { outputTokens: 1_000, imageOutputTokens: 900 },
    byHand: 100 * 10_000 + 900 * 32_000,
  },
  {
    column: 'webSearchPreviewNanoUsdPerCall',
    rates: { ...BASE, webSearchNanoUsdPerCall: 10_000_000, webSearchPreviewNanoUsdPerCall: 25_000_000 },
    usage: { inputTokens: 100, webSearchCalls: 3, webSearchPreviewCalls: 3 },
    byHand: 100 * 2_000 + 3 * 25_000_000,
  },
  {
    column: 'fileSearchNanoUsdPerCall',
    rates: { ...BASE, fileSearchNanoUsdPerCall: 2_500_000 },
    usage: { inputTokens: 100, fileSearchCalls: 4 },
    byHand: 100 * 2_000 + 4 * 2_500_000,
  },
  {
    column: 'codeInterpreterNanoUsdPerSession',
    rates: { ...BASE, codeInterpreterNanoUsdPerSession: 30_000_000 },
    usage: { inputTokens: 100, codeInterpreterSessions: 2 },
    byHand: 100 * 2_000 + 2 * 30_000_000,
  },
]

const EXAMPLES: readonly Example[] = [
  ...core,
  ...(['flex', 'priority', 'ultrafast', 'batch'] as const).flatMap(tierExamples),
  ...further,
  ...media,
]

test.each(EXAMPLES)('$column charges what it comes to by hand', ({ rates, usage, tier, byHand }) => {
  expect(chargeFor({ ...NO_USAGE, ...usage }, rates, ONE_MILLION, tier)).toBe(byHand)
})

test.each(EXAMPLES)('$column is covered by the hold', ({ rates, usage, tier, byHand }) => {
  const quote = quoteFor(
    {
      inputTokensMax: usage.inputTokens ?? 0,
      choices: 1,
      webSearchCallsMax: usage.webSearchCalls ?? 0,
      isPreviewSearch: usage.webSearchPreviewCalls !== undefined,
      fileSearchCallsMax: usage.fileSearchCalls ?? 0,
      codeInterpreterSessionsMax: usage.codeInterpreterSessions ?? 0,
      mediaMax: usage,
      serviceTiers: tier ? [tier] : ['default'],
    },
    rates,
    ONE_MILLION,
  )
  expect(quotedAt(quote, usage.outputTokens ?? 0)).toBeGreaterThanOrEqual(byHand)
})

test('every column that is a price has its example', () => {
  const limits = ['contextWindowTokens', 'maxOutputTokens', 'isReasoning', 'outputFloorTokens']
  const prices = [...CORE_RATE_COLUMNS, ...FURTHER_RATE_COLUMNS].filter((column) => !limits.includes(column))
  expect(new Set(EXAMPLES.map((example) => example.column))).toEqual(new Set(prices))
})

describe('a column that is empty', () => {
  const charge = (rates: PriceRates, usage: Partial<TokenUsage>, tier?: PricedTier) =>
    chargeFor({ ...NO_USAGE, ...usage }, rates, ONE_MILLION, tier)

  test('charges audio and images as text', () => {
    const parts = { audioInputTokens: 20, imageInputTokens: 30, audioOutputTokens: 5, imageOutputTokens: 5 }
    expect(charge(BASE, { inputTokens: 100, outputTokens: 10, ...parts })).toBe(100 * 2_000 + 10 * 10_000)
    expect(charge(BASE, { inputTokens: 100, cachedInputTokens: 50, imageCachedInputTokens: 50 })).toBe(
      200_000,
    )
  })

  test('charges cached audio and images as new ones, where only those have a rate', () => {
    const rates = { ...BASE, cachedInputNanoUsdPerMTok: 1, audioInputNanoUsdPerMTok: 32_000_000_000 }
    const usage = { inputTokens: 10, cachedInputTokens: 10, audioInputTokens: 10, audioCachedInputTokens: 10 }
    expect(charge(rates, usage)).toBe(10 * 32_000)
  })

  test('charges an image in "hd" the dearest of the others, and any other as the plain one', () => {
    const rates = { ...BASE, imageNanoUsdPerImage: 40, largeImageNanoUsdPerImage: 80 }
    expect(charge(rates, { hdImages: 1, largeHdImages: 1 })).toBe(160)
    expect(charge(rates, { smallImages: 1, mediumImages: 1 })).toBe(80)
    expect(charge({ ...rates, hdImageNanoUsdPerImage: 90 }, { largeHdImages: 1 })).toBe(90)
  })

  test('charges images, seconds and characters by their tokens alone', () => {
    const usage = { inputTokens: 10, images: 9, audioInputMs: 9_000, speechCharacters: 9 }
    expect(charge(BASE, usage)).toBe(10 * 2_000)
  })

  test('does not make a zero of another: a rate of zero is free', () => {
    const free = { ...BASE, audioInputNanoUsdPerMTok: 0, fileSearchNanoUsdPerCall: 0 }
    expect(charge(free, { inputTokens: 100, audioInputTokens: 100, fileSearchCalls: 9 })).toBe(0)
  })

  test('in a tier without long rates charges the dearer of its own and the standard long ones', () => {
    const rates: PriceRates = {
      ...LONG,
      longInputNanoUsdPerMTok: 4_000_000_000,
      longOutputNanoUsdPerMTok: 15_000_000_000,
      flexInputNanoUsdPerMTok: 1_000_000_000,
      flexOutputNanoUsdPerMTok: 5_000_000_000,
      priorityInputNanoUsdPerMTok: 5_000_000_000,
      priorityOutputNanoUsdPerMTok: 20_000_000_000,
    }
    const usage = { inputTokens: 2_000, outputTokens: 100 }
    expect(charge(rates, usage, 'flex')).toBe(2_000 * 4_000 + 100 * 15_000)
    expect(charge(rates, usage, 'priority')).toBe(2_000 * 5_000 + 100 * 20_000)
  })
})

test('parts that overlap are charged once: images that were cached are no new images too', () => {
  const rates = { ...BASE, cachedInputNanoUsdPerMTok: 200_000_000, imageInputNanoUsdPerMTok: 8_000_000_000 }
  // The report does not say which of the cached tokens were images: 90 cached, 10 new, and those at most are images.
  const usage = { ...NO_USAGE, inputTokens: 100, cachedInputTokens: 90, imageInputTokens: 80 }
  expect(chargeFor(usage, rates, ONE_MILLION)).toBe(90 * 200 + 10 * 8_000)
})
