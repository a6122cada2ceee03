// When a balance will have run out.
import { expect, test } from 'vitest'
import { decideForecast } from './decide-forecast.ts'

const DAY_MS = 86_400_000
const NOW = 1_800_000_000_000
const forecast = (spentNanoUsd: number, daysAgo: number | null, leftNanoUsd: number) =>
  decideForecast({
    spentNanoUsd,
    firstAt: daysAgo === null ? null : NOW - daysAgo * DAY_MS,
    leftNanoUsd,
    nowMs: NOW,
  })

test('a balance runs out when its days at the pace of the last week are over', () => {
  expect(forecast(700, 7, 300)).toEqual({ dailyNanoUsd: 100, runsOutAt: NOW + 3 * DAY_MS })
})

test('whoever began in between is averaged over the days since, and over one at least', () => {
  expect(forecast(200, 2, 300)).toMatchObject({ dailyNanoUsd: 100 })
  expect(forecast(200, 0.1, 300)).toMatchObject({ dailyNanoUsd: 200 })
})

test('who spends nothing, or far less than there is, runs out at no time that is worth naming', () => {
  expect(forecast(0, null, 300)).toEqual({ dailyNanoUsd: null, runsOutAt: null })
  expect(forecast(7, 7, 366)).toEqual({ dailyNanoUsd: 1, runsOutAt: null })
  expect(forecast(7, 7, 365).runsOutAt).toBe(NOW + 365 * DAY_MS)
  expect(forecast(1, 7, 5)).toEqual({ dailyNanoUsd: 0, runsOutAt: null })
})

test('what has run out has run out now', () => {
  expect(forecast(700, 7, -50).runsOutAt).toBe(NOW)
})
