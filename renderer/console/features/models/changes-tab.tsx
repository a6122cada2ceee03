// The operator's own rows of the price book: what will be, what is, and what was. A row that has not begun can be taken back.

import { History } from 'lucide-react'
import { useState } from 'react'
import { usePaged } from '../../../client/hooks.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { FilterBar } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { useSortChoice } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager, Table } from '../../../kit/table.tsx'
import { UnitRateText, unitRateOf } from '../../../kit/unit-rate.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { PARAMS, STATES } from './params.ts'
import { STATE_SHAPE } from './price-state.ts'
import type { BookRow } from './priced-model.ts'
import { WithdrawDialog } from './withdraw-dialog.tsx'
import { useWords } from './words.ts'

const SORTS = ['model', 'effectiveFrom', 'input', 'output'] as const

export function ChangesTab() {
  const t = useWords()
  const [withdrawn, setWithdrawn] = useState<BookRow>()
  const [{ search, state }, setParams] = useSearchParams(PARAMS)
  const { choice, table } = useSortChoice(SORTS, 'asc')
  const { query, paging } = usePaged('prices.list', {
    history: true,
    origin: 'operator',
    ...choice,
    ...(search === '' ? {} : { search }),
    ...(state === undefined ? {} : { state }),
    limit: 50,
  })
  const rows = query.data?.rows ?? []
  const isFiltered = search !== '' || state !== undefined
  return (
    <>
      {rows.length > 0 || isFiltered ? (
        <FilterBar>
          <SearchInput label={t('search')} value={search} onChange={(text) => setParams({ search: text })} />
          <FilterSelect
            label={t('state')}
            value={state}
            options={STATES.map((value) => ({ value, label: t(`state_${value}`) }))}
            onChange={(value) => setParams({ state: value })}
          />
        </FilterBar>
      ) : undefined}
      <div className={rows.length > 0 || isFiltered || !query.isSuccess ? 'panel' : undefined}>
        {query.isPending ? <SkeletonRows /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {rows.length > 0 && !query.isError ? (
          <>
            <Table
              label={t('tab_changes')}
              rows={rows}
              keyOf={({ id }) => id}
              {...table}
              columns={[
                {
                  name: 'model',
                  head: t('model'),
                  cuts: 'literal',
                  sort: 'model',
                  cell: ({ model }) => <CutText text={model} look="literal" />,
                },
                {
                  name: 'state',
                  head: t('state'),
                  cell: ({ state }) => (
                    <StatusShape status={STATE_SHAPE[state]}>{t(`state_${state}`)}</StatusShape>
                  ),
                },
                {
                  name: 'from',
                  head: t('from'),
                  sort: 'effectiveFrom',
                  isTime: true,
                  cell: ({ effectiveFrom }) => <Time atMs={effectiveFrom} />,
                },
                {
                  name: 'input',
                  head: t('kind_input'),
                  sort: 'input',
                  isNumber: true,
                  cell: (row) =>
                    unitRateOf(row) === undefined ? (
                      <Money nanoUsd={row.inputNanoUsdPerMTok} kind="price" />
                    ) : (
                      <span className="quiet">—</span>
                    ),
                },
                {
                  name: 'output',
                  head: t('kind_output'),
                  sort: 'output',
                  isNumber: true,
                  cell: (row) => {
                    const unit = unitRateOf(row)
                    return unit === undefined ? (
                      <Money nanoUsd={row.outputNanoUsdPerMTok} kind="price" />
                    ) : (
                      <UnitRateText rate={unit} />
                    )
                  },
                },
                {
                  name: 'source',
                  head: t('source'),
                  cell: ({ source }) => <span className="sec">{source}</span>,
                },
                {
                  name: 'actions',
                  head: t('withdraw'),
                  inCard: 'actions',
                  cell: (row) =>
                    row.state === 'upcoming' ? (
                      <Button size="sm" onClick={() => setWithdrawn(row)}>
                        {t('withdraw')}
                      </Button>
                    ) : undefined,
                },
              ]}
            />
            <Pager paging={paging} />
          </>
        ) : undefined}
        {query.isSuccess && rows.length === 0 && isFiltered ? (
          <NoResults onClear={() => setParams({ search: '', state: undefined })} />
        ) : undefined}
        {query.isSuccess && rows.length === 0 && !isFiltered ? (
          <EmptyState icon={<History size={32} strokeWidth={1.5} />} title={t('changesEmptyTitle')}>
            {t('changesEmptyText')}
          </EmptyState>
        ) : undefined}
      </div>
      {withdrawn === undefined ? undefined : (
        <WithdrawDialog row={withdrawn} onClose={() => setWithdrawn(undefined)} />
      )}
    </>
  )
}
