// What upstreams report, as it is on the wire, and what becomes of it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COUNT_MAX, parseChatUsage, parseEmbeddingsUsage, parseResponsesUsage } from './reported-usage.ts'
import { NO_USAGE } from './token-usage.ts'

const CHAT = {
  prompt_tokens: 1_000,
  completion_tokens: 200,
  total_tokens: 1_200,
  prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 300, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 150, rejected_prediction_tokens: 20 },
}
const RESPONSES = {
  input_tokens: 1_000,
  input_tokens_details: { cached_tokens: 600, cache_write_tokens: 300 },
  output_tokens: 200,
  output_tokens_details: { reasoning_tokens: 150 },
  total_tokens: 1_200,
}
const COUNTS = {
  inputTokens: 1_000,
  cachedInputTokens: 600,
  cacheWriteTokens: 300,
  outputTokens: 200,
  reasoningTokens: 150,
  webSearchCalls: 0,
}

describe('what is reported', () => {
  test('chat usage is read with its cache and reasoning parts', () => {
    expect(parseChatUsage(CHAT)).toEqual({ usage: COUNTS, isImplausible: false })
  })

  test('responses usage is read with its cache and reasoning parts', () => {
    expect(parseResponsesUsage(RESPONSES, undefined)).toEqual({ usage: COUNTS, isImplausible: false })
  })

  test('audio and images are read where they are, cached parts included', () => {
    const usage = {
      ...CHAT,
      prompt_tokens_details: {
        cached_tokens: 600,
        audio_tokens: 300,
        image_tokens: 200,
        cached_tokens_details: { audio_tokens: 100, image_tokens: 50 },
      },
      completion_tokens_details: { audio_tokens: 40, image_tokens: 0 },
    }
    expect(parseChatUsage(usage)).toEqual({
      isImplausible: false,
      usage: {
        ...COUNTS,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
        audioInputTokens: 300,
        imageInputTokens: 200,
        audioCachedInputTokens: 100,
        imageCachedInputTokens: 50,
        audioOutputTokens: 40,
      },
    })
  })

  test('more audio and images than there is of the whole cannot be true', () => {
    const usage = { ...CHAT, completion_tokens_details: { audio_tokens: 150, image_tokens: 51 } }
    expect(parseChatUsage(usage)).toMatchObject({ isImplausible: true, usage: { outputTokens: 201 } })
  })

  test('billed web searches come from tool_usage', () => {
    const toolUsage = { web_search: { num_requests: 3 }, image_gen: { input_tokens: 0 } }
    expect(parseResponsesUsage(RESPONSES, toolUsage)?.usage.webSearchCalls).toBe(3)
  })

  test.each([null, undefined, {}, [], 'none', { web_search: null }, { web_search: { num_requests: null } }])(
    'tool_usage %j means no search',
    (toolUsage) => {
      expect(parseResponsesUsage(RESPONSES, toolUsage)).toEqual({ usage: COUNTS, isImplausible: false })
    },
  )

  test.each([
    [{ prompt_tokens: 10, completion_tokens: 2 }],
    [
      {
        prompt_tokens: 10,
        completion_tokens: 2,
        prompt_tokens_details: null,
        completion_tokens_details: null,
      },
    ],
    [{ prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: {}, completion_tokens_details: {} }],
    [{ prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: null } }],
  ])('details that are left out count as zero: %j', (usage) => {
    expect(parseChatUsage(usage)).toEqual({
      usage: { ...NO_USAGE, inputTokens: 10, outputTokens: 2 },
      isImplausible: false,
    })
  })
})

describe('zero and missing', () => {
  test('an explicit zero is a report', () => {
    expect(parseChatUsage({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })).toEqual({
      usage: NO_USAGE,
      isImplausible: false,
    })
    expect(parseResponsesUsage({ input_tokens: 0, output_tokens: 0 }, null)).toEqual({
      usage: NO_USAGE,
      isImplausible: false,
    })
  })

  test.each([undefined, null, '', 'usage', 0, 12, true, [], [1], {}, { total_tokens: 5 }])(
    '%j is no report',
    (usage) => {
      expect(parseChatUsage(usage)).toBeUndefined()
      expect(parseResponsesUsage(usage, { web_search: { num_requests: 1 } })).toBeUndefined()
    },
  )
})

describe('what cannot be true', () => {
  const mended = (usage: Record<string, unknown>) =>
    parseResponsesUsage({ ...RESPONSES, ...usage }, undefined)

  test.each([
    ['negative', { input_tokens: -5 }],
    ['a fraction', { output_tokens: 1.5 }],
    ['text', { input_tokens: '1000' }],
    ['beyond the safe integers', { output_tokens: 2 ** 60 }],
    ['missing beside the other total', { output_tokens: undefined }],
    ['a negative detail', { input_tokens_details: { cached_tokens: -1 } }],
    ['cached above input', { input_tokens_details: { cached_tokens: 1_001 } }],
    [
      'cached and written above input',
      { input_tokens_details: { cached_tokens: 600, cache_write_tokens: 401 } },
    ],
    ['reasoning above output', { output_tokens_details: { reasoning_tokens: 201 } }],
  ])('%s is implausible', (_name, usage) => {
    expect(mended(usage)?.isImplausible).toBe(true)
  })

  test('cached plus written may fill the input exactly, and reasoning the output', () => {
    const usage = {
      input_tokens_details: { cached_tokens: 600, cache_write_tokens: 400 },
      output_tokens_details: { reasoning_tokens: 200 },
    }
    expect(mended(usage)?.isImplausible).toBe(false)
  })

  test('a part larger than its whole raises the whole', () => {
    expect(mended({ input_tokens: 100, output_tokens: 10 })?.usage).toEqual({
      ...COUNTS,
      inputTokens: 900,
      outputTokens: 150,
    })
  })

  test('whatever is reported, the counts can be charged', () => {
    const anything = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.string(),
      fc.constantFrom(null, undefined, true, {}, []),
      fc.constantFrom(-0, 2 ** 53, 1e300, Number.POSITIVE_INFINITY, Number.NaN),
    )
    const report = fc.record({
      input_tokens: anything,
      output_tokens: anything,
      input_tokens_details: fc.record({ cached_tokens: anything, cache_write_tokens: anything }),
      output_tokens_details: fc.oneof(anything, fc.record({ reasoning_tokens: anything })),
    })
    fc.assert(
      fc.property(report, anything, (usage, searches) => {
        const read = parseResponsesUsage(usage, { web_search: { num_requests: searches } })
        if (!read) return
        for (const count of Object.values(read.usage)) {
          expect(Number.isSafeInteger(count) && count >= 0 && !Object.is(count, -0)).toBe(true)
        }
        const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = read.usage
        expect(cachedInputTokens + cacheWriteTokens).toBeLessThanOrEqual(inputTokens)
        expect(reasoningTokens).toBeLessThanOrEqual(outputTokens)
      }),
      { numRuns: 500 },
    )
  })

  test('a plausible report is never changed', () => {
    const part = fc.integer({ min: 0, max: COUNT_MAX / 4 })
    fc.assert(
      fc.property(part, part, part, part, part, (cached, written, plain, reasoning, said) => {
        const usage = {
          prompt_tokens: cached + written + plain,
          completion_tokens: reasoning + said,
          prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
          completion_tokens_details: { reasoning_tokens: reasoning },
        }
        expect(parseChatUsage(usage)).toEqual({
          isImplausible: false,
          usage: {
            inputTokens: cached + written + plain,
            cachedInputTokens: cached,
            cacheWriteTokens: written,
            outputTokens: reasoning + said,
            reasoningTokens: reasoning,
            webSearchCalls: 0,
          },
        })
      }),
    )
  })
})

describe('the usage of embeddings', () => {
  test('is input alone, and nothing is missing from it', () => {
    expect(parseEmbeddingsUsage({ prompt_tokens: 8, total_tokens: 8 })).toEqual({
      usage: { ...NO_USAGE, inputTokens: 8 },
      isImplausible: false,
    })
    expect(parseEmbeddingsUsage({ prompt_tokens: 0, total_tokens: 0 })?.usage).toEqual(NO_USAGE)
  })

  test('that is missing is no report, and one that cannot be true is mended', () => {
    for (const usage of [undefined, null, {}, { total_tokens: 8 }, 'x']) {
      expect(parseEmbeddingsUsage(usage)).toBeUndefined()
    }
    expect(parseEmbeddingsUsage({ prompt_tokens: -1 })).toMatchObject({ isImplausible: true })
  })
})
