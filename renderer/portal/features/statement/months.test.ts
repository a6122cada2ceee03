// Which months a person may choose a statement of.
import { expect, test } from 'vitest'
import { isMonth, monthsSince, monthText } from './months.ts'

const at = (year: number, month: number, day: number) => new Date(year, month - 1, day).getTime()

test('from this month back to the first one, over the turn of the year', () => {
  expect(monthsSince(at(2025, 11, 30), at(2026, 2, 1))).toEqual(['2026-02', '2026-01', '2025-12', '2025-11'])
})

test('this month is there for whoever came today, and where a clock is behind', () => {
  expect(monthsSince(at(2026, 3, 31), at(2026, 3, 31))).toEqual(['2026-03'])
  expect(monthsSince(at(2026, 4, 1), at(2026, 3, 31))).toEqual(['2026-03'])
})

test('the last day of a long month names no month twice', () => {
  expect(monthsSince(at(2026, 1, 31), at(2026, 3, 31))).toEqual(['2026-03', '2026-02', '2026-01'])
})

test('the list ends somewhere', () => {
  expect(monthsSince(at(2001, 1, 1), at(2026, 3, 1))).toHaveLength(36)
})

test.each([
  ['2026-11', true],
  ['2026-13', false],
  ['1999-11', false],
  ['2026-1', false],
  ['', false],
])('%j is a month: %s', (text, isOne) => {
  expect(isMonth(text)).toBe(isOne)
})

test('a month is written out in the language of the reader', () => {
  expect([monthText('2026-11', 'en'), monthText('2026-11', 'zh-CN')]).toEqual(['November 2026', '2026年11月'])
})
