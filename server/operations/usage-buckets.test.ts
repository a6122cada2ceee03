// Local days and hours where the clock changes, and where it never does.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketsOf, daysUntil } from './usage-buckets.ts'

const HOUR = 3_600_000
const at = (text: string) => Date.parse(text)
const hours = (bucket: { from: number; to: number } | undefined) => bucket && (bucket.to - bucket.from) / HOUR

test('days are local ones, 23 and 25 hours long where the clock changes', () => {
  const spring = bucketsOf(
    { from: at('2026-03-28T12:00Z'), to: at('2026-03-30T12:00Z') },
    'day',
    'Europe/Berlin',
  )
  expect(spring?.map(hours)).toEqual([24, 23, 24])
  expect(spring?.[1]?.from).toBe(at('2026-03-28T23:00Z'))
  const autumn = bucketsOf(
    { from: at('2026-10-25T00:00Z'), to: at('2026-10-25T00:01Z') },
    'day',
    'Europe/Berlin',
  )
  expect(autumn?.map(hours)).toEqual([25])
  const byHour = bucketsOf(
    { from: at('2026-10-24T22:00Z'), to: at('2026-10-25T23:00Z') },
    'hour',
    'Europe/Berlin',
  )
  expect(byHour).toHaveLength(25)
})

test('hours begin with the local hour where the zone is half an hour off, and quarters everywhere', () => {
  const span = { from: at('2026-11-20T10:40Z'), to: at('2026-11-20T11:40Z') }
  expect(bucketsOf(span, 'hour', 'Asia/Kolkata')?.map(({ from }) => new Date(from).toISOString())).toEqual([
    '2026-11-20T10:30:00.000Z',
    '2026-11-20T11:30:00.000Z',
  ])
  expect(bucketsOf(span, 'quarter', 'Asia/Kathmandu')).toHaveLength(5)
})

test('buckets follow each other without gap, cover what was asked, and are bounded', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/Santiago',
  )
  fc.assert(
    fc.property(
      zones,
      fc.constantFrom('quarter' as const, 'hour' as const, 'day' as const),
      fc.integer({ min: at('2025-01-01T00:00Z'), max: at('2027-01-01T00:00Z') }),
      fc.integer({ min: 1, max: 9 * 24 * HOUR }),
      (zone, bucket, from, length) => {
        const buckets = bucketsOf({ from, to: from + length }, bucket, zone) ?? []
        expect(buckets[0]?.from).toBeLessThanOrEqual(from)
        expect(buckets.at(-1)?.to).toBeGreaterThanOrEqual(from + length)
        for (const [n, { to }] of buckets.entries()) if (buckets[n + 1]) expect(buckets[n + 1]?.from).toBe(to)
      },
    ),
    { numRuns: 60 },
  )
  expect(bucketsOf({ from: 0, to: at('2026-01-01T00:00Z') }, 'day', 'UTC')).toBeUndefined()
})

test('so many days end with today', () => {
  const days = daysUntil(at('2026-03-30T10:00Z'), 30, 'Europe/Berlin')
  expect(days).toHaveLength(30)
  expect(days.at(-1)).toEqual({ from: at('2026-03-29T22:00Z'), to: at('2026-03-30T22:00Z') })
  expect(daysUntil(at('2026-03-30T10:00Z'), 1, 'UTC')).toHaveLength(1)
})
