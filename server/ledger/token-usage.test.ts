// What can be counted, what is kept of it, and what is too much to be true.
import { describe, expect, test } from 'vitest'
import { furtherUsageOf, isAbsurd, NO_USAGE } from './token-usage.ts'

describe('isAbsurd', () => {
  const price = {
    inputNanoUsdPerMTok: 1,
    outputNanoUsdPerMTok: 1,
    contextWindowTokens: 10_000,
    maxOutputTokens: 1_000,
  }

  test('usage at the limits of the model is not absurd, nor is some overrun', () => {
    expect(isAbsurd({ ...NO_USAGE, inputTokens: 10_000, outputTokens: 1_000 }, price)).toBe(false)
    expect(isAbsurd({ ...NO_USAGE, inputTokens: 40_000, outputTokens: 40_000 }, price)).toBe(false)
  })

  test('usage far beyond the limits of the model is absurd', () => {
    expect(isAbsurd({ ...NO_USAGE, inputTokens: 40_001 }, price)).toBe(true)
    expect(isAbsurd({ ...NO_USAGE, outputTokens: 40_001 }, price)).toBe(true)
    expect(isAbsurd({ ...NO_USAGE, webSearchCalls: 1_001 }, price)).toBe(true)
  })

  test('several choices may give several times the output', () => {
    expect(isAbsurd({ ...NO_USAGE, outputTokens: 40_001 }, price, 2)).toBe(false)
  })

  test('a row without limits is judged by the default ones', () => {
    const plain = { inputNanoUsdPerMTok: 1, outputNanoUsdPerMTok: 1 }
    expect(isAbsurd({ ...NO_USAGE, inputTokens: 512_000 }, plain)).toBe(false)
    expect(isAbsurd({ ...NO_USAGE, inputTokens: 512_001 }, plain)).toBe(true)
  })
})

test('what is used beyond the usual counts is kept with a charge, whatever it counts, and what is not used is left out', () => {
  const counts = { rates: { input: 1, imageInput: 1, cachedInput: 1, output: 1, textOutput: 1 }, model: 'm' }
  const tokens = {
    inputTokens: 1,
    imageInputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 1,
    textOutputTokens: 0,
  }
  const further = { images: 2, svgNanoUsd: 5, audioInputMs: 7, speechCharacters: 9, webSearchPreviewCalls: 1 }
  const imageTool = { ...counts, ...tokens }
  expect(furtherUsageOf({ ...NO_USAGE, ...further, smallImages: 0, imageTool })).toEqual({
    ...further,
    imageTool,
  })
  expect(furtherUsageOf({ ...NO_USAGE, outputTokens: 3, images: 0 })).toBeNull()
})
