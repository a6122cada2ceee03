// The price book: searched and filtered here, because all of it is here already.

import { CalendarClock } from 'lucide-react'
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { multiplierText } from '../../../kit/multiplier.ts'
import { FilterBar } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { useSortedRows } from '../../../kit/sorting.ts'
import { NoResults } from '../../../kit/states.tsx'
import { type Column, Table } from '../../../kit/table.tsx'
import { UnitRateText, unitRateOf } from '../../../kit/unit-rate.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { AccessSwitch } from './access-switch.tsx'
import { MultiplierDialog } from './multiplier-dialog.tsx'
import { PARAMS } from './params.ts'
import { ACCESS_KINDS, ORIGINS, type PricedModel } from './priced-model.ts'
import { useWords } from './words.ts'

interface PricesTabProps {
  readonly rows: readonly PricedModel[]
  readonly openModel: string | undefined
  readonly onOpen: (model: string) => void
}

export function PricesTab({ rows, openModel, onOpen }: PricesTabProps) {
  const t = useWords()
  const [{ search, access, origin }, setParams] = useSearchParams(PARAMS)
  const wanted = search.trim().toLowerCase()
  const shown = rows.filter(
    (row) =>
      [row.model, ...row.aliases].some((name) => name.toLowerCase().includes(wanted)) &&
      (access === undefined || row.access.kind === access) &&
      (origin === undefined || (row.price?.origin ?? 'none') === origin),
  )
  return (
    <>
      <div className="row sb g12 wrap">
        <FilterBar>
          <SearchInput label={t('search')} value={search} onChange={(text) => setParams({ search: text })} />
          <FilterSelect
            label={t('access')}
            value={access}
            options={ACCESS_KINDS.map((value) => ({ value, label: t(`access_${value}`) }))}
            onChange={(value) => setParams({ access: value })}
          />
          <FilterSelect
            label={t('origin')}
            value={origin}
            options={([...ORIGINS, 'none'] as const).map((value) => ({
              value,
              label: t(`origin_${value}`),
            }))}
            onChange={(value) => setParams({ origin: value })}
          />
        </FilterBar>
        <span className="row g12">
          <span className="meta num">{t('count', { count: shown.length })}</span>
          <GlobalMultiplier />
        </span>
      </div>
      <div className="panel">
        {shown.length === 0 ? (
          <NoResults onClear={() => setParams({ search: '', access: undefined, origin: undefined })} />
        ) : (
          <BookTable rows={shown} openModel={openModel} onOpen={onOpen} />
        )}
      </div>
    </>
  )
}

function GlobalMultiplier() {
  const t = useWords()
  const settings = useAsk('settings.get', {})
  const [isOpen, setIsOpen] = useState(false)
  if (settings.data === undefined) return null
  const { multiplierPpm } = settings.data
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)}>
        {t('multiplierAll', { factor: multiplierText(multiplierPpm) })}
      </Button>
      {isOpen ? (
        <MultiplierDialog model={undefined} multiplierPpm={multiplierPpm} onClose={() => setIsOpen(false)} />
      ) : undefined}
    </>
  )
}

const SORT_KEYS = {
  model: ({ model }: PricedModel) => model,
  input: ({ rates }: PricedModel) => rates?.inputNanoUsdPerMTok,
  cached: ({ rates }: PricedModel) => rates?.cachedInputNanoUsdPerMTok,
  output: ({ rates }: PricedModel) => rates?.outputNanoUsdPerMTok,
  multiplier: ({ multiplierPpm }: PricedModel) => multiplierPpm,
}

function BookTable({ rows, openModel, onOpen }: PricesTabProps) {
  const t = useWords()
  const sorted = useSortedRows(rows, SORT_KEYS, { by: 'model', isDescending: false })
  const isDrawerOpen = openModel !== undefined
  const rate = (value: number | null | undefined) =>
    value === null || value === undefined ? (
      <span className="quiet">—</span>
    ) : (
      <Money nanoUsd={value} kind="price" />
    )
  const columns: readonly Column<PricedModel>[] = [
    {
      name: 'model',
      head: t('model'),
      // Beside a drawer little else is left, and a model is told apart by the end of its name.
      cuts: isDrawerOpen ? 'who' : 'literal',
      sort: 'model',
      cell: ({ model, nextPriceAt }) => (
        <span className="row g6">
          <CutText text={model} look="literal" />
          {nextPriceAt === null ? undefined : (
            <span className="row g4 meta t-info">
              <CalendarClock size={13} aria-hidden="true" />
              <Time atMs={nextPriceAt} />
            </span>
          )}
        </span>
      ),
    },
    {
      name: 'aliases',
      head: t('aliases'),
      cuts: 'note',
      isHidden: isDrawerOpen,
      cell: ({ aliases }) => <CutText text={aliases.join(', ')} look="secondary" />,
    },
    {
      name: 'input',
      head: t('kind_input'),
      isNumber: true,
      sort: 'input',
      cell: ({ rates }) =>
        rates === undefined ? (
          <span className="t-warn">{t('origin_none')}</span>
        ) : (
          rate(unitRateOf(rates) === undefined ? rates.inputNanoUsdPerMTok : undefined)
        ),
    },
    {
      name: 'cached',
      head: t('kind_cachedInput'),
      isNumber: true,
      sort: 'cached',
      isHidden: isDrawerOpen,
      cell: ({ rates }) => rate(rates?.cachedInputNanoUsdPerMTok),
    },
    {
      name: 'output',
      head: t('kind_output'),
      isNumber: true,
      sort: 'output',
      cell: ({ rates }) => {
        const unit = rates && unitRateOf(rates)
        return unit === undefined ? rate(rates?.outputNanoUsdPerMTok) : <UnitRateText rate={unit} />
      },
    },
    {
      name: 'multiplier',
      head: t('multiplier'),
      isNumber: true,
      sort: 'multiplier',
      isHidden: isDrawerOpen,
      cell: ({ multiplierPpm }) => (
        <span className={multiplierPpm === 1_000_000 ? 'quiet' : 'b'}>× {multiplierText(multiplierPpm)}</span>
      ),
    },
    {
      name: 'origin',
      head: t('origin'),
      isHidden: isDrawerOpen,
      cell: ({ price }) => <span className="sec">{t(`origin_${price?.origin ?? 'none'}`)}</span>,
    },
    {
      name: 'access',
      head: t('access'),
      isHidden: isDrawerOpen,
      cell: (row) => <AccessSwitch row={row} />,
    },
  ]
  return (
    <Table
      label={t('tab_prices')}
      columns={columns}
      rows={sorted.rows}
      {...sorted.table}
      keyOf={({ model }) => model}
      openKey={openModel}
      onOpen={({ model }) => onOpen(model)}
    />
  )
}
