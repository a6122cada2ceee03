// Months to choose a statement of.
import { expect, test } from 'vitest'
import { lastMonths, monthText } from './months.ts'

const at = (text: string) => new Date(`${text}T12:00:00`).getTime()

test('back to the month in which somebody joined, and no further than asked', () => {
  expect(lastMonths(at('2026-02-15'), at('2025-11-30'), 12)).toEqual([
    '2026-02',
    '2026-01',
    '2025-12',
    '2025-11',
  ])
  expect(lastMonths(at('2026-02-15'), at('2020-01-01'), 2)).toEqual(['2026-02', '2026-01'])
  // A clock that went back.
  expect(lastMonths(at('2026-02-15'), at('2026-03-01'), 12)).toEqual(['2026-02'])
})

test('a month has its name', () => {
  expect(monthText('2026-11', 'en')).toBe('November 2026')
  expect(monthText('2026-11', 'zh-CN')).toBe('2026年11月')
})
