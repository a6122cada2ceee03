// A teammate's API keys: made, narrowed, rotated, switched off and deleted; who used each last, and from where.
import { KeyRound, Plus } from 'lucide-react'
import { Suspense, useState } from 'react'
import { usePaged } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { loadLater } from '../../../kit/load-later.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { useSortChoice } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { flagParam, useSearchParams } from '../../../routing/search-params.ts'
import type { KeyTask } from './key-dialogs.tsx'
import { KeysTable } from './keys-table.tsx'
import { useWords } from './words.ts'

// The list is there before anybody can open one of them.
const KeyDialogs = loadLater(() => import('./key-dialogs.tsx').then((dialogs) => dialogs.KeyDialogs))

const SORTS = ['createdAt', 'name', 'lastUsedAt', 'expiresAt'] as const
/** `new`: a key is being made, as where another page leads here for it. */
const PARAMS = { new: flagParam }

export function KeysScreen() {
  const t = useWords()
  const me = useMe()
  const { choice, table } = useSortChoice(SORTS)
  // An administrator's own page: without the id, the list would be everybody's.
  const { query, paging } = usePaged('keys.list', { userId: me.id, ...choice })
  const [begun, setBegun] = useState<KeyTask>()
  const [{ new: isCreating }, setParams] = useSearchParams(PARAMS)
  const task: KeyTask | undefined = isCreating ? { kind: 'create' } : begun
  const close = () => {
    setBegun(undefined)
    if (isCreating) setParams({ new: false })
  }
  const create = () => setParams({ new: true })
  const rows = query.data?.rows
  const isEmpty = rows?.length === 0 && paging.pageIndex === 0

  return (
    <>
      <PageHeader
        title={t('title')}
        meta={
          rows === undefined || isEmpty ? undefined : t('meta', { count: query.data?.total ?? rows.length })
        }
        actions={
          rows === undefined || isEmpty ? undefined : (
            <Button kind="primary" onClick={create}>
              <Plus size={14} aria-hidden="true" />
              {t('create')}
            </Button>
          )
        }
      />
      <div className="panel">
        {query.isPending ? <SkeletonRows rows={4} /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {rows !== undefined && !query.isError && !isEmpty ? (
          <>
            <KeysTable rows={rows} table={table} onTask={(kind, apiKey) => setBegun({ kind, apiKey })} />
            <Pager paging={paging} total={query.data?.total} />
          </>
        ) : undefined}
        {isEmpty && !query.isError ? (
          <EmptyState
            icon={<KeyRound size={32} strokeWidth={1.5} />}
            title={t('emptyTitle')}
            actions={
              <Button kind="primary" onClick={create}>
                <Plus size={14} aria-hidden="true" />
                {t('create')}
              </Button>
            }
          >
            {t('emptyText')}
          </EmptyState>
        ) : undefined}
      </div>
      {task === undefined ? undefined : (
        <Suspense>
          <KeyDialogs task={task} onClose={close} />
        </Suspense>
      )}
    </>
  )
}
