// Every request of one person, page by page.
import { usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { Pager } from '../../../kit/table.tsx'
import { ListPanel } from './list-panel.tsx'
import { UsageTable } from './usage-table.tsx'
import { useWords } from './words.ts'

export function UserUsage({ userId }: { readonly userId: string }) {
  const t = useWords()
  const { query, paging } = usePaged('usage.list', { userId })
  useRefreshOn('requests.finished', ['usage.list'])
  return (
    <ListPanel title={t('requests')} query={query} empty={t('noRequests')}>
      {(rows) => (
        <>
          <UsageTable rows={rows} />
          <Pager paging={paging} />
        </>
      )}
    </ListPanel>
  )
}
