// Amounts as text, and sums at the edge of the safe integers.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatUsd, sumNanoUsd, toNanoUsd } from './money.ts'

describe('formatUsd', () => {
  test.each([
    [0, '$0.00'],
    [12_500_000_000, '$12.50'],
    [1_000_000_000, '$1.00'],
    [1_234_567_891_234_567, '$1,234,567.89'],
    [999_994_999_999, '$999.99'],
    [999_995_000_000, '$1,000.00'],
    [412_000, '$0.000412'],
    [500_000_000, '$0.500000'],
    [1_000, '$0.000001'],
    [999, '$0.000000999'],
    [1, '$0.000000001'],
    [-1, '\u2212$0.000000001'],
    [-12_500_000_000, '\u2212$12.50'],
    [Number.MAX_SAFE_INTEGER, '$9,007,199.25'],
  ])('%i nano-dollars read as %s', (amount, text) => {
    expect(formatUsd(amount)).toBe(text)
  })

  test('an amount that rounds up to a dollar is shown as a dollar', () => {
    expect(formatUsd(999_999_499)).toBe('$0.999999')
    expect(formatUsd(999_999_500)).toBe('$1.00')
  })

  test('rounding up never shows less, and rounding down never shows more', () => {
    expect(formatUsd(1_230_000_001, 'up')).toBe('$1.24')
    expect(formatUsd(1_239_999_999, 'down')).toBe('$1.23')
    expect(formatUsd(412_001, 'up')).toBe('$0.000413')
    expect(formatUsd(412_999, 'down')).toBe('$0.000412')
  })

  test('money that is not zero never reads as zero', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.constantFrom('nearest', 'up', 'down'),
        (amount, rounding) => {
          expect(formatUsd(amount, rounding)).toMatch(/[1-9]/)
          expect(formatUsd(-amount, rounding)).toBe(`\u2212${formatUsd(amount, rounding)}`)
        },
      ),
    )
  })
})

describe('sumNanoUsd', () => {
  test('a sum whose middle leaves the safe integers is still exact', () => {
    // As numbers, max + max is rounded, and so the difference would be off by one.
    const max = Number.MAX_SAFE_INTEGER
    expect(sumNanoUsd(max, max, -max)).toBe(max)
    expect(sumNanoUsd(max, 2, -3)).toBe(max - 1)
  })

  test('a sum beyond $9.0 million stays at that bound', () => {
    expect(sumNanoUsd(Number.MAX_SAFE_INTEGER, 1)).toBe(Number.MAX_SAFE_INTEGER)
    expect(sumNanoUsd(-Number.MAX_SAFE_INTEGER, -1)).toBe(-Number.MAX_SAFE_INTEGER)
    expect(toNanoUsd(10n ** 30n)).toBe(Number.MAX_SAFE_INTEGER)
  })
})
