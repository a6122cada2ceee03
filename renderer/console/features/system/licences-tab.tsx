// What the gateway is made of: every package that is shipped with it, and under which licence.
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { FilterBar } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { useSortedRows } from '../../../kit/sorting.ts'
import { ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Table } from '../../../kit/table.tsx'
import { useWords } from './words.ts'

export function LicencesTab() {
  const t = useWords()
  const [search, setSearch] = useState('')
  const licences = useAsk('system.licences', {})
  const wanted = search.trim().toLowerCase()
  const rows = (licences.data?.rows ?? []).filter(({ name, licence }) =>
    `${name} ${licence}`.toLowerCase().includes(wanted),
  )
  const sorted = useSortedRows(rows, {
    name: ({ name }) => name,
    licence: ({ licence }) => licence,
  })
  return (
    <>
      <FilterBar>
        <SearchInput label={t('licenceSearch')} value={search} onChange={setSearch} />
      </FilterBar>
      <div className="panel">
        {licences.isPending ? <SkeletonRows /> : undefined}
        {licences.isError ? (
          <ErrorState error={licences.error} onRetry={() => void licences.refetch()} />
        ) : undefined}
        {licences.isSuccess && rows.length === 0 ? <NoResults onClear={() => setSearch('')} /> : undefined}
        {rows.length > 0 ? (
          <Table
            label={t('tab_licences')}
            rows={sorted.rows}
            {...sorted.table}
            keyOf={({ name, version }) => `${name} ${version}`}
            columns={[
              {
                name: 'name',
                head: t('package'),
                sort: 'name',
                cell: ({ name }) => <code className="mono">{name}</code>,
              },
              {
                name: 'version',
                head: t('packageVersion'),
                cell: ({ version }) => <span className="num">{version}</span>,
              },
              { name: 'licence', head: t('licence'), sort: 'licence', cell: ({ licence }) => licence },
            ]}
          />
        ) : undefined}
      </div>
    </>
  )
}
