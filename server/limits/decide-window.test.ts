// Which window a moment falls into, on every kind of day that a calendar has.
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { decideWindows, localDay, localMonth, OWN_ZONE } from './decide-window.ts'

const HOUR_MS = 3_600_000
const at = (iso: string) => Date.parse(iso)
const toIso = (span: { startMs: number; endMs: number }) => [
  new Date(span.startMs).toISOString(),
  new Date(span.endMs).toISOString(),
]

test('minutes and hours are those of UTC, from their first millisecond to their last', () => {
  const day = localDay(at('2026-11-23T10:17:59.999Z'), 'UTC')
  const windows = decideWindows(at('2026-11-23T10:17:59.999Z'), day)
  expect(toIso(windows.minute)).toEqual(['2026-11-23T10:17:00.000Z', '2026-11-23T10:18:00.000Z'])
  expect(toIso(windows.hour)).toEqual(['2026-11-23T10:00:00.000Z', '2026-11-23T11:00:00.000Z'])
  expect(decideWindows(windows.minute.endMs, day).minute.startMs).toBe(windows.minute.endMs)
})

describe('a local day', () => {
  test.each([
    [
      'is 24 hours of the zone, not of UTC',
      'Asia/Kathmandu',
      '2026-11-23T20:00:00Z',
      '2026-11-23T18:15:00.000Z',
      '2026-11-24T18:15:00.000Z',
    ],
    [
      'has 23 hours where summer time begins',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ],
    [
      'has 25 hours where summer time ends',
      'Europe/Berlin',
      '2026-10-25T12:00:00Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ],
    [
      'begins at 01:00 where the clock skips midnight',
      'Africa/Cairo',
      '2026-04-24T12:00:00Z',
      '2026-04-23T22:00:00.000Z',
      '2026-04-24T21:00:00.000Z',
    ],
    [
      'begins once where the clock goes back to midnight',
      'America/Havana',
      '2026-11-01T12:00:00Z',
      '2026-11-01T04:00:00.000Z',
      '2026-11-02T05:00:00.000Z',
    ],
    [
      'has 24 and a half hours where a zone moves by half an hour',
      'Australia/Lord_Howe',
      '2026-04-05T06:00:00Z',
      '2026-04-04T13:00:00.000Z',
      '2026-04-05T13:30:00.000Z',
    ],
    [
      'begins fourteen hours before UTC at the date line',
      'Pacific/Kiritimati',
      '2026-11-23T12:00:00Z',
      '2026-11-23T10:00:00.000Z',
      '2026-11-24T10:00:00.000Z',
    ],
    [
      'may be missing from the calendar',
      'Pacific/Apia',
      '2011-12-30T09:00:00Z',
      '2011-12-29T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
    ],
    [
      'does not begin again where the clock goes back over midnight',
      'America/St_Johns',
      '2010-11-07T02:45:00Z',
      '2010-11-07T02:30:00.000Z',
      '2010-11-08T03:30:00.000Z',
    ],
  ])('%s: %s', (_fact, zone, moment, start, end) => {
    expect(toIso(localDay(at(moment), zone))).toEqual([start, end])
  })

  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const moments = fc.integer({ min: at('1975-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z') })

  test('holds its moment, and meets its neighbours without gap or overlap, in every zone there is', () => {
    fc.assert(
      fc.property(zones, moments, (zone, moment) => {
        const day = localDay(moment, zone)
        expect(day.startMs).toBeLessThanOrEqual(moment)
        expect(day.endMs).toBeGreaterThan(moment)
        expect(localDay(day.endMs, zone).startMs).toBe(day.endMs)
        expect(localDay(day.startMs - 1, zone).endMs).toBe(day.startMs)
        expect(localDay(day.endMs - 1, zone)).toEqual(day)
      }),
      { numRuns: 60 },
    )
  })

  test('has one date from its start to its end', () => {
    const recent = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') })
    fc.assert(
      fc.property(zones, recent, fc.double({ min: 0, max: 1, noNaN: true }), (zone, moment, share) => {
        const day = localDay(moment, zone)
        const dateAt = (ms: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(ms)
        const inside = day.startMs + Math.floor((day.endMs - 1 - day.startMs) * share)
        expect(dateAt(inside)).toBe(dateAt(moment))
        expect(dateAt(day.startMs - 1) < dateAt(moment)).toBe(true)
        expect(dateAt(day.endMs) > dateAt(moment)).toBe(true)
        expect(Math.abs(day.endMs - day.startMs - 24 * HOUR_MS)).toBeLessThanOrEqual(HOUR_MS)
      }),
      { numRuns: 60 },
    )
  })

  test('of an unknown zone is a defect', () => {
    expect(() => localDay(0, 'Mars/Olympus')).toThrow(RangeError)
  })
})

describe('a local month', () => {
  test('runs from its first local midnight to that of the next, over a change of clocks and over a year', () => {
    expect(toIso(localMonth(at('2026-10-31T22:59:59Z'), 'Europe/Berlin'))).toEqual([
      '2026-09-30T22:00:00.000Z',
      '2026-10-31T23:00:00.000Z',
    ])
    expect(toIso(localMonth(at('2026-12-31T23:30:00Z'), 'Europe/Berlin'))).toEqual([
      '2026-12-31T23:00:00.000Z',
      '2027-01-31T23:00:00.000Z',
    ])
  })
})

test.each([
  'UTC',
  'Asia/Kathmandu',
  'America/New_York',
  // Midnight is taken away, a date is left out, a date begins twice, and clocks change by half an hour.
  'America/Sao_Paulo',
  'Pacific/Apia',
  'America/Goose_Bay',
  'Australia/Lord_Howe',
])("days and months of the machine's own zone are those of its name: %s", (zone) => {
  vi.stubEnv('TZ', zone)
  const moments = fc.oneof(
    fc.integer({ min: at('1975-01-01T00:00:00Z'), max: at('2045-01-01T00:00:00Z') }),
    fc
      .constantFrom('2011-12-30', '2018-11-04', '2026-03-08', '2026-11-01', '2006-10-29', '2026-04-05')
      .chain((day) => fc.integer({ min: -30, max: 50 }).map((hours) => at(day) + hours * HOUR_MS)),
  )
  fc.assert(
    fc.property(moments, (nowMs) => {
      expect(localDay(nowMs, OWN_ZONE)).toEqual(localDay(nowMs, zone))
      expect(localMonth(nowMs, OWN_ZONE)).toEqual(localMonth(nowMs, zone))
    }),
    { numRuns: 60 },
  )
})
