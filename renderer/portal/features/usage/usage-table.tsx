// Requests as rows: when, with which key, which model, how it ended, and what it cost. Beside an open drawer they leave out
// what the drawer says.
import type { UsageRow } from '../../../../contract/usage.ts'
import { Duration, Time } from '../../../kit/amounts.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import type { TableSorting } from '../../../kit/sorting.ts'
import { Table } from '../../../kit/table.tsx'
import { Cost, Ending, Tokens } from '../../../usage-rows/row-cells.tsx'
import { useWords } from './words.ts'

interface UsageTableProps {
  readonly rows: readonly UsageRow[]
  /** Undefined for a key that is deleted. */
  readonly keyName: (keyId: string) => string | undefined
  readonly openId: string | undefined
  readonly table: TableSorting
  readonly onOpen: (row: UsageRow) => void
}

export function UsageTable({ rows, keyName, openId, table, onOpen }: UsageTableProps) {
  const t = useWords()
  const isDrawerOpen = openId !== undefined
  return (
    <Table
      label={t('title')}
      rows={rows}
      keyOf={(row) => row.requestId}
      openKey={openId}
      onOpen={onOpen}
      {...table}
      hasCards
      columns={[
        {
          name: 'time',
          head: t('time'),
          sort: 'createdAt',
          isTime: true,
          inCard: 'labelled',
          cell: (row) => <Time atMs={row.createdAt} />,
        },
        {
          name: 'model',
          head: t('model'),
          cuts: 'literal',
          inCard: 'lead',
          cell: (row) => <CutText text={row.model || '—'} look="literal" />,
        },
        {
          name: 'key',
          head: t('key'),
          cuts: 'who',
          inCard: 'labelled',
          cell: ({ keyId }) => {
            const name = keyName(keyId)
            return name === undefined ? (
              <span className="quiet">{t('keyGone')}</span>
            ) : (
              <CutText text={name} />
            )
          },
        },
        {
          name: 'status',
          head: t('status'),
          inCard: 'labelled',
          cell: (row) => <Ending row={row} />,
        },
        {
          name: 'tokens',
          head: t('tokens'),
          isNumber: true,
          isHidden: isDrawerOpen,
          room: 'some',
          inCard: 'labelled',
          cell: (row) => <Tokens row={row} />,
        },
        {
          name: 'duration',
          head: t('duration'),
          isNumber: true,
          isHidden: isDrawerOpen,
          room: 'some',
          inCard: 'hidden',
          cell: (row) => <Duration ms={row.durationMs} />,
        },
        {
          name: 'cost',
          head: t('cost'),
          sort: 'cost',
          isNumber: true,
          inCard: 'aside',
          cell: (row) => <Cost row={row} />,
        },
      ]}
    />
  )
}
