import { describe, expect, test } from 'vitest'
import { PromptCache } from './prompt-cache.ts'

const TOKENS = 2_000
const prompt = 'a stable beginning '.repeat(1_000).slice(0, TOKENS * 4)

describe('cached tokens', () => {
  test('a prompt seen for the first time is written in whole blocks of 128', () => {
    const count = new PromptCache().measure('m', prompt, 3)
    expect(count).toEqual({ inputTokens: 2_003, cachedTokens: 0, cacheWriteTokens: 1_920 })
  })

  test('the same prompt again is cached, and what is added behind it is written', () => {
    const cache = new PromptCache()
    cache.measure('m', prompt, 0)
    expect(cache.measure('m', prompt, 0)).toEqual({
      inputTokens: 2_000,
      cachedTokens: 1_920,
      cacheWriteTokens: 0,
    })
    const longer = cache.measure('m', `${prompt}${'and more '.repeat(200)}`, 0)
    expect(longer).toEqual({ inputTokens: 2_450, cachedTokens: 1_920, cacheWriteTokens: 512 })
  })

  test('a prompt that differs at its beginning has nothing cached, however equal its rest', () => {
    const cache = new PromptCache()
    cache.measure('m', prompt, 0)
    expect(cache.measure('m', `X${prompt.slice(1)}`, 0).cachedTokens).toBe(0)
  })

  test('a model does not share the cache of another', () => {
    const cache = new PromptCache()
    cache.measure('m', prompt, 0)
    expect(cache.measure('n', prompt, 0).cachedTokens).toBe(0)
  })

  test('a prompt below 1,024 tokens is neither cached nor written', () => {
    const cache = new PromptCache()
    const short = 'x'.repeat(4_000)
    cache.measure('m', short, 0)
    expect(cache.measure('m', short, 0)).toEqual({ inputTokens: 1_000, cachedTokens: 0, cacheWriteTokens: 0 })
  })

  test('a cleared cache has seen nothing', () => {
    const cache = new PromptCache()
    cache.measure('m', prompt, 0)
    cache.clear()
    expect(cache.measure('m', prompt, 0).cachedTokens).toBe(0)
  })
})
