// What the dashboard shows of the past, where it differs from the reports that it is made of.
import { expect, test } from 'vitest'
import { addPerson, NOW, openTestDatabase, usageOf } from '../../../test/support/database.ts'
import { createWriter } from '../write.ts'
import { readDashboard } from './dashboard-report.ts'

test('the chart tells the seven dearest models apart, the list the ten dearest, and each adds up to everything', async () => {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories)
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  const rows = Array.from({ length: 12 }, (_, at) =>
    usageOf(`r${at}`, { model: `m${at}`, costNanoUsd: 100 - at, createdAt: NOW - (at % 2) }),
  )
  await Promise.all(rows.map((usage) => writer.submit({ kind: 'usage', usage })))
  const days = [
    { from: NOW - 1, to: NOW },
    { from: NOW, to: NOW + 1 },
  ]
  const { series, topModels, spend } = readDashboard(db, {
    days,
    timeZone: 'UTC',
    includeDemo: false,
    lowBalanceNanoUsd: 0,
  })
  expect(series.groups.map(({ id }) => id)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6'])
  expect(topModels.map(({ id, total }) => [id, total.costNanoUsd])).toEqual(
    rows.slice(0, 10).map(({ model, costNanoUsd }) => [model, costNanoUsd]),
  )
  const cost = rows.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
  expect([series.total.costNanoUsd, spend.totalNanoUsd]).toEqual([cost, cost])
  for (const day of [0, 1]) {
    const lines = [...series.groups, ...(series.other ? [series.other] : [])]
    const sum = lines.reduce((total, { points }) => total + (points[day]?.costNanoUsd ?? 0), 0)
    expect(sum).toBe(series.points[day]?.costNanoUsd)
  }
  expect(series.other?.total.costNanoUsd).toBe(93 + 92 + 91 + 90 + 89)
})
