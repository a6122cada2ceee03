// From sums to a chart.
import { expect, test } from 'vitest'
import { spendPoints, todayOf, type UsageSeries } from './spend-points.ts'

const totals = (costNanoUsd: number): UsageSeries['total'] => ({
  requests: costNanoUsd / 10,
  errors: 0,
  inputTokens: costNanoUsd * 2,
  cachedInputTokens: costNanoUsd,
  cacheWriteTokens: 0,
  outputTokens: costNanoUsd,
  reasoningTokens: 0,
  webSearchCalls: 0,
  costNanoUsd,
})
const group = (id: string, ...costs: number[]) => ({
  id,
  label: id,
  total: totals(0),
  points: costs.map(totals),
})
const SERIES = {
  buckets: [
    { from: 0, to: 100 },
    { from: 100, to: 200 },
  ],
  points: [totals(60), totals(90)],
  groups: [group('gpt-6', 50, 70), group('', 0, 10)],
  other: { total: totals(20), points: [totals(10), totals(10)] },
}
const inOrder = (models: readonly string[]) => models.map((_, index) => index + 1)
const LABELS = { points: ['at 0', 'at 100'], other: 'other', noModel: 'none' }

test('each model has a value in each bucket, and what is left comes last', () => {
  const { series, points } = spendPoints(SERIES, 'spend', LABELS, inOrder)
  expect(series.map(({ label, isOther }) => [label, isOther ?? false])).toEqual([
    ['gpt-6', false],
    ['none', false],
    ['other', true],
  ])
  expect(points.map(({ label }) => label)).toEqual(['at 0', 'at 100'])
  // The bars stand for the whole: together they are the sum of the bucket.
  const heights = points.map(({ values }) =>
    Object.values(values).reduce((sum = 0, value = 0) => sum + value, 0),
  )
  expect(heights).toEqual(SERIES.points.map(({ costNanoUsd }) => costNanoUsd))
})

test('six models have a name; the seventh is part of the rest; a rest of nothing is no series', () => {
  const seven = Array.from({ length: 7 }, (_, index) => group(`m${index}`, 10, 0))
  const told = (groups: typeof seven, whole: number) =>
    spendPoints({ points: [totals(whole), totals(0)], groups }, 'spend', LABELS, inOrder)
  expect(told(seven, 70).series.at(-1)).toMatchObject({ label: 'other', isOther: true })
  expect(told(seven, 70).points[0]?.values['other models']).toBe(10)
  expect(told(seven.slice(0, 2), 20).series.map(({ label }) => label)).toEqual(['m0', 'm1'])
})

test('a model that cost nothing has no series beside one that did', () => {
  const groups = [group('gpt-6', 10, 10), group('free', 0, 0)]
  const { series } = spendPoints({ points: [totals(10), totals(10)], groups }, 'spend', LABELS, inOrder)
  expect(series.map(({ label }) => label)).toEqual(['gpt-6'])
})

test('no request is an empty chart, and so are requests that cost nothing: an axis of dollars would say nothing', () => {
  const idle = { ...totals(0), requests: 0 }
  expect(spendPoints({ points: [idle, idle], groups: [] }, 'spend', LABELS, inOrder).points).toEqual([])
  const free = { ...totals(0), requests: 1 }
  const answer = { points: [free, idle], groups: [group('free', 0, 0)] }
  expect(spendPoints(answer, 'spend', LABELS, inOrder)).toEqual({ series: [], points: [] })
  expect(
    spendPoints(answer, 'requests', LABELS, inOrder).points.map(({ values }) => values['other models']),
  ).toEqual([1, 0])
})

test('requests are counted, and tokens are those of input and output, whose parts are not counted twice', () => {
  const first = (metric: 'requests' | 'tokens') =>
    spendPoints(SERIES, metric, LABELS, inOrder).points[0]?.values['model 0']
  expect([first('requests'), first('tokens')]).toEqual([5, 150])
})

test('today is the bucket that is now; before and after the series there is none', () => {
  expect([todayOf(SERIES, 100)?.costNanoUsd, todayOf(SERIES, 99)?.costNanoUsd, todayOf(SERIES, 200)]).toEqual(
    [90, 60, undefined],
  )
})
