// Where the ticks of a chart stand, and which colour stands for what.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  colourOf,
  deepest,
  flat,
  hasLonePoint,
  highest,
  niceTicks,
  type Point,
  type Series,
  ticksBelow,
} from './series.ts'
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

test('what hangs below the axis is drawn negative, told apart by its colour, and has ticks of the same steps', () => {
  const both: readonly Series[] = [
    { name: 'requests', label: 'Requests' },
    { name: 'errors', label: 'Errors', isBelow: true },
  ]
  const points: readonly Point[] = [{ label: 'a', values: { requests: 40, errors: 3 } }]
  expect([highest(both, points, true), deepest(both, points)]).toEqual([40, 3])
  expect(flat(both, points)).toEqual([{ label: 'a', requests: 40, errors: -3 }])
  expect(ticksBelow(3, niceTicks(40))).toEqual([-10])
  expect([ticksBelow(25, niceTicks(40)), ticksBelow(0, niceTicks(40))]).toEqual([[-30, -20, -10], []])
  expect(colourOf(both, 1)).toBe('var(--bad)')
})

test('where more hangs below the axis than stands above it, ticks are as few', () => {
  const ticksOf = (above: number, below: number) => {
    const ticks = niceTicks(above, COUNTS, below)
    return [...ticksBelow(below, ticks), ...ticks]
  }
  expect([ticksOf(1, 12), ticksOf(0, 3), ticksOf(1, 400)]).toEqual([
    [-15, -10, -5, 0, 5],
    [-3, -2, -1, 0, 1],
    [-400, -200, 0, 200],
  ])
})

test('there are no half requests, and an axis of nothing still says its unit', () => {
  expect([niceTicks(1, COUNTS), niceTicks(3, COUNTS), niceTicks(0, COUNTS)]).toEqual([
    [0, 1],
    [0, 1, 2, 3],
    [0, 1],
  ])
  expect(niceTicks(0, DOLLARS).map(DOLLARS.tick)).toEqual(['$0', '$1'])
})

test('ticks are as short as they can be, tables are exact', () => {
  expect([0, 5e9, 1e12, 5e8, 2e6].map(DOLLARS.tick)).toEqual(['$0', '$5', '$1,000', '$0.50', '$0.002'])
  expect([DOLLARS.exact(36_250_200), COUNTS.tick(6_840_000), COUNTS.exact(6_840_000)]).toEqual([
    '$0.0362502',
    '6.84 M',
    '6,840,000',
  ])
})

test('tooltip and table have every digit, ticks and sums as many as carry meaning', () => {
  expect([DOLLARS.exact(12_345_678_901), DOLLARS.exact(50_000_000_000)]).toEqual(['$12.345678901', '$50.00'])
  expect([DOLLARS.sum(12_345_678_901), DOLLARS.tick(5_000_000)]).toEqual(['$12.35', '$0.005'])
  expect([COUNTS.exact(6_840_123), COUNTS.tick(6_840_123)]).toEqual(['6,840,123', '6.84 M'])
})

test('a value between gaps is known, so that it gets a dot where no line leads to it', () => {
  const points = (values: readonly (number | undefined)[]) =>
    values.map((value, index) => ({ label: String(index), values: { a: value } }))
  expect(hasLonePoint(points([1]), 'a')).toBe(true)
  expect(hasLonePoint(points([1, 2, undefined, 3]), 'a')).toBe(true)
  expect(hasLonePoint(points([undefined, 2, 3]), 'a')).toBe(false)
  expect(hasLonePoint([], 'a')).toBe(false)
})
