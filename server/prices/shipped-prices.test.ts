// The figures that come with the product: that they are well formed, and that they are the published ones.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { priceRow, SERVICE_TIERS, tierColumn } from '../../contract/price.ts'
import { chargeFor } from '../ledger/charge.ts'
import { ONE_MILLION } from '../ledger/money.ts'
import type { PricedTier } from '../ledger/service-tier.ts'
import { NO_USAGE, type TokenUsage } from '../ledger/token-usage.ts'
import { DEMO_PRICES } from './demo-prices.ts'
import shippedPrices from './shipped-prices.json' with { type: 'json' }
import { readShippedPrices } from './shipped-prices.ts'

const rows = readShippedPrices()
/** The newest row of a model: the one that a fresh installation charges with. */
const rowOf = (model: string) => {
  const row = rows
    .filter((candidate) => candidate.model === model)
    .toSorted((one, other) => other.effectiveFrom - one.effectiveFrom)[0]
  if (!row) throw new Error(`no shipped row for ${model}`)
  return row
}
const cost = (model: string, usage: Partial<TokenUsage>, tier: PricedTier = 'default') =>
  chargeFor({ ...NO_USAGE, ...usage }, rowOf(model), ONE_MILLION, tier)

describe('the published prices', () => {
  // Dollars per million tokens as OpenAI's price list shows them: input, cached, written, output.
  test.each([
    ['gpt-6-astra', 10, 1, 12.5, 50],
    ['gpt-6.1-sol', 2, 0.1, 2.5, 10],
    ['gpt-6.1-terra', 1, 0.05, 1.25, 5],
    ['gpt-6-sol', 2, 0.2, 2.5, 10],
    ['gpt-6-luna', 0.1, 0.01, 0.125, 0.5],
    ['gpt-5.6-sol', 4, 0.4, 5, 20],
    ['gpt-5.6-terra', 2, 0.2, 2.5, 12],
    ['gpt-5.6-luna', 0.2, 0.02, 0.25, 1.2],
    ['gpt-5.5', 5, 0.5, 5, 30],
    ['gpt-5.3-codex', 1.75, 0.175, 1.75, 14],
    ['gpt-4o-mini', 0.15, 0.075, 0.15, 0.6],
  ])('%s costs $%d in, $%d cached, $%d written, $%d out', (model, input, cached, written, output) => {
    const million = 1_000_000
    const row = { ...rowOf(model), longContextAboveTokens: null }
    const of = (usage: Partial<TokenUsage>) =>
      chargeFor({ ...NO_USAGE, ...usage }, row, ONE_MILLION) / 1_000_000_000
    expect(of({ inputTokens: million })).toBe(input)
    expect(of({ inputTokens: million, cachedInputTokens: million })).toBe(cached)
    expect(of({ inputTokens: million, cacheWriteTokens: million })).toBe(written)
    expect(of({ outputTokens: million })).toBe(output)
  })

  test.each([
    ['gpt-6-sol', 544_000_000, 1_088_004_000],
    ['gpt-6-astra', 2_720_000_000, 5_440_020_000],
    ['gpt-5.4', 680_000_000, 1_360_005_000],
  ])('%s is short at exactly 272,000 input tokens and long at one more', (model, short, long) => {
    expect(cost(model, { inputTokens: 272_000 })).toBe(short)
    expect(cost(model, { inputTokens: 272_001 })).toBe(long)
  })

  // Nano-dollars for a million tokens of input and as many of output, beyond 272,000 and therefore long, worked by hand.
  test.each([
    ['gpt-6-astra', 'default', 95_000_000_000],
    ['gpt-6-astra', 'flex', 47_500_000_000],
    ['gpt-6-astra', 'batch', 47_500_000_000],
    ['gpt-6-astra', 'priority', 190_000_000_000],
    ['gpt-6-astra', 'ultrafast', 570_000_000_000],
    ['gpt-6.1-sol', 'ultrafast', 114_000_000_000],
    // No long rates in that tier: the dearer of its own ($12.50) and the standard long ones ($10, $45).
    ['gpt-5.5', 'priority', 87_500_000_000],
  ] as const)('%s in the tier %s, long', (model, tier, expected) => {
    expect(cost(model, { inputTokens: 1_000_000, outputTokens: 1_000_000 }, tier)).toBe(expected)
  })

  test.each([
    ['gpt-6-sol', 'priority', 4_000 * 1_000 + 20_000 * 100],
    ['gpt-5.5', 'priority', 12_500 * 1_000 + 75_000 * 100],
    ['gpt-5-mini', 'priority', 450 * 1_000 + 3_600 * 100],
    ['gpt-4o', 'priority', 4_250 * 1_000 + 17_000 * 100],
    ['gpt-5.4-nano', 'flex', 100 * 1_000 + 625 * 100],
    ['o3', 'batch', 1_000 * 1_000 + 4_000 * 100],
  ] as const)('%s in the tier %s, short', (model, tier, expected) => {
    expect(cost(model, { inputTokens: 1_000, outputTokens: 100 }, tier)).toBe(expected)
  })

  test('ultrafast is priced for the two models that have it, and for no other', () => {
    const fast = rows.filter((row) => row.ultrafastInputNanoUsdPerMTok != null).map((row) => row.model)
    expect(fast.sort()).toEqual(['gpt-6-astra', 'gpt-6.1-sol', 'gpt-6.1-sol-2026-09-29'])
  })

  test('audio and images cost their own rates', () => {
    expect(cost('gpt-audio', { inputTokens: 1_000, audioInputTokens: 1_000 })).toBe(32_000_000)
    expect(cost('gpt-audio', { outputTokens: 1_000, audioOutputTokens: 1_000 })).toBe(64_000_000)
    expect(cost('gpt-4o-transcribe', { inputTokens: 100, audioInputTokens: 100 })).toBe(600_000)
    expect(cost('gpt-image-1.5', { inputTokens: 100, imageInputTokens: 100 })).toBe(800_000)
    expect(cost('gpt-image-1.5', { outputTokens: 100, imageOutputTokens: 100 })).toBe(3_200_000)
    expect(cost('text-embedding-3-small', { inputTokens: 1_000 })).toBe(20_000)
    expect(cost('omni-moderation-latest', { inputTokens: 1_000 })).toBe(0)
  })

  test('file searches and containers have a price where OpenAI offers them', () => {
    expect(cost('gpt-6-sol', { fileSearchCalls: 2, codeInterpreterSessions: 1 })).toBe(35_000_000)
  })

  test.each([
    ['text-embedding-3-small', 0.02],
    ['text-embedding-3-large', 0.13],
    ['text-embedding-ada-002', 0.1],
  ])('%s costs $%d a million tokens, all of them input', (model, dollars) => {
    expect(cost(model, { inputTokens: 1_000_000 }) / 1_000_000_000).toBe(dollars)
    expect(cost(model, { outputTokens: 1_000_000 })).toBe(0)
  })

  test('moderation is free because its price is zero, and not for want of one', () => {
    expect(cost('omni-moderation-latest', { inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBe(0)
  })

  test('a hosted search is one cent', () => {
    expect(cost('gpt-6.1-sol', { webSearchCalls: 1 })).toBe(10_000_000)
  })

  test('every model that Codex CLI lists has a price for its searches too', () => {
    const codexModels = [
      'gpt-5.5',
      'gpt-5.6-sol',
      'gpt-5.6-terra',
      'gpt-5.6-luna',
      'gpt-6-astra',
      'gpt-6-sol',
      'gpt-6-luna',
      'gpt-6.1-sol',
      'gpt-6.1-terra',
    ]
    for (const model of codexModels) expect(rowOf(model).webSearchNanoUsdPerCall).toBe(10_000_000)
  })

  test('a dated snapshot costs what its model costs', () => {
    const { id: _, model: __, ...dated } = rowOf('gpt-6.1-sol-2026-09-29')
    expect(rowOf('gpt-6.1-sol')).toMatchObject(dated)
  })
})

describe('every row', () => {
  test('is a valid price row with its source and date', () => {
    for (const row of [...rows, ...DEMO_PRICES]) {
      expect(priceRow.safeParse({ ...row, createdAt: 0 }).error).toBeUndefined()
      expect(row.source).toMatch(/\w{3}/)
      expect(row.effectiveFrom).toBeGreaterThan(Date.UTC(2026, 0, 1))
    }
  })

  test('has an id of its own, made of model and day', () => {
    expect(rowOf('gpt-6-sol').id).toBe('shipped:gpt-6-sol:2026-11-25')
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
    expect(DEMO_PRICES.map((row) => row.id)).toEqual([
      'demo:demo-fast:2026-09-01',
      'demo:demo-smart:2026-09-01',
      'demo:demo-reasoning:2026-09-01',
      'demo:demo-embedding:2026-09-01',
      'demo:demo-image:2026-09-01',
      'demo:demo-transcribe:2026-09-01',
      'demo:demo-whisper:2026-09-01',
      'demo:demo-speech:2026-09-01',
      'demo:omni-moderation-latest:2026-09-01',
    ])
  })

  test('says what the model takes and gives, so that a hold is never guessed', () => {
    // What draws or speaks has no published limit in tokens; the defaults hold for it.
    for (const row of rows.filter(({ model }) => !/image|tts|whisper/.test(model))) {
      expect(row.contextWindowTokens).toBeGreaterThanOrEqual(4_096)
      if (row.outputNanoUsdPerMTok === 0) {
        // Nothing is generated, so there is nothing to limit.
        expect(row.maxOutputTokens).toBeUndefined()
        continue
      }
      expect(row.maxOutputTokens).toBeGreaterThanOrEqual(2_000)
      expect(row.maxOutputTokens).toBeLessThanOrEqual(row.contextWindowTokens ?? 0)
    }
  })

  test('prices a tier in both directions, slower ones below the standard rates and faster ones above', () => {
    for (const row of rows) {
      for (const tier of SERVICE_TIERS) {
        const input = row[tierColumn(tier, '', 'Input')]
        const output = row[tierColumn(tier, '', 'Output')]
        expect(input == null).toBe(output == null)
        if (input == null || output == null) continue
        const isCheaper = tier === 'flex' || tier === 'batch'
        expect(input < row.inputNanoUsdPerMTok).toBe(isCheaper)
        if (row.outputNanoUsdPerMTok > 0) expect(output < row.outputNanoUsdPerMTok).toBe(isCheaper)
      }
    }
  })

  test('that was there before 25 November 2026 is what it was then', () => {
    const released = shippedPrices.filter((entry) => entry.effectiveFrom < '2026-11-25')
    expect(released).toHaveLength(38)
    expect(createHash('sha256').update(JSON.stringify(released)).digest('hex')).toBe(
      'b899581931a44a324a90f190fca9236c2d607c82dd8b4c1c7b4772648f6c224a',
    )
  })

  test('has a cached rate below the input rate, and long rates of twice the input and 1.5 times the output', () => {
    for (const row of rows) {
      if (row.cachedInputNanoUsdPerMTok) {
        expect(row.cachedInputNanoUsdPerMTok).toBeLessThan(row.inputNanoUsdPerMTok)
      }
      if (!row.longContextAboveTokens) continue
      expect(row.longContextAboveTokens).toBe(272_000)
      expect(row.longInputNanoUsdPerMTok).toBe(row.inputNanoUsdPerMTok * 2)
      expect(row.longOutputNanoUsdPerMTok).toBe(row.outputNanoUsdPerMTok * 1.5)
      expect(row.longCachedInputNanoUsdPerMTok ?? 0).toBe((row.cachedInputNanoUsdPerMTok ?? 0) * 2)
      expect(row.longCacheWriteNanoUsdPerMTok ?? 0).toBe((row.cacheWriteNanoUsdPerMTok ?? 0) * 2)
    }
  })
})

describe('data that is not right', () => {
  const entry = {
    model: 'gpt-x',
    effectiveFrom: '2026-09-01',
    inputNanoUsdPerMTok: 1,
    outputNanoUsdPerMTok: 1,
    source: 'a price list',
  }

  test.each([
    ['a fraction of a nano-dollar', { inputNanoUsdPerMTok: 0.5 }],
    ['no output rate', { outputNanoUsdPerMTok: undefined }],
    ['a misspelt column', { cachedInputNanoUsd: 1 }],
    ['a date that does not exist', { effectiveFrom: '2026-02-30' }],
    ['no source', { source: '' }],
  ])('%s is rejected', (_name, wrong) => {
    expect(readShippedPrices([entry])).toHaveLength(1)
    expect(() => readShippedPrices([{ ...entry, ...wrong }])).toThrow()
  })
})
