// What was spent over time, stacked by model. Requests of the demo upstream count as they are listed.
import type { CallInput } from '../../contract/catalogue.ts'
import { useAsk } from '../client/hooks.ts'
import { bucketLabels } from '../kit/charts/bucket-label.ts'
import { Chart } from '../kit/charts/chart.tsx'
import { COUNTS, DOLLARS } from '../kit/charts/units.ts'
import { ErrorState } from '../kit/states.tsx'
import { useAppearance } from '../state/appearance.ts'
import { modelColours } from './model-colours.ts'
import { type SpendMetric, spendPoints } from './spend-points.ts'
import { useSpendWords } from './words.ts'

type SeriesInput = CallInput<'usage.series'>
export type SeriesFilter = Omit<SeriesInput, 'bucket' | 'groupBy' | 'top' | 'includeDemo' | 'withTimings'>
type Asked = ReturnType<typeof useSpendSeries>

const HOUR_MS = 60 * 60_000
/** Up to here, hours say more than days. */
const HOURS_MAX = 48
/** As many as there are colours. */
const MODELS_MAX = 6

/** `from` and `to` have to stay the same from one rendering to the next. */
export function useSpendSeries(filter: SeriesFilter) {
  const bucket = filter.to - filter.from <= HOURS_MAX * HOUR_MS ? 'hour' : 'day'
  const query = useAsk(
    'usage.series',
    { ...filter, bucket, groupBy: 'model', top: MODELS_MAX, includeDemo: true },
    { keepsPrevious: true },
  )
  return { query, bucket } as const
}

interface SpendChartProps {
  readonly asked: Asked
  readonly metric?: SpendMetric
  readonly heightPx?: number
}

export function SpendChart({ asked: { query, bucket }, metric = 'spend', heightPx = 220 }: SpendChartProps) {
  const t = useSpendWords()
  const { language } = useAppearance()
  if (query.isError) {
    return (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
    )
  }
  if (query.data === undefined) return <div style={{ height: heightPx }} />
  const { buckets, timeZone } = query.data
  const { series, points } = spendPoints(
    query.data,
    metric,
    {
      points: bucketLabels(
        buckets.map(({ from }) => from),
        bucket,
        timeZone,
        language,
      ),
      other: t('other'),
      noModel: t('noModel'),
    },
    modelColours,
  )
  return (
    <Chart
      kind="stacked-bars"
      label={t(`chart_${metric}`)}
      valueLabel={t(`unit_${metric}`)}
      pointLabel={t(bucket)}
      series={series}
      points={points}
      unit={metric === 'spend' ? DOLLARS : COUNTS}
      heightPx={heightPx}
    />
  )
}
