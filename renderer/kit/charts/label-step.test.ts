// The dates under a chart.
import { expect, test } from 'vitest'
import { hasLabel, labelStep } from './label-step.ts'

const days = (count: number) => Array.from({ length: count }, (_, index) => `11/${(index % 20) + 10}`)
const shown = (count: number, widthPx: number) => {
  const step = labelStep(days(count), widthPx)
  return days(count).flatMap((_, index) => (hasLabel(index, count, step) ? [index] : []))
}

test('labels are the same number of days apart, and the last day has one', () => {
  expect(shown(14, 560)).toEqual([1, 3, 5, 7, 9, 11, 13])
  expect(shown(14, 900)).toHaveLength(14)
  expect(shown(30, 600)).toEqual([2, 5, 8, 11, 14, 17, 20, 23, 26, 29])
})

test('a chart without width, and one without places, ask for nothing impossible', () => {
  expect(labelStep(days(7), 0)).toBe(7)
  expect(labelStep([], 500)).toBe(1)
})
