// Limits between the contract and the form.
import { expect, test } from 'vitest'
import { areLimitsSound, toEntries, toValues } from './limit-slots.ts'

test('what is stored comes back as it was, and what is inherited is left out', () => {
  const entries = [
    { metric: 'requests', window: 'minute', value: 60 },
    { metric: 'tokens', window: 'day', value: null },
    { metric: 'concurrent', window: null, value: 4 },
  ] as const
  expect(toEntries(toValues(entries))).toEqual(entries)
  expect(toEntries({ requests_minute: undefined })).toEqual([])
})

test('a limit is a whole number from 1, or lifted, or inherited', () => {
  expect(areLimitsSound({ requests_minute: 1, tokens_day: null, concurrent: undefined })).toBe(true)
  for (const value of [0, -1, 1.5, Number.NaN, 1e13]) {
    expect([value, areLimitsSound({ concurrent: value })]).toEqual([value, false])
  }
})
