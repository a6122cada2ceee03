// The tokens of an image that is asked for: by OpenAI's table or formula, and never less than the dearest for what is no size or
// quality at all.
import { expect, test } from 'vitest'
import { imageTokensMax } from './image-tokens.ts'

const asked = (size?: string, quality?: string) => ({ size, quality, frames: 1, partialImages: 0 })

test.each([
  ['gpt-image-1.5', '1024x1024', 'low', 272],
  ['gpt-image-1-mini', '1024x1536', 'medium', 1_584],
  ['gpt-image-2', '1024x1024', 'medium', 1_756],
  ['gpt-image-2-2026-04-21', '1024x1024', 'low', 196],
])('of %s, %s in %s are %i', (model, size, quality, tokens) => {
  expect(imageTokensMax(model, asked(size, quality))).toBe(tokens)
})

test.each(['gpt-image-1.5', 'gpt-image-2'])(
  'of %s, what names no image is the largest and the best',
  (model) => {
    const most = imageTokensMax(model, asked())
    expect(most).toBe(model === 'gpt-image-2' ? 23_719 : 6_240)
    for (const word of ['00x00', '0x0', '9x9', 'constructor', '__proto__', 'auto', ''])
      expect(imageTokensMax(model, asked(word, word)), word).toBe(most)
  },
)
