// Figures stay short, and never round into a unit that they do not reach.
import { expect, test } from 'vitest'
import { bytesText, shareText, uptimeText } from './figures.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.00 kB'],
  [999_600, '1.00 MB'],
  [12_340_000, '12.3 MB'],
  [1_240_000_000, '1.24 GB'],
  [512_000_000_000_000, '512 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

test('uptime is said in its two largest units', () => {
  expect([59_000, 720_000, 15_120_000, 273_600_000].map(uptimeText)).toEqual([
    '0 min',
    '12 min',
    '4 h 12 min',
    '3 d 4 h',
  ])
})

test('a share of nothing is nothing, and a small one is seen', () => {
  expect([shareText(0, 0), shareText(1, 250), shareText(1, 8)]).toEqual(['0%', '0.4%', '13%'])
})
