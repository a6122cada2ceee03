// What the chart covers.
import { expect, test } from 'vitest'
import { dayStart } from '../kit/times.ts'
import { spendSpan } from './spend-span.ts'

const NOW = new Date(2026, 10, 26, 15, 4, 5).getTime()
const day = (daysLater: number) => dayStart(NOW, daysLater)

test('without a choice it is the last 30 days, today whole, the same all day', () => {
  expect(spendSpan({ from: undefined, to: undefined }, NOW)).toEqual({
    from: day(-29),
    to: day(1),
  })
  const later = NOW + 7_200_000
  expect(spendSpan({ from: undefined, to: undefined }, later)).toEqual(
    spendSpan({ from: undefined, to: undefined }, NOW),
  )
})

test('only an end is the 30 days before it; years are cut to the last one; a time to come is no error', () => {
  expect(spendSpan({ from: undefined, to: day(-10) }, NOW)).toEqual({
    from: day(-40),
    to: day(-10),
  })
  expect(spendSpan({ from: 0, to: undefined }, NOW).from).toBe(day(-365))
  const ahead = spendSpan({ from: day(5), to: undefined }, NOW)
  expect(ahead.from).toBeLessThan(ahead.to)
})
