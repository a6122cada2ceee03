// A series of usage as a chart takes it: a point for each day or hour, a value for each model, everything else last.
import type { CallOutput } from '../../../contract/catalogue.ts'
import type { Point, Series } from '../../kit/charts/series.ts'

export type UsageSeries = CallOutput<'usage.series'>
export type SpendMetric = 'spend' | 'requests' | 'tokens'
type Totals = UsageSeries['total']

const OTHER = 'other models'

const measure = (metric: SpendMetric, totals: Totals | undefined): number => {
  if (totals === undefined) return 0
  if (metric === 'spend') return totals.costNanoUsd
  return metric === 'requests' ? totals.requests : totals.inputTokens + totals.outputTokens
}

interface Labels {
  readonly point: (fromMs: number) => string
  readonly other: string
  readonly noModel: string
}

export function spendPoints(
  { buckets, groups, other }: Pick<UsageSeries, 'buckets' | 'groups' | 'other'>,
  metric: SpendMetric,
  labels: Labels,
): { readonly series: readonly Series[]; readonly points: readonly Point[] } {
  // A model's own name would be read as a path by the drawing: `gpt-6.1` has a dot.
  const nameOf = (index: number) => `model ${index}`
  const series = groups.map(
    ({ label }, index): Series => ({
      name: nameOf(index),
      label: label === '' ? labels.noModel : label,
      isLiteral: label !== '',
    }),
  )
  const points = buckets.map(
    ({ from }, index): Point => ({
      label: labels.point(from),
      values: {
        ...Object.fromEntries(groups.map((group, at) => [nameOf(at), measure(metric, group.points[index])])),
        ...(other === null ? {} : { [OTHER]: measure(metric, other.points[index]) }),
      },
    }),
  )
  return {
    series: other === null ? series : [...series, { name: OTHER, label: labels.other, isOther: true }],
    points,
  }
}

/** The sums of the day that is now, in the gateway's own days. */
export function todayOf({ buckets, points }: Pick<UsageSeries, 'buckets' | 'points'>, nowMs: number) {
  const index = buckets.findIndex(({ from, to }) => from <= nowMs && nowMs < to)
  return points[index]
}
