// Factors are exact in both directions: a charge is multiplied with what was typed.
import { expect, test } from 'vitest'
import { multiplierText, parseMultiplier } from './multiplier.ts'

test.each([
  ['1', 1_000_000],
  ['1.1', 1_100_000],
  ['× 0.000001', 1],
  ['0', 0],
  ['1000', 1_000_000_000],
])('%s is %d parts per million', (text, ppm) => {
  expect(parseMultiplier(text)).toBe(ppm)
})

test.each([['1000.000001'], ['-1'], ['1.0000001'], [''], ['a']])('%j is no factor', (text) => {
  expect(parseMultiplier(text)).toBeUndefined()
})

test.each([
  [1_000_000, '1.00'],
  [1_100_000, '1.10'],
  [1_234_567, '1.234567'],
  [500, '0.0005'],
  [0, '0.00'],
])('%d parts per million are written %s', (ppm, text) => {
  expect(multiplierText(ppm)).toBe(text)
  expect(parseMultiplier(text)).toBe(ppm)
})
