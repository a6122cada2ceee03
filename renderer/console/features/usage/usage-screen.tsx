// Every request that passed the gate: narrowed by the address, in sum, over time, one by one, and each with its receipt.
import { List } from 'lucide-react'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { ButtonLink } from '../../../kit/button.tsx'
import { CsvLink } from '../../../kit/csv-link.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { tableSorting } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { SpendOverTime } from '../../../spend/spend-over-time.tsx'
import { LiveMark } from '../../../usage-rows/live-mark.tsx'
import { filterInput, isFiltered, USAGE_SORTS } from '../../../usage-rows/usage-filter.ts'
import { UsageTotals } from '../../../usage-rows/usage-totals.tsx'
import { type ConsoleFilter, NO_FILTER, PARAMS } from './filter-options.ts'
import { ReceiptDrawer } from './receipt-drawer.tsx'
import { UsageFilters } from './usage-filters.tsx'
import { UsageTable } from './usage-table.tsx'
import { useWords } from './words.ts'

export function UsageScreen() {
  const t = useWords()
  const [params, setParams] = useSearchParams(PARAMS)
  const { metric = 'spend', request, sort = 'createdAt', direction = 'desc' } = params
  const input = filterInput(params)
  const { query, paging } = usePaged('usage.list', { ...input, sort, direction })
  useRefreshOn('requests.finished', ['usage.list', 'usage.summary', 'usage.series', 'usage.top'])
  const page = query.isError ? undefined : query.data
  const rows = page?.rows
  const isEmpty = rows?.length === 0 && !isFiltered(params) && paging.pageIndex === 0
  const narrow = (changes: Partial<ConsoleFilter>) => setParams({ ...changes, request: '' })
  return (
    <>
      <div className="page">
        <PageHeader
          title={t('title')}
          meta={<LiveMark />}
          actions={isEmpty ? undefined : <CsvLink file="usage.csv" query={input} />}
        />
        <div className="pbody">
          {isEmpty ? (
            <EmptyState
              icon={<List size={32} strokeWidth={1.5} />}
              title={t('emptyTitle')}
              actions={
                <ButtonLink href={CONSOLE_PATHS.dashboard} kind="primary">
                  {t('connect')}
                </ButtonLink>
              }
            >
              {t('emptyText')}
            </EmptyState>
          ) : (
            <>
              <UsageFilters filter={params} onChange={narrow} />
              {query.isError ? undefined : <UsageTotals input={input} />}
              {request === '' && !query.isError ? (
                <SpendOverTime
                  filter={input}
                  metric={metric}
                  onMetric={(next) => setParams({ metric: next })}
                />
              ) : undefined}
              <div className="panel">
                {query.isPending ? <SkeletonRows /> : undefined}
                {query.isError ? (
                  <ErrorState
                    error={query.error}
                    onRetry={() => void query.refetch()}
                    isRetrying={query.isFetching}
                  />
                ) : undefined}
                {rows?.length === 0 ? <NoResults onClear={() => narrow(NO_FILTER)} /> : undefined}
                {page === undefined || page.rows.length === 0 ? undefined : (
                  <>
                    <UsageTable
                      rows={page.rows}
                      names={page.names}
                      table={tableSorting(USAGE_SORTS, { sort, direction }, setParams)}
                      openId={request === '' ? undefined : request}
                      onOpen={({ requestId }) => setParams({ request: requestId }, { step: 'in' })}
                    />
                    <Pager paging={paging} />
                  </>
                )}
              </div>
            </>
          )}
        </div>
      </div>
      {request === '' ? undefined : (
        <ReceiptDrawer
          key={request}
          requestId={request}
          onClose={() => setParams({ request: '' }, { step: 'out' })}
        />
      )}
    </>
  )
}
