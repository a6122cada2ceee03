// A receipt's formula: whatever was used, at whatever price, its lines add up to what was charged.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CORE_RATE_COLUMNS, FURTHER_RATE_COLUMNS, type PriceRates } from '../../contract/price.ts'
import { reprice } from '../../test/support/reprice.ts'
import { chargeFor } from './charge.ts'
import { explainCharge } from './explain.ts'
import { ONE_MILLION } from './money.ts'
import { isTierPriced, type PricedTier } from './service-tier.ts'
import { NO_USAGE, type TokenUsage } from './token-usage.ts'

const rate = fc.integer({ min: 0, max: 600_000_000_000 })
const RATE_COLUMNS = [...CORE_RATE_COLUMNS, ...FURTHER_RATE_COLUMNS].filter((name) =>
  name.includes('NanoUsd'),
)
/** Any columns of a price row filled, any left empty. */
const rates: fc.Arbitrary<PriceRates> = fc
  .record({
    ...Object.fromEntries(RATE_COLUMNS.map((name) => [name, fc.option(rate, { nil: null })])),
    inputNanoUsdPerMTok: rate,
    outputNanoUsdPerMTok: rate,
    isReasoning: fc.boolean(),
    longContextAboveTokens: fc.option(fc.integer({ min: 1, max: 600_000 }), { nil: null }),
  })
  // Every rate column is one of a price row, and both that have to be there are.
  .map((row) => row as PriceRates)

const tokens = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400_000 }))
/** As `token-usage.ts` reads it: the parts may overlap, and none is more than its whole. */
const usage: fc.Arbitrary<TokenUsage> = fc
  .record({
    plain: tokens,
    cached: tokens,
    written: tokens,
    said: tokens,
    calls: fc.nat(20),
    drawn: fc.option(fc.record({ input: tokens, output: tokens, imageRate: rate, textRate: rate })),
    media: fc.record(
      {
        audioInputMs: fc.nat(40_000),
        speechCharacters: tokens,
        images: fc.nat(10),
        smallImages: fc.nat(10),
        mediumImages: fc.nat(10),
        largeImages: fc.nat(10),
        hdImages: fc.nat(10),
        largeHdImages: fc.nat(10),
        svgNanoUsd: tokens,
      },
      { requiredKeys: [] },
    ),
    parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
  })
  .map(({ plain, cached, written, said, calls, drawn, media, parts }) => {
    const inputTokens = plain + cached + written
    const share = (index: number, whole: number) => Math.floor((parts[index] ?? 0) * whole)
    return {
      ...NO_USAGE,
      ...media,
      inputTokens,
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      outputTokens: said,
      webSearchCalls: calls,
      audioInputTokens: share(0, inputTokens),
      imageInputTokens: share(1, inputTokens),
      audioCachedInputTokens: share(2, cached),
      imageCachedInputTokens: share(3, cached),
      audioOutputTokens: share(4, said),
      imageOutputTokens: share(5, said),
      fileSearchCalls: calls % 3,
      codeInterpreterSessions: calls % 2,
      webSearchPreviewCalls: calls % 5,
      ...(drawn ? { imageTool: imageToolOf(drawn, parts) } : {}),
    }
  })
const imageToolOf = (
  drawn: {
    readonly input: number
    readonly output: number
    readonly imageRate: number
    readonly textRate: number
  },
  [image = 0, cached = 0, text = 0]: readonly number[],
) => ({
  model: 'gpt-image-2',
  inputTokens: drawn.input,
  imageInputTokens: Math.floor(drawn.input * image),
  cachedInputTokens: Math.floor(drawn.input * cached),
  outputTokens: drawn.output,
  textOutputTokens: Math.floor(drawn.output * text),
  rates: {
    input: drawn.textRate,
    imageInput: drawn.imageRate,
    cachedInput: Math.floor(drawn.textRate / 4),
    output: drawn.imageRate,
    textOutput: drawn.textRate,
  },
})
const tier = fc.constantFrom<PricedTier>('default', 'flex', 'priority', 'ultrafast', 'batch')
const multiplier = fc.oneof(fc.constant(ONE_MILLION), fc.integer({ min: 0, max: 10_000_000 }))

const ONE = 10n ** 18n
/** A decimal as the fraction it is, in 10⁻¹⁸. */
const exact = (decimal: string): bigint => {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole) * ONE + BigInt(fraction.padEnd(18, '0'))
}

test('the lines add up to the sum, and the sum times the multiplier is what was charged, rounded up once', () => {
  fc.assert(
    fc.property(usage, rates, multiplier, multiplier, tier, (used, row, ppm, modelPpm, asked) => {
      const priced = isTierPriced(row, asked) ? asked : 'default'
      const explained = explainCharge(used, row, ppm, priced, modelPpm)
      const sum = explained.lines.reduce((added, line) => added + exact(line.exactNanoUsd), 0n)
      expect(exact(explained.sumNanoUsd)).toBe(sum)
      const multiplied = exact(explained.multipliedNanoUsd) * 1_000_000n * 1_000_000n
      expect(multiplied).toBe(sum * BigInt(ppm) * BigInt(modelPpm))
      const rounding = BigInt(explained.roundedNanoUsd) * ONE - exact(explained.multipliedNanoUsd)
      expect(rounding >= 0n && rounding < ONE).toBe(true)
      expect(explained.roundedNanoUsd).toBe(chargeFor(used, row, ppm, priced, modelPpm))
    }),
    { numRuns: 2_000 },
  )
})

test('a line is its count times its rate, and every token stands in one line', () => {
  fc.assert(
    fc.property(usage, rates, tier, (used, row, asked) => {
      const priced = isTierPriced(row, asked) ? asked : 'default'
      const { lines } = explainCharge(used, row, ONE_MILLION, priced)
      for (const line of lines) {
        const product = BigInt(line.count) * BigInt(line.rateNanoUsd) * ONE
        expect(exact(line.exactNanoUsd) * BigInt(line.ratePer)).toBe(product)
      }
      const counted = lines.filter(
        ({ kind, ratePer }) =>
          ratePer === ONE_MILLION && kind !== 'characters' && !kind.startsWith('tool_image'),
      )
      const tokensOf = (isOutput: boolean) =>
        counted
          .filter(({ kind }) => kind.endsWith('output') === isOutput)
          .reduce((sum, line) => sum + line.count, 0)
      expect(tokensOf(false)).toBe(used.inputTokens)
      expect(tokensOf(true)).toBe(used.outputTokens)
    }),
  )
})

test('somebody who prices in fractions, by the documentation alone, comes to the same amount', () => {
  fc.assert(
    fc.property(usage, rates, multiplier, multiplier, tier, (used, row, ppm, modelPpm, asked) => {
      const priced = isTierPriced(row, asked) ? asked : 'default'
      expect(reprice({ ...used }, row, [ppm, modelPpm], priced)).toBe(
        chargeFor(used, row, ppm, priced, modelPpm),
      )
    }),
    { numRuns: 3_000 },
  )
})

test('amounts are shown to the last digit, and without digits that say nothing', () => {
  const used = { ...NO_USAGE, inputTokens: 1_000_001, outputTokens: 2 }
  const row = { inputNanoUsdPerMTok: 1, outputNanoUsdPerMTok: 10_000_000_000 }
  expect(explainCharge(used, row, 1_250_000)).toEqual({
    serviceTier: 'default',
    isLongContext: false,
    lines: [
      { kind: 'input', count: 1_000_001, rateNanoUsd: 1, ratePer: ONE_MILLION, exactNanoUsd: '1.000001' },
      { kind: 'output', count: 2, rateNanoUsd: 10_000_000_000, ratePer: ONE_MILLION, exactNanoUsd: '20000' },
    ],
    sumNanoUsd: '20001.000001',
    multiplierPpm: 1_250_000,
    modelMultiplierPpm: 1_000_000,
    multipliedNanoUsd: '25001.25000125',
    roundedNanoUsd: 25_002,
  })
})
