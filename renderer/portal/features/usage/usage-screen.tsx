// A person's requests, one by one and in sum, by what stands in the address; and the receipt of one of them.
import { ChartColumn } from 'lucide-react'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { ButtonLink } from '../../../kit/button.tsx'
import { CsvLink } from '../../../kit/csv-link.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { tableSorting } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { SpendOverTime } from '../../../spend/spend-over-time.tsx'
import { LiveMark } from '../../../usage-rows/live-mark.tsx'
import {
  filterInput,
  isFiltered,
  USAGE_PARAMS,
  USAGE_SORTS,
  type UsageFilter,
} from '../../../usage-rows/usage-filter.ts'
import { UsageTotals } from '../../../usage-rows/usage-totals.tsx'
import { ReceiptDrawer } from './receipt-drawer.tsx'
import { UsageFilters } from './usage-filters.tsx'
import { UsageTable } from './usage-table.tsx'
import { useWords } from './words.ts'

/** As many as the contract lists at once. */
const KEYS_MAX = 200

const NO_FILTER: UsageFilter = { from: undefined, to: undefined, key: '', model: '', status: undefined }

export function UsageScreen() {
  const t = useWords()
  const me = useMe()
  const [filter, setParams] = useSearchParams(USAGE_PARAMS)
  const { sort = 'createdAt', direction = 'desc' } = filter
  const input = { ...filterInput(filter), userId: me.id }
  const { query, paging } = usePaged('usage.list', { ...input, sort, direction })
  const keys = useAsk('keys.list', { userId: me.id, limit: KEYS_MAX })
  useRefreshOn('requests.finished', ['usage.list', 'usage.summary', 'usage.series'])
  const keyName = (id: string) => keys.data?.rows.find((key) => key.id === id)?.name
  const rows = query.isError ? undefined : query.data?.rows
  const isEmpty = rows?.length === 0 && !isFiltered(filter) && paging.pageIndex === 0
  return (
    <>
      <PageHeader
        title={t('title')}
        meta={<LiveMark />}
        actions={isEmpty ? undefined : <CsvLink file="usage.csv" query={input} />}
      />
      <div className="stack">
        {isEmpty ? undefined : (
          <>
            <UsageFilters filter={filter} keys={keys.data?.rows ?? []} onChange={setParams} />
            <SpendOverTime
              filter={input}
              metric={filter.metric ?? 'spend'}
              onMetric={(metric) => setParams({ metric })}
            />
            <UsageTotals input={input} />
          </>
        )}
        <div className="panel">
          {query.isPending ? <SkeletonRows /> : undefined}
          {query.isError ? (
            <ErrorState
              error={query.error}
              onRetry={() => void query.refetch()}
              isRetrying={query.isFetching}
            />
          ) : undefined}
          {isEmpty ? (
            <EmptyState
              icon={<ChartColumn size={32} strokeWidth={1.5} />}
              title={t('emptyTitle')}
              actions={
                <ButtonLink href={PORTAL_PATHS.connect} kind="primary">
                  {t('connect')}
                </ButtonLink>
              }
            >
              {t('emptyText')}
            </EmptyState>
          ) : undefined}
          {rows?.length === 0 && !isEmpty ? <NoResults onClear={() => setParams(NO_FILTER)} /> : undefined}
          {rows === undefined || rows.length === 0 ? undefined : (
            <>
              <UsageTable
                rows={rows}
                keyName={keyName}
                table={tableSorting(USAGE_SORTS, { sort, direction }, setParams)}
                openId={filter.request === '' ? undefined : filter.request}
                onOpen={({ requestId }) => setParams({ request: requestId }, { step: 'in' })}
              />
              <Pager paging={paging} total={query.data?.total} />
            </>
          )}
        </div>
      </div>
      {filter.request === '' ? undefined : (
        <ReceiptDrawer
          key={filter.request}
          requestId={filter.request}
          keyName={keyName}
          onClose={() => setParams({ request: '' }, { step: 'out' })}
        />
      )}
    </>
  )
}
