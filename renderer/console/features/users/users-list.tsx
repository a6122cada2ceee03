// The list of people with its four states, its filters in the address, and what waits for a decision above it.
import { Users } from 'lucide-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { userPath } from '../../../../contract/page-paths.ts'
import { usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { CsvLink } from '../../../kit/csv-link.tsx'
import { FilterBar } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { tableSorting } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, NoResults, Note, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { choiceParam, sortParams, textParam, useSearchParams } from '../../../routing/search-params.ts'
import { SelectedBar } from './selected-bar.tsx'
import { useStatusChange } from './status-change.tsx'
import { ROLES, USER_STATUSES, type UserRow } from './user-status.ts'
import styles from './users.module.css'
import { UsersTable } from './users-table.tsx'
import { useWords } from './words.ts'

const SORTS = ['createdAt', 'email', 'lastSeenAt', 'balance'] as const
/** As many as may be changed at once. */
const ROWS_PER_PAGE = 50

const PARAMS = {
  search: textParam,
  status: choiceParam(USER_STATUSES),
  role: choiceParam(ROLES),
  ...sortParams(SORTS),
}

interface UsersListProps {
  readonly onCreate: () => void
  readonly onInvite: () => void
}

export function UsersList({ onCreate, onInvite }: UsersListProps) {
  const t = useWords()
  const [, navigate] = useLocation()
  const [{ search, status, role, sort = 'createdAt', direction = 'desc' }, setParams] =
    useSearchParams(PARAMS)
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const change = useStatusChange()
  useRefreshOn('user.changed', ['users.list'])
  useRefreshOn('balance.changed', ['users.list'])
  const { query, paging } = usePaged('users.list', {
    ...(search === '' ? {} : { search }),
    ...(status === undefined ? {} : { status }),
    ...(role === undefined ? {} : { role }),
    sort,
    direction,
    limit: ROWS_PER_PAGE,
  })
  const isFiltered = search !== '' || status !== undefined || role !== undefined
  const rows = query.data?.rows
  const counts = query.data?.counts
  // The first administrator is always there: a list of one is the empty one.
  const isEmpty = !isFiltered && paging.pageIndex === 0 && rows !== undefined && rows.length <= 1
  const selected = rows?.filter(({ id }) => ticked.has(id)) ?? []
  const tickable = (user: UserRow) => user.status !== 'deleted'

  return (
    <div className={styles['list']}>
      {counts !== undefined && counts.pending > 0 && status !== 'pending' ? (
        <Note
          status="warn"
          actions={
            <Button size="sm" onClick={() => setParams({ status: 'pending' })}>
              {t('showPending')}
            </Button>
          }
        >
          {t('pendingNote', { count: counts.pending })}
        </Note>
      ) : undefined}
      {counts !== undefined && counts.deletionRequested > 0 ? (
        <Note status="warn">{t('deletionNote', { count: counts.deletionRequested })}</Note>
      ) : undefined}
      <FilterBar>
        <SearchInput label={t('search')} value={search} onChange={(text) => setParams({ search: text })} />
        <FilterSelect
          label={t('status')}
          value={status}
          options={USER_STATUSES.map((value) => ({ value, label: t(`status_${value}`) }))}
          onChange={(value) => setParams({ status: value })}
        />
        <FilterSelect
          label={t('role')}
          value={role}
          options={ROLES.map((value) => ({ value, label: t(`role_${value}`) }))}
          onChange={(value) => setParams({ role: value })}
        />
        <span className="grow" />
        {counts === undefined ? undefined : (
          <span className="meta num">
            {t('counts', {
              active: counts.active,
              suspended: counts.suspended,
              count: counts.administrators,
            })}
          </span>
        )}
        <CsvLink isSmall file="users.csv" query={{ search, status, role, sort, direction }} />
      </FilterBar>
      {selected.length > 0 ? (
        <SelectedBar
          users={selected}
          onSelectPage={() => setTicked(new Set(rows?.filter(tickable).map(({ id }) => id)))}
          onClear={() => setTicked(new Set())}
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
        {rows !== undefined && !query.isError && rows.length > 0 ? (
          <>
            <UsersTable
              rows={rows}
              onOpen={({ id }) => navigate(userPath(id))}
              table={tableSorting(SORTS, { sort, direction }, setParams)}
              ticked={ticked}
              onTick={({ id }, isOn) => setTicked(toggled(ticked, id, isOn))}
              onAction={change.begin}
            />
            <Pager paging={paging} total={query.data?.total} />
          </>
        ) : undefined}
        {rows?.length === 0 && !query.isError && isFiltered ? (
          <NoResults onClear={() => setParams({ search: '', status: undefined, role: undefined })} />
        ) : undefined}
      </div>
      {isEmpty && !query.isError ? (
        <EmptyState
          icon={<Users size={32} strokeWidth={1.5} />}
          title={t('emptyTitle')}
          actions={
            <>
              <Button onClick={onInvite}>{t('inviteSomebody')}</Button>
              <Button onClick={onCreate}>{t('createFirst')}</Button>
            </>
          }
        >
          {t('emptyText')}
        </EmptyState>
      ) : undefined}
      {change.dialog}
    </div>
  )
}

function toggled(ids: ReadonlySet<string>, id: string, isOn: boolean): ReadonlySet<string> {
  const next = new Set(ids)
  if (isOn) next.add(id)
  else next.delete(id)
  return next
}
