// A series of usage as a chart takes it: a point for each day or hour, a value for each model, everything else last.
import type { CallOutput } from '../../contract/catalogue.ts'
import type { Point, Series } from '../kit/charts/series.ts'

export type UsageSeries = CallOutput<'usage.series'>
export const SPEND_METRICS = ['spend', 'requests', 'tokens'] as const
export type SpendMetric = (typeof SPEND_METRICS)[number]
type Totals = UsageSeries['total']

const OTHER = 'other models'

const measure = (metric: SpendMetric, totals: Totals | undefined): number => {
  if (totals === undefined) return 0
  if (metric === 'spend') return totals.costNanoUsd
  return metric === 'requests' ? totals.requests : totals.inputTokens + totals.outputTokens
}

interface Labels {
  /** One for each bucket. */
  readonly points: readonly string[]
  readonly other: string
  readonly noModel: string
}

/** Which colour each of these models has, from 1. */
export type ColoursOf = (models: readonly string[]) => readonly number[]

type Answer = Pick<UsageSeries, 'points' | 'groups'>

/** As many as there are colours; what is beyond them is grey like the rest. */
const COLOURED_MAX = 6

/** No points at all where there is nothing of this metric, such as money where all requests were free. A model without a value of this metric is left out. */
export function spendPoints(
  { points: sums, groups: all }: Answer,
  metric: SpendMetric,
  labels: Labels,
  coloursOf: ColoursOf,
): { readonly series: readonly Series[]; readonly points: readonly Point[] } {
  if (sums.every((totals) => measure(metric, totals) === 0)) return { series: [], points: [] }
  const groups = all
    .slice(0, COLOURED_MAX)
    .filter(({ points }) => points.some((totals) => measure(metric, totals) > 0))
  // A model's own name would be read as a path by the drawing: `gpt-6.1` has a dot.
  const nameOf = (index: number) => `model ${index}`
  const restAt = (index: number): number =>
    groups.reduce((rest, { points }) => rest - measure(metric, points[index]), measure(metric, sums[index]))
  const hasRest = sums.some((_, index) => restAt(index) > 0)
  const colours = coloursOf(groups.map(({ id }) => id))
  const series = groups.map(
    ({ label }, index): Series => ({
      name: nameOf(index),
      label: label === '' ? labels.noModel : label,
      isLiteral: label !== '',
      ...(colours[index] === undefined ? {} : { colour: colours[index] }),
    }),
  )
  const points = labels.points.map(
    (label, index): Point => ({
      label,
      values: {
        ...Object.fromEntries(groups.map((group, at) => [nameOf(at), measure(metric, group.points[index])])),
        ...(hasRest ? { [OTHER]: restAt(index) } : {}),
      },
    }),
  )
  return {
    series: hasRest ? [...series, { name: OTHER, label: labels.other, isOther: true }] : series,
    points,
  }
}

/** The sums of the day that is now, in the gateway's own days. */
export function todayOf({ buckets, points }: Pick<UsageSeries, 'buckets' | 'points'>, nowMs: number) {
  const index = buckets.findIndex(({ from, to }) => from <= nowMs && nowMs < to)
  return points[index]
}
