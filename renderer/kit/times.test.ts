// Times: relative where that says more, absolute with the zone on request, in both languages.
import { expect, test } from 'vitest'
import { absoluteTime, dateText, dayStart, durationText, relativeTime } from './times.ts'

const NOW = new Date(2026, 10, 23, 11, 42, 0).getTime()
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

test.each([
  [2_000, 'en', 'just now'],
  [12_000, 'en', '12 seconds ago'],
  [12_000, 'zh-CN', '12 秒钟前'],
  [3 * MINUTE, 'en', '3 minutes ago'],
  [5 * 60 * MINUTE, 'en', '5 hours ago'],
  [DAY, 'en', 'yesterday'],
  [DAY, 'zh-CN', '昨天'],
  [3 * DAY, 'zh-CN', '3 天前'],
  [-2 * DAY, 'en', 'in 2 days'],
  [-7 * DAY + 2_000, 'en', 'in 7 days'],
  [8 * DAY, 'en', '15 Nov'],
  [400 * DAY, 'en', '19 Oct 2025'],
])('%i ms ago is said in %s as %s', (elapsedMs, language, text) => {
  expect(relativeTime(NOW - elapsedMs, NOW, language, 'just now')).toBe(text)
})

test('an absolute time has its seconds and its zone, after them in both languages', () => {
  expect(absoluteTime(NOW, 'en')).toMatch(/^23 Nov 2026, 11:42:00 UTC([+-]\d+(:\d+)?)?$/)
  expect(absoluteTime(NOW, 'zh-CN')).toMatch(/^2026 年 11 月 23 日 11:42:00 UTC([+-]\d+(:\d+)?)?$/)
})

test('a date of this year does without the year', () => {
  expect(dateText(NOW, NOW, 'en')).toBe('23 Nov')
  expect(dateText(NOW, NOW, 'zh-CN')).toBe('11 月 23 日')
})

test('a day begins at midnight where the reader is, also across the end of a month', () => {
  const first = new Date(2026, 2, 1, 15).getTime()
  expect(dayStart(first)).toBe(new Date(2026, 2, 1).getTime())
  expect(dayStart(first, -1)).toBe(new Date(2026, 1, 28).getTime())
})

test.each([
  [0, '0 ms'],
  [412.4, '412 ms'],
  [5_300, '5.3 s'],
  [124_000, '2 min 4 s'],
  [999.6, '1.0 s'],
  [59_960, '1 min 0 s'],
  [119_700, '2 min 0 s'],
  [3_599_900, '60 min 0 s'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})
