// The people of this gateway: found, filtered, looked at beside the list, added, topped up, suspended.
import { Plus, Users } from 'lucide-react'
import { useState } from 'react'
import { usePaged } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { FilterBar, PageHeader } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { choiceParam, textParam, useSearchParams } from '../../../routing/search-params.ts'
import { CreateUserDialog } from './create-user-dialog.tsx'
import { UserDrawer } from './user-drawer.tsx'
import { ROLES, USER_STATUSES } from './user-status.ts'
import { UsersTable } from './users-table.tsx'
import { useWords } from './words.ts'

const PARAMS = {
  search: textParam,
  status: choiceParam(USER_STATUSES),
  role: choiceParam(ROLES),
  /** Whose drawer is open. */
  user: textParam,
}

export function UsersScreen() {
  const t = useWords()
  const [{ search, status, role, user }, setParams] = useSearchParams(PARAMS)
  const [isCreating, setIsCreating] = useState(false)
  const { query, paging } = usePaged('users.list', {
    ...(search === '' ? {} : { search }),
    ...(status === undefined ? {} : { status }),
    ...(role === undefined ? {} : { role }),
  })
  const isFiltered = search !== '' || status !== undefined || role !== undefined
  const rows = query.data?.rows
  // The first administrator is always there: a list of one is the empty one.
  const isEmpty = !isFiltered && paging.pageIndex === 0 && rows !== undefined && rows.length <= 1
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
          <FilterBar>
            <SearchInput
              label={t('search')}
              value={search}
              onChange={(text) => setParams({ search: text })}
            />
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
          </FilterBar>
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
                  openId={user === '' ? undefined : user}
                  onOpen={({ id }) => setParams({ user: id })}
                />
                <Pager paging={paging} total={query.data?.total} />
              </>
            ) : undefined}
            {rows?.length === 0 && !query.isError && isFiltered ? (
              <NoResults onClear={() => setParams({ search: '', status: undefined, role: undefined })} />
            ) : undefined}
          </div>
          {isEmpty && !query.isError ? (
            <EmptyState icon={<Users size={32} strokeWidth={1.5} />} title={t('emptyTitle')} actions={create}>
              {t('emptyText')}
            </EmptyState>
          ) : undefined}
        </div>
      </div>
      {user === '' ? undefined : (
        <UserDrawer key={user} userId={user} onClose={() => setParams({ user: '' })} />
      )}
      {isCreating ? <CreateUserDialog onClose={() => setIsCreating(false)} /> : undefined}
    </>
  )
}
