// How a multiplier is written.
import { expect, test } from 'vitest'
import { multiplierText } from './formula.tsx'

test.each([
  [1_000_000, '1.00'],
  [1_250_000, '1.25'],
  [875_000, '0.875'],
  [0, '0.00'],
  [12_000_001, '12.000001'],
])('%i parts per million are × %s', (ppm, text) => {
  expect(multiplierText(ppm)).toBe(text)
})
