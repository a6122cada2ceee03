import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UsageRow } from '../../../contract/usage.ts'
import { addPerson, NOW, openTestDatabase, usageOf } from '../../../test/support/database.ts'
import { middleOfStep, stepOf } from '../daily-usage.ts'
import { createWriter } from '../write.ts'
import { createUsageReport } from './usage-report.ts'
import { percentilesOf } from './usage-timings.ts'
import { NOTHING_USED } from './usage-totals.ts'

async function reportOn(rows: readonly UsageRow[]) {
  const { db, repositories } = openTestDatabase()
  addPerson(repositories)
  addPerson(repositories, 'ben')
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  await Promise.all(rows.map((usage) => writer.submit({ kind: 'usage', usage })))
  return { report: createUsageReport(db), usage: repositories.usage }
}

test('sums follow every filter, and requests of the demo upstream count only where asked', async () => {
  const { report, usage } = await reportOn([
    usageOf('a', { costNanoUsd: 700, webSearchCalls: 2 }),
    usageOf('b', { costNanoUsd: 50, userId: 'user-ben', keyId: 'key-ben' }),
    usageOf('c', { costNanoUsd: 9, isDemo: true }),
    usageOf('d', { costNanoUsd: 1, createdAt: NOW - 1, model: 'other', endpoint: '/v1/embeddings' }),
    usageOf('e', {
      status: 429,
      reason: 'refused',
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
    }),
  ])
  const of = (filter: object) => report.summary({ includeDemo: false, ...filter })
  expect(of({})).toEqual({
    requests: 4,
    errors: 1,
    inputTokens: 30,
    cachedInputTokens: 12,
    cacheWriteTokens: 0,
    outputTokens: 15,
    reasoningTokens: 6,
    webSearchCalls: 2,
    costNanoUsd: 751,
  })
  expect(of({ includeDemo: true, userId: 'user-ann' })).toMatchObject({ requests: 4, costNanoUsd: 710 })
  expect(of({ keyId: 'key-ben' })).toMatchObject({ requests: 1, costNanoUsd: 50 })
  expect(of({ model: 'other' })).toMatchObject({ requests: 1, costNanoUsd: 1 })
  expect(of({ endpoint: '/v1/embeddings' })).toMatchObject({ requests: 1 })
  expect(of({ status: 429 })).toMatchObject({ requests: 1, errors: 1 })
  expect(of({ reason: 'completed' })).toMatchObject({ requests: 3, errors: 0 })
  expect(of({ from: NOW })).toMatchObject({ requests: 3 })
  expect(of({ to: NOW })).toMatchObject({ requests: 1 })
  expect(of({ userId: 'nobody' })).toEqual(NOTHING_USED)
  expect(usage.today('user-ann', NOW)).toMatchObject({ requests: 2, costNanoUsd: 700 })
})

test('a request that broke within its stream is an error, whatever its status says', async () => {
  const { report } = await reportOn([
    usageOf('a'),
    usageOf('b', { status: 200, reason: 'upstream_failed' }),
    usageOf('c', { status: 502, reason: 'upstream_failed' }),
    usageOf('d', { status: 429, reason: 'refused' }),
    usageOf('e', { status: 200, reason: 'client_left' }),
  ])
  expect(report.summary({ includeDemo: false })).toMatchObject({ requests: 5, errors: 3 })
})

test('a series has a point for each bucket, and its groups and the rest add up to it', async () => {
  const models = ['m1', 'm1', 'm2', 'm3', 'm4']
  const { report } = await reportOn(
    models.map((model, n) =>
      usageOf(`r${n}`, {
        model,
        createdAt: NOW + n * 10,
        costNanoUsd: 10 ** (models.length - n),
        durationMs: 100 * (n + 1),
        firstTokenMs: n === 4 ? null : 10 * (n + 1),
      }),
    ),
  )
  const buckets = [0, 20, 40, 60].map((from) => ({ from: NOW + from, to: NOW + from + 20 }))
  const filter = { includeDemo: false }
  const series = report.series({ filter, buckets, groupBy: 'model', top: 2, withTimings: true })
  expect(series.points.map(({ requests }) => requests)).toEqual([2, 2, 1, 0])
  expect(series.total.requests).toBe(5)
  expect(series.groups.map(({ id, total }) => [id, total.requests])).toEqual([
    ['m1', 2],
    ['m2', 1],
  ])
  expect(series.groups[0]?.points.map(({ requests }) => requests)).toEqual([2, 0, 0, 0])
  expect(series.other?.points.map(({ requests }) => requests)).toEqual([0, 1, 1, 0])
  // Middles of the steps from 288 and from 496 ms.
  expect(series.timings?.total.durationMs).toEqual({ p50: 296, p95: 504, p99: 504 })
  expect(series.timings?.points[2]).toEqual({
    durationMs: { p50: 504, p95: 504, p99: 504 },
    firstTokenMs: null,
  })
  expect(series.timings?.points[3]).toEqual({ durationMs: null, firstTokenMs: null })
  const all = report.series({ filter, buckets, groupBy: 'model', top: 7, withTimings: false })
  expect([all.other, all.timings, all.groups.length]).toEqual([null, null, 4])
  const plain = report.series({ filter, buckets, top: 7, withTimings: false })
  expect([plain.points, plain.groups]).toEqual([series.points, []])
})

test('the top is called by what people call it, and ordered as asked', async () => {
  const { report } = await reportOn([
    usageOf('a', { costNanoUsd: 5, inputTokens: 1 }),
    usageOf('b', { costNanoUsd: 1, userId: 'user-ben', keyId: 'key-ben' }),
    usageOf('c', { costNanoUsd: 1, userId: 'user-ben', keyId: 'key-ben' }),
  ])
  const top = (sort: 'cost' | 'requests' | 'tokens') =>
    report.top({ filter: { includeDemo: false }, by: 'user', sort, limit: 1 })
  expect(top('cost').rows).toMatchObject([{ id: 'user-ann', label: 'ann@example.test' }])
  expect(top('requests').rows).toMatchObject([{ id: 'user-ben', total: { requests: 2 } }])
  expect(top('tokens').rows).toMatchObject([{ id: 'user-ben' }])
  expect(top('cost').total.requests).toBe(3)
  expect(
    report.top({ filter: { includeDemo: false }, by: 'key', sort: 'cost', limit: 9 }).rows,
  ).toMatchObject([{ id: 'key-ann', label: 'laptop' }, { id: 'key-ben' }])
})

test('percentiles are by nearest rank, and the middle of a step is at most a thirty-second off', () => {
  const once = (values: readonly number[]) => new Map(values.map((value) => [value, 1]))
  expect(percentilesOf(new Map())).toBeNull()
  expect(percentilesOf(once([7]))).toEqual({ p50: 7, p95: 7, p99: 7 })
  expect(
    percentilesOf(
      new Map([
        [9, 5],
        [8, 90],
        [30, 4],
        [10, 1],
      ]),
    ),
  ).toEqual({ p50: 8, p95: 9, p99: 30 })
  const { db } = openTestDatabase()
  const step = db.raw.prepare<[number], number>(`SELECT ${stepOf('ms')} FROM (SELECT ? AS ms)`).pluck()
  const duration = fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 100_000 }),
    fc.integer({ min: 0, max: 2 ** 30 }),
  )
  fc.assert(
    fc.property(duration, (ms) => {
      const fromMs = step.get(ms) ?? -1
      expect(fromMs).toBeLessThanOrEqual(ms)
      expect(step.get(fromMs)).toBe(fromMs)
      expect(Math.abs(middleOfStep(fromMs) - ms)).toBeLessThanOrEqual(ms / 32)
    }),
  )
})
