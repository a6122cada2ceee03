// The invented prices of the demo models. They exist only while the demo upstream is chosen.
import type { SeedRow } from './shipped-prices.ts'

const DEMO_SINCE = '2026-09-01'
const SOURCE = 'Invented for the demo upstream; nobody is billed.'

const demoRow = (row: Omit<SeedRow, 'id' | 'effectiveFrom' | 'origin' | 'source'>): SeedRow => ({
  ...row,
  id: `demo:${row.model}:${DEMO_SINCE}`,
  origin: 'demo',
  effectiveFrom: Date.parse(`${DEMO_SINCE}T00:00:00Z`),
  source: SOURCE,
  // $10 per 1,000 searches, as OpenAI charges.
  webSearchNanoUsdPerCall: 10_000_000,
})

/**
 * Three models in the proportions of real ones, and those of the endpoints that generate nothing. Their windows and output limits are small, so that a hold is a few cents;
 * `demo-smart` has a long-context tier that a person can reach by hand.
 */
export const DEMO_PRICES: readonly SeedRow[] = [
  demoRow({
    model: 'demo-fast',
    inputNanoUsdPerMTok: 100_000_000,
    cachedInputNanoUsdPerMTok: 10_000_000,
    cacheWriteNanoUsdPerMTok: 125_000_000,
    outputNanoUsdPerMTok: 500_000_000,
    contextWindowTokens: 32_000,
    maxOutputTokens: 4_096,
    isReasoning: false,
  }),
  demoRow({
    model: 'demo-smart',
    inputNanoUsdPerMTok: 2_000_000_000,
    cachedInputNanoUsdPerMTok: 200_000_000,
    cacheWriteNanoUsdPerMTok: 2_500_000_000,
    outputNanoUsdPerMTok: 10_000_000_000,
    longContextAboveTokens: 64_000,
    longInputNanoUsdPerMTok: 4_000_000_000,
    longCachedInputNanoUsdPerMTok: 400_000_000,
    longCacheWriteNanoUsdPerMTok: 5_000_000_000,
    longOutputNanoUsdPerMTok: 15_000_000_000,
    contextWindowTokens: 128_000,
    maxOutputTokens: 8_192,
    isReasoning: false,
  }),
  demoRow({
    model: 'demo-reasoning',
    inputNanoUsdPerMTok: 5_000_000_000,
    cachedInputNanoUsdPerMTok: 500_000_000,
    cacheWriteNanoUsdPerMTok: 6_250_000_000,
    outputNanoUsdPerMTok: 20_000_000_000,
    contextWindowTokens: 128_000,
    maxOutputTokens: 8_192,
    isReasoning: true,
  }),
  demoRow({
    model: 'demo-embedding',
    inputNanoUsdPerMTok: 20_000_000,
    outputNanoUsdPerMTok: 0,
    contextWindowTokens: 8_192,
    isReasoning: false,
  }),
  // What makes images and sound: by tokens as OpenAI's newer models, by the second as its older ones.
  demoRow({
    model: 'demo-image',
    inputNanoUsdPerMTok: 5_000_000_000,
    outputNanoUsdPerMTok: 10_000_000_000,
    imageInputNanoUsdPerMTok: 8_000_000_000,
    imageOutputNanoUsdPerMTok: 30_000_000_000,
    contextWindowTokens: 32_000,
    maxOutputTokens: 8_192,
    isReasoning: false,
  }),
  demoRow({
    model: 'demo-transcribe',
    inputNanoUsdPerMTok: 2_500_000_000,
    audioInputNanoUsdPerMTok: 6_000_000_000,
    outputNanoUsdPerMTok: 10_000_000_000,
    contextWindowTokens: 16_000,
    maxOutputTokens: 2_000,
    isReasoning: false,
  }),
  demoRow({
    model: 'demo-whisper',
    inputNanoUsdPerMTok: 0,
    outputNanoUsdPerMTok: 0,
    audioInputNanoUsdPerSecond: 100_000,
    contextWindowTokens: 16_000,
    isReasoning: false,
  }),
  demoRow({
    model: 'demo-speech',
    inputNanoUsdPerMTok: 600_000_000,
    outputNanoUsdPerMTok: 12_000_000_000,
    audioOutputNanoUsdPerMTok: 12_000_000_000,
    contextWindowTokens: 4_096,
    maxOutputTokens: 16_384,
    isReasoning: false,
  }),
  // What is moderated with where a request names no model, at the demo upstream as at OpenAI. Zero, and not for want of a price.
  demoRow({
    model: 'omni-moderation-latest',
    inputNanoUsdPerMTok: 0,
    outputNanoUsdPerMTok: 0,
    contextWindowTokens: 32_000,
    isReasoning: false,
  }),
]
