// Where the ticks of a chart stand, and which colour stands for what.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { colourOf, highest, niceTicks, type Point, type Series } from './series.ts'
import { COUNTS, DOLLARS } from './units.ts'

test.each([
  [14.7, [0, 5, 10, 15]],
  [4, [0, 1, 2, 3, 4]],
  [9, [0, 5, 10]],
  [10_600_000_000, [0, 5_000_000_000, 10_000_000_000, 15_000_000_000]],
  [0, [0, 1]],
])('up to %d the ticks are %j', (max, ticks) => {
  expect(niceTicks(max)).toEqual(ticks)
})

test('whatever the highest value, it is below the last tick, and there are few of them', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), (max) => {
      const ticks = niceTicks(max)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max)
      expect(ticks.length).toBeGreaterThanOrEqual(2)
      expect(ticks.length).toBeLessThanOrEqual(6)
    }),
  )
})

const series: readonly Series[] = [
  ...Array.from({ length: 7 }, (_, index) => ({ name: `m${index}`, label: `m${index}` })),
  { name: 'other', label: 'Other', isOther: true },
]

test('six series have colours of their own, everything else is grey', () => {
  expect(series.map((_, index) => colourOf(series, index))).toEqual([
    ...[1, 2, 3, 4, 5, 6].map((number) => `var(--chart-${number})`),
    'var(--chart-other)',
    'var(--chart-other)',
  ])
})

test('stacked bars are as high as their sum, lines as their highest', () => {
  const points: readonly Point[] = [{ label: 'a', values: { m0: 2, m1: 3, m2: undefined } }]
  expect([highest(series, points, true), highest(series, points, false), highest(series, [], true)]).toEqual([
    5, 3, 0,
  ])
})

test('ticks are as short as they can be, tables are exact', () => {
  expect([0, 5e9, 1e12, 5e8, 2e6].map(DOLLARS.tick)).toEqual(['$0', '$5', '$1,000', '$0.50', '$0.002'])
  expect([DOLLARS.exact(36_250_200), COUNTS.tick(6_840_000), COUNTS.exact(6_840_000)]).toEqual([
    '$0.036250',
    '6.84 M',
    '6,840,000',
  ])
})
