// Who changed what: searched and filtered by the server, each row with what was before and what is after.
import { ScrollText, X } from 'lucide-react'
import { usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { CsvLink } from '../../../kit/csv-link.tsx'
import { DateRange } from '../../../kit/date-range.tsx'
import { FilterBar, PageHeader } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { tableSorting } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import {
  choiceParam,
  numberParam,
  sortParams,
  textParam,
  useSearchParams,
} from '../../../routing/search-params.ts'
import { AuditDrawer } from './audit-drawer.tsx'
import { AuditTable } from './audit-table.tsx'
import { TARGETS } from './targets.ts'
import { useWords } from './words.ts'

const SORTS = ['createdAt', 'actor', 'operation'] as const
const PARAMS = {
  search: textParam,
  target: choiceParam(TARGETS),
  targetId: textParam,
  operation: textParam,
  actor: textParam,
  from: numberParam,
  to: numberParam,
  /** Which row's drawer is open. */
  row: textParam,
  ...sortParams(SORTS),
}
const ALL = {
  search: '',
  target: undefined,
  targetId: '',
  operation: '',
  actor: '',
  from: undefined,
  to: undefined,
} as const

export function AuditScreen() {
  const t = useWords()
  const [params, setParams] = useSearchParams(PARAMS)
  const { search, target, targetId, operation, actor, from, to, row } = params
  const { sort = 'createdAt', direction = 'desc' } = params
  useRefreshOn('data.changed', ['audit.list'])
  useRefreshOn('user.changed', ['audit.list'])
  useRefreshOn('key.changed', ['audit.list'])
  useRefreshOn('settings.changed', ['audit.list'])
  const filter = {
    ...(search === '' ? {} : { search }),
    ...(target === undefined ? {} : { targetType: target }),
    ...(targetId === '' ? {} : { targetId: targetId.slice(0, 100) }),
    ...(operation === '' ? {} : { operation: operation.slice(0, 100) }),
    ...(actor === '' ? {} : { actorUserId: actor.slice(0, 64) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
  const { query, paging } = usePaged('audit.list', { ...filter, sort, direction })
  const rows = query.data?.rows
  const isFiltered = Object.keys(filter).length > 0
  const open = rows?.find(({ id }) => id === row)
  const narrow = (changes: Partial<typeof params>) => setParams({ ...changes, row: '' })
  return (
    <>
      <div className="page">
        <PageHeader
          title={t('title')}
          meta={t('meta')}
          actions={<CsvLink file="audit.csv" query={filter} />}
        />
        <div className="pbody">
          <FilterBar>
            <SearchInput label={t('search')} value={search} onChange={(text) => narrow({ search: text })} />
            <FilterSelect
              label={t('target')}
              value={target}
              options={TARGETS.map((value) => ({ value, label: t(`target_${value}`) }))}
              onChange={(value) => narrow({ target: value })}
            />
            <DateRange
              value={{ from, to }}
              onChange={(range) => narrow({ from: range.from, to: range.to })}
            />
            {(['actor', 'operation', 'targetId'] as const).map((name) =>
              params[name] === '' ? undefined : (
                <button
                  key={name}
                  type="button"
                  className="select filter set"
                  onClick={() => narrow({ [name]: '' })}
                >
                  {t(`only_${name}`)}
                  <X size={14} aria-label={t('letGo')} />
                </button>
              ),
            )}
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
            {rows !== undefined && rows.length > 0 && !query.isError ? (
              <>
                <AuditTable
                  rows={rows}
                  openId={open?.id}
                  table={tableSorting(SORTS, { sort, direction }, setParams)}
                  onOpen={({ id }) => setParams({ row: id }, { step: 'in' })}
                />
                <Pager paging={paging} total={query.data?.total} />
              </>
            ) : undefined}
            {rows?.length === 0 && !query.isError && isFiltered ? (
              <NoResults onClear={() => setParams({ ...ALL, row: '' })} />
            ) : undefined}
            {rows?.length === 0 && !query.isError && !isFiltered ? (
              <EmptyState icon={<ScrollText size={32} strokeWidth={1.5} />} title={t('emptyTitle')}>
                {t('emptyText')}
              </EmptyState>
            ) : undefined}
          </div>
        </div>
      </div>
      {open === undefined ? undefined : (
        <AuditDrawer
          key={open.id}
          row={open}
          onClose={() => setParams({ row: '' }, { step: 'out' })}
          onNarrow={(changes) => setParams({ ...ALL, ...changes, row: '' })}
        />
      )}
    </>
  )
}
