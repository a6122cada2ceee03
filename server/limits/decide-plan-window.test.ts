// When the weeks and months of a plan begin and end.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decidePlanWindows } from './decide-plan-window.ts'

const DAY_MS = 86_400_000
const at = (iso: string) => Date.parse(iso)
const day = { startMs: 0, endMs: 1 }
const iso = ({ startMs, endMs }: { startMs: number; endMs: number }) =>
  [startMs, endMs].map((ms) => new Date(ms).toISOString().slice(0, 16))
const windowsAt = (activated: string, now: string) => decidePlanWindows(at(activated), at(now), day)

test('a week is seven days from the activation, to the millisecond, and the next follows at once', () => {
  const activated = '2026-11-23T10:17:30.250Z'
  const { week } = windowsAt(activated, '2026-11-30T10:17:30.249Z')
  expect(week).toEqual({ startMs: at(activated), endMs: at(activated) + 7 * DAY_MS })
  expect(windowsAt(activated, '2026-11-30T10:17:30.250Z').week.startMs).toBe(week.endMs)
})

test.each([
  [
    'to the same day and time',
    '2026-11-23T10:17:00Z',
    '2026-12-23T10:16:59Z',
    '2026-11-23T10:17',
    '2026-12-23T10:17',
  ],
  [
    'and the next one follows',
    '2026-11-23T10:17:00Z',
    '2026-12-23T10:17:00Z',
    '2026-12-23T10:17',
    '2027-01-23T10:17',
  ],
  [
    'to the last day of a month that is too short',
    '2027-01-31T08:00:00Z',
    '2027-02-10T00:00:00Z',
    '2027-01-31T08:00',
    '2027-02-28T08:00',
  ],
  [
    'in a leap year to the 29th',
    '2028-01-31T08:00:00Z',
    '2028-02-10T00:00:00Z',
    '2028-01-31T08:00',
    '2028-02-29T08:00',
  ],
  [
    'and finds its day again after a short month',
    '2027-01-31T08:00:00Z',
    '2027-03-01T00:00:00Z',
    '2027-02-28T08:00',
    '2027-03-31T08:00',
  ],
])('a month runs %s', (_fact, activated, now, start, end) => {
  expect(iso(windowsAt(activated, now).month)).toEqual([start, end])
})

test('a clock that was set back before the activation finds the first windows', () => {
  const activated = '2026-11-23T10:17:00Z'
  const windows = windowsAt(activated, '2020-01-01T00:00:00Z')
  expect([windows.week.startMs, windows.month.startMs]).toEqual([at(activated), at(activated)])
})

describe('for any activation', () => {
  const moment = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') })
  const later = fc.integer({ min: 0, max: 1_500 * DAY_MS })

  test('windows hold their moment, and meet their neighbours without gap or overlap', () => {
    fc.assert(
      fc.property(moment, later, (activatedAt, passed) => {
        const now = activatedAt + passed
        for (const window of ['week', 'month'] as const) {
          const span = decidePlanWindows(activatedAt, now, day)[window]
          expect(span.startMs).toBeLessThanOrEqual(now)
          expect(span.endMs).toBeGreaterThan(now)
          expect(decidePlanWindows(activatedAt, span.endMs, day)[window].startMs).toBe(span.endMs)
          if (span.startMs > activatedAt)
            expect(decidePlanWindows(activatedAt, span.startMs - 1, day)[window].endMs).toBe(span.startMs)
        }
      }),
      { numRuns: 500 },
    )
  })
})
