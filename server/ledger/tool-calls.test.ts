// What hosted tools cost, worked out by hand: a line for every tool, what is charged where nothing was reported, and that no
// charge is above its hold while the calls stay within theirs.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PriceRates } from '../../contract/price.ts'
import { chargeFor, chargeLines } from './charge.ts'
import { ONE_MILLION } from './money.ts'
import { quotedAt, quoteFor } from './quote.ts'
import { parseImageToolUsage, parseResponsesUsage } from './reported-usage.ts'
import { decideSettlement, type SettlementInput } from './settle.ts'
import { NO_USAGE } from './token-usage.ts'
import {
  imageToolTerms,
  NO_TOOL_CALLS,
  previewSearchRate,
  type ToolCalls,
  withToolCalls,
} from './tool-calls.ts'

/** $2 and $10 a million; $10 and $25 for a thousand searches, $2.50 for a thousand in files, $0.03 for a container. */
const RATES: PriceRates = {
  inputNanoUsdPerMTok: 2_000_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  webSearchNanoUsdPerCall: 10_000_000,
  webSearchPreviewNanoUsdPerCall: 25_000_000,
  fileSearchNanoUsdPerCall: 2_500_000,
  codeInterpreterNanoUsdPerSession: 30_000_000,
}
/** $5 a million of text, $10 of images, $2.50 of either from the cache, $40 of images made. */
const IMAGE_ROW: PriceRates = {
  inputNanoUsdPerMTok: 5_000_000_000,
  cachedInputNanoUsdPerMTok: 1_250_000_000,
  imageInputNanoUsdPerMTok: 10_000_000_000,
  imageCachedInputNanoUsdPerMTok: 2_500_000_000,
  imageOutputNanoUsdPerMTok: 40_000_000_000,
  outputNanoUsdPerMTok: 20_000_000_000,
}
const imageTool = imageToolTerms('gpt-image-2', IMAGE_ROW)
const PLAIN = { isPreviewSearch: false, imageTool: undefined }
const TOKENS = { ...NO_USAGE, inputTokens: 1_000, outputTokens: 100 }
/** 1,000 × 2,000 + 100 × 10,000 */
const OF_TOKENS = 3_000_000
const calls = (more: Partial<ToolCalls>): ToolCalls => ({ ...NO_TOOL_CALLS, ...more })
const costOf = (seen: ToolCalls, terms: Parameters<typeof withToolCalls>[2] = PLAIN) =>
  chargeFor(withToolCalls(TOKENS, seen, terms, false), RATES, ONE_MILLION)

describe('by hand', () => {
  test('three searches', () => {
    expect(costOf(calls({ webSearchCalls: 3 }))).toBe(OF_TOKENS + 3 * 10_000_000)
  })

  test('three searches of the preview tool', () => {
    expect(costOf(calls({ webSearchCalls: 3 }), { ...PLAIN, isPreviewSearch: true })).toBe(
      OF_TOKENS + 3 * 25_000_000,
    )
  })

  test('three searches of a stored prompt, of the kind that the answer tells, else the dearest that has a price', () => {
    const prompt = { searches: ['plain', 'preview'] as const, imageTools: [] }
    const terms = { ...PLAIN, isPreviewSearch: true, prompt }
    const told = (search: 'plain' | 'preview' | undefined, by: Parameters<typeof withToolCalls>[2] = terms) =>
      costOf(calls({ webSearchCalls: 3, offered: { search, imageModel: undefined } }), by) - OF_TOKENS
    expect(told('plain')).toBe(3 * 10_000_000)
    for (const search of ['preview', undefined] as const) expect(told(search)).toBe(3 * 25_000_000)
    expect(costOf(calls({ webSearchCalls: 3 }), terms) - OF_TOKENS).toBe(3 * 25_000_000)
    // Told of one that has no price, the other is charged; and what the request has named itself is not told otherwise.
    const plainAlone = { ...PLAIN, prompt: { searches: ['plain'] as const, imageTools: [] } }
    expect(told('preview', plainAlone)).toBe(3 * 10_000_000)
    expect(told('preview', PLAIN)).toBe(3 * 10_000_000)
  })

  test('four searches in files', () => {
    expect(costOf(calls({ fileSearchCalls: 4 }))).toBe(OF_TOKENS + 4 * 2_500_000)
  })

  test('two containers', () => {
    expect(costOf(calls({ codeInterpreterSessions: 2 }))).toBe(OF_TOKENS + 2 * 30_000_000)
  })

  test('an image: text, images and the cache going in, images and text coming out', () => {
    const image = parseImageToolUsage({
      image_gen: {
        input_tokens: 500,
        input_tokens_details: { image: 300, text: 200 },
        cached_tokens: 100,
        output_tokens: 4_160,
        output_tokens_details: { image: 4_060, text: 100 },
      },
    })
    const used = withToolCalls(
      TOKENS,
      calls({ imageCalls: 1, image: image?.counts }),
      { ...PLAIN, imageTool },
      false,
    )
    // 400 are new, 300 of them images; 100 came from the cache, at the dearer of both rates.
    const byHand = 100 * 5_000 + 300 * 10_000 + 100 * 2_500 + 100 * 20_000 + 4_060 * 40_000
    expect(chargeFor(used, RATES, ONE_MILLION)).toBe(OF_TOKENS + byHand)
    expect(chargeLines(used, RATES, 'default').slice(2)).toEqual([
      { kind: 'tool_image_text_input', count: 100, rateNanoUsd: 5_000_000_000, ratePer: ONE_MILLION },
      { kind: 'tool_image_image_input', count: 300, rateNanoUsd: 10_000_000_000, ratePer: ONE_MILLION },
      { kind: 'tool_image_cached_input', count: 100, rateNanoUsd: 2_500_000_000, ratePer: ONE_MILLION },
      { kind: 'tool_image_text_output', count: 100, rateNanoUsd: 20_000_000_000, ratePer: ONE_MILLION },
      { kind: 'tool_image_output', count: 4_060, rateNanoUsd: 40_000_000_000, ratePer: ONE_MILLION },
    ])
  })

  test('an image whose tokens nobody reported is the most that one can take', () => {
    expect(costOf(calls({ imageCalls: 1 }), { ...PLAIN, imageTool })).toBe(OF_TOKENS + 32_768 * 40_000)
  })
})

test('a preview search without a price of its own costs a model that reasons what a search does, and another nothing can be said', () => {
  const { webSearchPreviewNanoUsdPerCall: _, ...rates } = RATES
  expect(previewSearchRate(RATES)).toBe(25_000_000)
  expect(previewSearchRate({ ...rates, isReasoning: true })).toBe(10_000_000)
  expect(previewSearchRate(rates)).toBeNull()
})

test('a row without a price for the tokens of images, or with one for each image, makes none', () => {
  expect(imageToolTerms('gpt-6-sol', RATES)).toBeUndefined()
  // What costs by the image would cost nothing here but its tokens.
  expect(imageToolTerms('dall-e-3', { ...IMAGE_ROW, imageNanoUsdPerImage: 40_000_000 })).toBeUndefined()
})

test('searches count as reported, be it none, and as seen only where nothing is said of them', () => {
  const usage = { input_tokens: 1_000, output_tokens: 100 }
  const seen = calls({ webSearchCalls: 2 })
  const counted = (toolUsage: unknown) => {
    const reported = parseResponsesUsage(usage, toolUsage)
    if (!reported) throw new Error('there is a report')
    return withToolCalls(reported.usage, seen, PLAIN, reported.areSearchesReported ?? false).webSearchCalls
  }
  expect(counted({ web_search: { num_requests: 5 } })).toBe(5)
  expect(counted({ web_search: { num_requests: 0 } })).toBe(0)
  for (const silent of [undefined, null, {}, { web_search: {} }, { web_search: { num_requests: null } }]) {
    expect(counted(silent)).toBe(2)
  }
})

const SETTLEMENT: SettlementInput = {
  ending: 'upstream_failed',
  reported: undefined,
  rawReported: null,
  requestBytes: 400,
  relayedTextBytes: 0,
  holdNanoUsd: 100_000_000,
  availableBeyondHoldNanoUsd: 0,
  rates: RATES,
  multiplierPpm: ONE_MILLION,
  serviceTier: null,
  upstreamResponseId: null,
}

test('an upstream that breaks off after a search, and before a word, has that search to bill', () => {
  expect(decideSettlement(SETTLEMENT).kind).toBe('release')
  expect(decideSettlement({ ...SETTLEMENT, toolCalls: NO_TOOL_CALLS }).kind).toBe('release')
  expect(decideSettlement({ ...SETTLEMENT, toolCalls: calls({ fileSearchCalls: 2 }) })).toMatchObject({
    kind: 'charge',
    charge: { amountNanoUsd: 5_000_000, reason: 'upstream_failed', furtherUsage: { fileSearchCalls: 2 } },
  })
})

test('more calls than any answer makes are charged at most the hold, and flagged', () => {
  const reported = { usage: TOKENS, isImplausible: false }
  const absurd = decideSettlement({
    ...SETTLEMENT,
    ending: 'finished',
    reported,
    toolCalls: calls({ codeInterpreterSessions: 5_000 }),
  })
  expect(absurd).toMatchObject({ charge: { amountNanoUsd: 100_000_000, isFlagged: true } })
})

test('whatever the tools do within their calls, the hold covers it', () => {
  const count = fc.integer({ min: 0, max: 20 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const terms = imageTool
  if (!terms) throw new Error('the row has a price for images')
  fc.assert(
    fc.property(
      count,
      count,
      count,
      fc.boolean(),
      share,
      share,
      share,
      (web, files, runs, isPreviewSearch, a, b, c) => {
        const image = {
          inputTokens: Math.floor(a * terms.inputTokensMax) * web,
          imageInputTokens: Math.floor(a * b * terms.inputTokensMax) * web,
          cachedInputTokens: Math.floor(a * c * terms.inputTokensMax) * web,
          outputTokens: Math.floor(b * terms.outputTokensMax) * web,
          textOutputTokens: Math.floor(b * c * terms.outputTokensMax) * web,
        }
        const seen = {
          webSearchCalls: web,
          fileSearchCalls: files,
          codeInterpreterSessions: runs,
          imageCalls: web,
          image,
        }
        const used = withToolCalls(TOKENS, seen, { isPreviewSearch, imageTool: terms }, false)
        const quote = quoteFor(
          {
            inputTokensMax: TOKENS.inputTokens,
            choices: 1,
            webSearchCallsMax: web,
            isPreviewSearch,
            fileSearchCallsMax: files,
            codeInterpreterSessionsMax: runs,
            imageTool: { terms, callsMax: web },
          },
          RATES,
          ONE_MILLION,
        )
        expect(quotedAt(quote, TOKENS.outputTokens)).toBeGreaterThanOrEqual(
          chargeFor(used, RATES, ONE_MILLION),
        )
      },
    ),
  )
})

describe('a report of the image tool that cannot be true', () => {
  const REPORT = { input_tokens: 500, output_tokens: 4_160, input_tokens_details: { image: 300 } }
  const HOLD_NANO_USD = 100_000_000
  const settledBy = (image_gen: object) => {
    const { counts, isImplausible } = parseImageToolUsage({ image_gen }) ?? {}
    return decideSettlement({
      ending: 'finished',
      reported: { usage: TOKENS, isImplausible: false },
      rawReported: '{}',
      requestBytes: 2_000,
      relayedTextBytes: 400,
      holdNanoUsd: HOLD_NANO_USD,
      availableBeyondHoldNanoUsd: 100 * HOLD_NANO_USD,
      rates: RATES,
      multiplierPpm: ONE_MILLION,
      serviceTier: null,
      upstreamResponseId: null,
      toolCalls: calls({ imageCalls: 1, image: counts, isImageImplausible: isImplausible ?? false }),
      toolTerms: { ...PLAIN, imageTool },
    })
  }

  test.each([
    ['less than nothing', { ...REPORT, output_tokens: -1 }],
    ['a part above its whole', { ...REPORT, input_tokens_details: { image: 9_000_000 } }],
    ['no number', { ...REPORT, input_tokens: '500' }],
  ])('%s, is charged at most the hold, and flagged', (_, report) => {
    expect(settledBy(report)).toMatchObject({
      kind: 'charge',
      charge: { isFlagged: true, amountNanoUsd: HOLD_NANO_USD, writeOffNanoUsd: 0 },
    })
  })

  test('and one that can be is not doubted', () => {
    expect(settledBy(REPORT)).toMatchObject({ charge: { isFlagged: false } })
  })
})
