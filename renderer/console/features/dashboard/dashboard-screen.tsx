// The console's first screen: what needs somebody, what it costs, who uses it; first of all, how to begin.

import { userPath } from '../../../../contract/page-paths.ts'
import { useAsk } from '../../../client/hooks.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { Tag } from '../../../kit/shape.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { choiceParam, useSearchParams } from '../../../routing/search-params.ts'
import { type Dashboard, useCountsDemo } from '../../gateway-now/use-gateway-now.ts'
import { usagePath } from '../../usage-path.ts'
import { Announcement } from './announcement.tsx'
import { RequestsPanel, SpendPanel } from './charts.tsx'
import styles from './dashboard.module.css'
import { FirstClientCard } from './first-client-card.tsx'
import { HeadlineStats } from './headline-stats.tsx'
import { NeedsYou } from './needs-you.tsx'
import { NoticesPanel } from './notices-panel.tsx'
import { NowPanel } from './now-panel.tsx'
import { paceOf } from './pace.ts'
import { ResponsePanel } from './response-panel.tsx'
import { TokensPanel } from './tokens-panel.tsx'
import { TopPanel } from './top-panel.tsx'
import { useWords } from './words.ts'

const DAYS = ['7', '14', '30', '90'] as const
const PARAMS = { days: choiceParam(DAYS) }

export function DashboardScreen() {
  const t = useWords()
  const [{ days = '14' }, setParams] = useSearchParams(PARAMS)
  const countsDemo = useCountsDemo()
  const query = useAsk(
    'dashboard.get',
    { days: Number(days), includeDemo: countsDemo ?? false },
    { isEnabled: countsDemo !== undefined, keepsPrevious: true },
  )
  const { data, dataUpdatedAt } = query
  // A request that was refused is no first one: whoever tries has not got through yet.
  const isQuiet = data !== undefined && data.series.total.requests === data.series.total.errors
  const latest = useAsk('usage.list', { limit: 1, status: 200 }, { isEnabled: isQuiet })
  const isNew = isQuiet && latest.data?.rows.length === 0
  return (
    <div className="page">
      <PageHeader
        title={t('title')}
        meta={countsDemo === true ? <Tag status="off">{t('withDemo')}</Tag> : undefined}
        actions={
          isNew || data === undefined ? undefined : (
            <RadioGroup
              look="segments"
              label={t('span')}
              value={days}
              options={DAYS.map((value) => ({ value, label: t('days', { days: value }) }))}
              onChange={(value) => setParams({ days: value === '14' ? undefined : value })}
            />
          )
        }
      />
      <div className="pbody">
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {query.isPending && !query.isError ? <SkeletonRows rows={8} /> : undefined}
        {data === undefined || query.isError ? undefined : (
          <Content dashboard={data} nowMs={dataUpdatedAt} isNew={isNew} />
        )}
      </div>
    </div>
  )
}

interface ContentProps {
  readonly dashboard: Dashboard
  readonly nowMs: number
  /** There was never a request. */
  readonly isNew: boolean
}

function Content({ dashboard, nowMs, isNew }: ContentProps) {
  const t = useWords()
  const { announcement, attention, series, spend, timings, topUsers, topModels } = dashboard
  const today = series.buckets.at(-1)
  const spentNanoUsd = spend.todayNanoUsd
  const paceNanoUsd = today === undefined ? undefined : paceOf({ ...today, spentNanoUsd }, nowMs)
  const expectedRest = paceNanoUsd === undefined ? 0 : paceNanoUsd - spentNanoUsd
  return (
    <>
      {announcement === '' ? undefined : <Announcement text={announcement} />}
      {isNew ? <FirstClientCard /> : undefined}
      {isNew && attention.length > 0 ? <NeedsYou attention={attention} /> : undefined}
      <HeadlineStats dashboard={dashboard} paceNanoUsd={paceNanoUsd} />
      {isNew ? undefined : (
        <>
          <div className={styles['main']}>
            <SpendPanel series={series} expectedRest={expectedRest} />
            <div className={styles['beside']}>
              <NeedsYou attention={attention} />
              <NoticesPanel />
              <NowPanel dashboard={dashboard} />
            </div>
          </div>
          <div className={styles['thirds']}>
            <RequestsPanel series={series} />
            <ResponsePanel timing={timings.total} />
            <TokensPanel total={series.total} />
          </div>
          <div className={styles['halves']}>
            <TopPanel
              title={t('topUsers')}
              groups={topUsers}
              hrefOf={({ id }) => userPath(id)}
              nameOf={({ label }) => label}
            />
            <TopPanel
              title={t('topModels')}
              groups={topModels}
              hrefOf={({ id }) => usagePath({ model: id })}
              nameOf={({ label }) => <Mono>{label || '—'}</Mono>}
            />
          </div>
        </>
      )}
    </>
  )
}
