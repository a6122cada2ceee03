// The models that a person may use, and what each costs now.
import { Tags } from 'lucide-react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { Money } from '../../../kit/amounts.tsx'
import { CopyButton } from '../../../kit/copy.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { shortCountText } from '../../../kit/money.ts'
import { FilterBar, PageHeader } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { useSortedRows } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Table } from '../../../kit/table.tsx'
import { UnitRateText, unitRateOf } from '../../../kit/unit-rate.tsx'
import { textParam, useSearchParams } from '../../../routing/search-params.ts'
import { PriceDrawer } from './price-drawer.tsx'
import { useWords } from './words.ts'

export type Price = CallOutput<'prices.list'>['rows'][number]

/** `model`: whose prices are open. */
const PARAMS = { search: textParam, model: textParam }

export function ModelsScreen() {
  const t = useWords()
  const [{ search, model }, setParams] = useSearchParams(PARAMS)
  const prices = useAsk('prices.list', {})
  useRefreshOn(['price.changed', 'settings.changed'], ['prices.list'])
  const all = prices.isError ? undefined : prices.data?.rows
  const wanted = search.trim().toLowerCase()
  const rows = all?.filter((row) => row.model.toLowerCase().includes(wanted))
  const open = all?.find((row) => row.model === model)
  return (
    <>
      <PageHeader title={t('title')} meta={t('meta')} />
      <div className="stack">
        {all === undefined || all.length === 0 ? undefined : (
          <FilterBar>
            <SearchInput
              label={t('search')}
              value={search}
              onChange={(text) => setParams({ search: text })}
            />
            <span className="meta num">{t('count', { count: rows?.length ?? 0 })}</span>
          </FilterBar>
        )}
        <div className="panel">
          {prices.isPending ? <SkeletonRows /> : undefined}
          {prices.isError ? (
            <ErrorState
              error={prices.error}
              onRetry={() => void prices.refetch()}
              isRetrying={prices.isFetching}
            />
          ) : undefined}
          {all?.length === 0 ? (
            <EmptyState icon={<Tags size={32} strokeWidth={1.5} />} title={t('emptyTitle')}>
              {t('emptyText')}
            </EmptyState>
          ) : undefined}
          {rows?.length === 0 && all?.length !== 0 ? (
            <NoResults onClear={() => setParams({ search: '' })} />
          ) : undefined}
          {rows === undefined || rows.length === 0 ? undefined : (
            <PricesTable
              rows={rows}
              openModel={open?.model}
              onOpen={(row) => setParams({ model: row.model }, { step: 'in' })}
            />
          )}
        </div>
      </div>
      {open === undefined ? undefined : (
        <PriceDrawer
          key={open.model}
          price={open}
          onClose={() => setParams({ model: '' }, { step: 'out' })}
        />
      )}
    </>
  )
}

interface PricesTableProps {
  readonly rows: readonly Price[]
  readonly openModel: string | undefined
  readonly onOpen: (row: Price) => void
}

const SORT_KEYS = {
  model: ({ model }: Price) => model,
  input: ({ inputNanoUsdPerMTok }: Price) => inputNanoUsdPerMTok,
  output: ({ outputNanoUsdPerMTok }: Price) => outputNanoUsdPerMTok,
  context: ({ contextWindowTokens }: Price) => contextWindowTokens,
}

function PricesTable({ rows, openModel, onOpen }: PricesTableProps) {
  const t = useWords()
  const sorted = useSortedRows(rows, SORT_KEYS)
  const rate = (nanoUsd: number | null | undefined) =>
    nanoUsd === null || nanoUsd === undefined ? (
      <span className="quiet">{t('asInput')}</span>
    ) : (
      <Money nanoUsd={nanoUsd} kind="price" />
    )
  return (
    <Table
      label={t('title')}
      rows={sorted.rows}
      {...sorted.table}
      keyOf={(row) => row.model}
      openKey={openModel}
      onOpen={onOpen}
      hasCards
      columns={[
        {
          name: 'model',
          head: t('model'),
          sort: 'model',
          inCard: 'lead',
          cell: (row) => (
            <span className="row g4">
              <Mono>{row.model}</Mono>
              <CopyButton text={row.model} what={t('copyOf', { model: row.model })} />
            </span>
          ),
        },
        {
          name: 'input',
          head: t('input'),
          isNumber: true,
          sort: 'input',
          inCard: 'labelled',
          cell: (row) => (unitRateOf(row) === undefined ? rate(row.inputNanoUsdPerMTok) : '—'),
        },
        {
          name: 'cached',
          head: t('cachedInput'),
          isNumber: true,
          inCard: 'labelled',
          cell: (row) => (unitRateOf(row) === undefined ? rate(row.cachedInputNanoUsdPerMTok) : '—'),
        },
        {
          name: 'write',
          head: t('cacheWrite'),
          isNumber: true,
          inCard: 'labelled',
          cell: (row) => (unitRateOf(row) === undefined ? rate(row.cacheWriteNanoUsdPerMTok) : '—'),
        },
        {
          name: 'output',
          head: t('output'),
          isNumber: true,
          sort: 'output',
          inCard: 'labelled',
          cell: (row) => {
            const unit = unitRateOf(row)
            return unit === undefined ? rate(row.outputNanoUsdPerMTok) : <UnitRateText rate={unit} />
          },
        },
        {
          name: 'context',
          head: t('context'),
          isNumber: true,
          sort: 'context',
          inCard: 'labelled',
          cell: (row) =>
            row.contextWindowTokens ? (
              <span className="num">{shortCountText(row.contextWindowTokens)}</span>
            ) : (
              '—'
            ),
        },
      ]}
    />
  )
}
