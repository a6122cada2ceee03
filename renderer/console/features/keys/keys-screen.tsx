// Every API key of this gateway: whose it is, what narrows it, who used it last and from where.
import { KeyRound, Plus, UserPlus, X } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { KEY_STATUSES, type KeyRow } from '../../../api-keys/key-status.ts'
import { useAsk, usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { FilterBar, PageHeader } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { tableSorting } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { choiceParam, sortParams, textParam, useSearchParams } from '../../../routing/search-params.ts'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { KeyDialogs, type KeyTask } from './key-dialogs.tsx'
import { KeyDrawer } from './key-drawer.tsx'
import { KeysTable } from './keys-table.tsx'
import { useWords } from './words.ts'

const SORTS = ['createdAt', 'name', 'owner', 'lastUsedAt'] as const
const PARAMS = {
  ...sortParams(SORTS),
  search: textParam,
  status: choiceParam(KEY_STATUSES),
  /** Whose keys alone. */
  user: textParam,
  /** Which key's drawer is open. */
  key: textParam,
}

export function KeysScreen() {
  const t = useWords()
  const [params, setParams] = useSearchParams(PARAMS)
  const { search, status, user, key, sort = 'createdAt', direction = 'desc' } = params
  const [isCreating, setIsCreating] = useState(false)
  const [task, setTask] = useState<KeyTask>()
  useRefreshOn('key.changed', ['keys.list'])
  const { query, paging } = usePaged('keys.list', {
    ...(search === '' ? {} : { search }),
    ...(status === undefined ? {} : { status }),
    ...(user === '' ? {} : { userId: user }),
    sort,
    direction,
  })
  const rows = query.data?.rows
  const isFiltered = search !== '' || status !== undefined || user !== ''
  const isEmpty = rows?.length === 0 && !isFiltered && paging.pageIndex === 0
  const open = rows?.find(({ id }) => id === key)
  const begin = (kind: KeyTask['kind'], apiKey: KeyRow) => setTask({ kind, apiKey })
  const clear = () => setParams({ search: '', status: undefined, user: '' })
  const create = (
    <Button kind="primary" onClick={() => setIsCreating(true)}>
      <Plus size={14} aria-hidden="true" />
      {t('create')}
    </Button>
  )
  return (
    <>
      <div className="page">
        <PageHeader
          title={t('title')}
          meta={query.data?.total === undefined ? undefined : t('meta', { count: query.data.total })}
          actions={isEmpty ? undefined : create}
        />
        <div className="pbody">
          {isEmpty && !query.isError ? undefined : (
            <FilterBar>
              <SearchInput
                label={t('search')}
                value={search}
                onChange={(text) => setParams({ search: text })}
              />
              <FilterSelect
                label={t('status')}
                value={status}
                options={KEY_STATUSES.map((value) => ({ value, label: t(`filter_${value}`) }))}
                onChange={(value) => setParams({ status: value })}
              />
              {user === '' ? undefined : (
                <OwnerFilter userId={user} onClear={() => setParams({ user: '' })} />
              )}
            </FilterBar>
          )}
          {isEmpty && !query.isError ? (
            <EmptyState
              icon={<KeyRound size={32} strokeWidth={1.5} />}
              title={t('emptyTitle')}
              actions={
                <>
                  {create}
                  <Link className="btn secondary" href={`${CONSOLE_PATHS.users}?invite=1`}>
                    <UserPlus size={14} aria-hidden="true" />
                    {t('inviteInstead')}
                  </Link>
                </>
              }
            >
              {t('emptyText')}
            </EmptyState>
          ) : (
            <div className="panel">
              {query.isPending ? <SkeletonRows /> : undefined}
              {query.isError ? (
                <ErrorState
                  error={query.error}
                  onRetry={() => void query.refetch()}
                  isRetrying={query.isFetching}
                />
              ) : undefined}
              {rows !== undefined && rows.length > 0 && !query.isError ? (
                <>
                  <KeysTable
                    rows={rows}
                    openId={open?.id}
                    table={tableSorting(SORTS, { sort, direction }, setParams)}
                    onOpen={({ id }) => setParams({ key: id }, { step: 'in' })}
                    onTask={begin}
                  />
                  <Pager paging={paging} total={query.data?.total} />
                </>
              ) : undefined}
              {rows?.length === 0 && !query.isError && isFiltered ? <NoResults onClear={clear} /> : undefined}
            </div>
          )}
        </div>
      </div>
      {open === undefined ? undefined : (
        <KeyDrawer
          key={open.id}
          apiKey={open}
          onClose={() => setParams({ key: '' }, { step: 'out' })}
          onTask={begin}
        />
      )}
      {isCreating ? <CreateKeyDialog ownerId={user} onClose={() => setIsCreating(false)} /> : undefined}
      {task === undefined ? undefined : <KeyDialogs task={task} onClose={() => setTask(undefined)} />}
    </>
  )
}

function OwnerFilter({ userId, onClear }: { readonly userId: string; readonly onClear: () => void }) {
  const t = useWords()
  const { data } = useAsk('users.get', { userId })
  return (
    <button type="button" className="select filter set" onClick={onClear}>
      {t('ofUser', { email: data?.email ?? '…' })}
      <X size={14} aria-label={t('allOwners')} />
    </button>
  )
}
