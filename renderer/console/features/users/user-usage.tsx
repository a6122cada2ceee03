// What one person used: over time, and request by request, page by page.
import { useMemo, useState } from 'react'
import { usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { useSortChoice } from '../../../kit/sorting.ts'
import { Pager } from '../../../kit/table.tsx'
import { SpendOverTime } from '../../../spend/spend-over-time.tsx'
import type { SpendMetric } from '../../../spend/spend-points.ts'
import { USAGE_SORTS } from '../../../usage-rows/usage-filter.ts'
import { ListPanel } from './list-panel.tsx'
import { UsageTable } from './usage-table.tsx'
import { useWords } from './words.ts'

export function UserUsage({ userId }: { readonly userId: string }) {
  const t = useWords()
  const { choice, table } = useSortChoice(USAGE_SORTS)
  const { query, paging } = usePaged('usage.list', { userId, ...choice })
  const [metric, setMetric] = useState<SpendMetric>('spend')
  const filter = useMemo(() => ({ userId }), [userId])
  useRefreshOn('requests.finished', ['usage.list', 'usage.series'])
  return (
    <>
      <SpendOverTime filter={filter} metric={metric} onMetric={setMetric} />
      <ListPanel title={t('requests')} query={query} empty={t('noRequests')}>
        {(rows) => (
          <>
            <UsageTable rows={rows} table={table} />
            <Pager paging={paging} />
          </>
        )}
      </ListPanel>
    </>
  )
}
