// How many digits of an amount are shown, which of them are quiet, and what a typed amount stands for.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { moneyInputText, moneyString, moneyText, parseMoney, shortCountText } from './money.ts'

const DOLLAR = 1_000_000_000

test.each([
  [0, {}, '$0.00'],
  [18.43 * DOLLAR, {}, '$18.43'],
  [1284.6 * DOLLAR, {}, '$1,284.60'],
  [1_234_567.891 * DOLLAR, {}, '$1,234,567.89'],
  [36_250_200, {}, '$0.036250'],
  [412_000, {}, '$0.000412'],
  [412, {}, '$0.000000412'],
  [1, {}, '$0.000000001'],
  [1_204_880_000, { kind: 'request' }, '$1.204880'],
  [500_000_000, { kind: 'balance' }, '$0.50'],
  [9_999_999, { kind: 'balance' }, '$0.010000'],
  [4_000_000, { kind: 'balance' }, '$0.004000'],
  [4_997_700_000, { kind: 'left' }, '$4.99'],
  [9_999_999, { kind: 'left' }, '$0.009999'],
  [999, { kind: 'left' }, '$0.000000999'],
  [-4_991_000_000, { kind: 'left' }, '\u2212$5.00'],
  [-4_990_000_000, { kind: 'left' }, '\u2212$4.99'],
  [876_635_000, { kind: 'left' }, '$0.87'],
  [2_500_000_000, { kind: 'price' }, '$2.50'],
  [75_000_000, { kind: 'price' }, '$0.075'],
  [20_000_000, { kind: 'price' }, '$0.02'],
  [36_250_200, { kind: 'exact' }, '$0.036250200'],
  [-1.5 * DOLLAR, {}, '\u2212$1.50'],
  [50 * DOLLAR, { isSigned: true }, '+$50.00'],
  [0, { isSigned: true }, '$0.00'],
] as const)('%i nano-dollars as %j are %s', (nanoUsd, format, text) => {
  expect(moneyString(nanoUsd, format)).toBe(text)
})

test.each([
  [412_000, {}, ['$0.000', '412', '']],
  [36_250_200, {}, ['$0.0', '36250', '']],
  [18.43 * DOLLAR, {}, ['$', '18.43', '']],
  [640 * DOLLAR, { isFigure: true }, ['$', '640', '.00']],
  [99.5 * DOLLAR, { isFigure: true }, ['$', '99.50', '']],
  [0, {}, ['$', '0.00', '']],
] as const)(
  'of %i nano-dollars the quiet, the strong and the trailing part are told apart',
  (nanoUsd, format, parts) => {
    const { quiet, strong, tail } = moneyText(nanoUsd, format)
    expect([quiet, strong, tail]).toEqual(parts)
  },
)

test('nothing but zero is shown as zero, whatever its kind', () => {
  const amounts = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
  const kinds = fc.constantFrom('left', 'balance', 'total', 'request', 'price', 'exact')
  fc.assert(
    fc.property(amounts, kinds, (nanoUsd, kind) => {
      expect(moneyString(nanoUsd, { kind })).toMatch(/[1-9]/)
    }),
  )
})

describe('a typed amount', () => {
  test.each([
    ['50', 50 * DOLLAR],
    ['$50.00', 50 * DOLLAR],
    ['1,284.60', 1284.6 * DOLLAR],
    ['0.000000001', 1],
    ['.5', DOLLAR / 2],
    ['5.', 5 * DOLLAR],
    ['-1.5', -1.5 * DOLLAR],
    ['\u22121.5', -1.5 * DOLLAR],
    [' 20 ', 20 * DOLLAR],
  ])('"%s" is %i nano-dollars', (text, nanoUsd) => {
    expect(parseMoney(text)).toBe(nanoUsd)
  })

  test.each(['', '.', '$', 'abc', '1.2.3', '0.0000000001', '1,2', '9007200', '1e3', '5 €'])(
    '"%s" is no amount',
    (text) => {
      expect(parseMoney(text)).toBeUndefined()
    },
  )

  test('whatever amount is written into a field is read back as itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), (nanoUsd) => {
        expect(parseMoney(moneyInputText(nanoUsd))).toBe(nanoUsd)
      }),
    )
  })
})

test.each([
  [518, '518'],
  [9_999, '9,999'],
  [12_345, '12.3 k'],
  [6_840_000, '6.84 M'],
  [123_456_789, '123 M'],
  [2_000_000_000, '2.00 B'],
  [9_999, '9,999'],
  [999_499, '999 k'],
  [999_999, '1.00 M'],
  [9_999_999, '10.0 M'],
  [999_999_999, '1.00 B'],
])('%i of anything is %s for short', (count, text) => {
  expect(shortCountText(count)).toBe(text)
})
