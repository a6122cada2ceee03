// Requests as rows: when, whose, which model, how it ended, what it cost. Beside an open receipt, what it repeats is left out.

import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { UsageRow } from '../../../../contract/usage.ts'
import { Duration, Time } from '../../../kit/amounts.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { Mono } from '../../../kit/literals.tsx'
import type { TableSorting } from '../../../kit/sorting.ts'
import { Table } from '../../../kit/table.tsx'
import { Cost, Ending, Tokens } from '../../../usage-rows/row-cells.tsx'
import { useWords } from './words.ts'

interface UsageTableProps {
  readonly rows: readonly UsageRow[]
  readonly names: CallOutput<'usage.list'>['names']
  readonly openId: string | undefined
  readonly table: TableSorting
  readonly onOpen: (row: UsageRow) => void
}

export function UsageTable({ rows, names, openId, table, onOpen }: UsageTableProps) {
  const t = useWords()
  const isBesideReceipt = openId !== undefined
  return (
    <Table
      label={t('title')}
      rows={rows}
      keyOf={(row) => row.requestId}
      openKey={openId}
      onOpen={onOpen}
      {...table}
      columns={[
        {
          name: 'time',
          head: t('time'),
          room: 'least',
          sort: 'createdAt',
          isTime: true,
          cell: (row) => <Time atMs={row.createdAt} />,
        },
        {
          name: 'user',
          head: t('user'),
          cuts: 'who',
          cell: ({ userId }) => <CutText text={names.users[userId] ?? t('userGone')} look="strong" />,
        },
        {
          name: 'key',
          head: t('key'),
          cuts: 'note',
          isHidden: isBesideReceipt,
          room: 'all',
          cell: ({ keyId }) =>
            names.keys[keyId] === undefined ? (
              <span className="quiet">{t('keyGone')}</span>
            ) : (
              <span className="trunc" title={names.keys[keyId]}>
                {names.keys[keyId]}
              </span>
            ),
        },
        {
          name: 'model',
          head: t('model'),
          cuts: 'literal',
          room: 'little',
          cell: ({ model }) => <CutText text={model || '—'} look="literal" />,
        },
        {
          name: 'endpoint',
          head: t('endpoint'),
          isHidden: isBesideReceipt,
          room: 'ample',
          cell: ({ endpoint }) => <Mono>{endpoint}</Mono>,
        },
        {
          name: 'status',
          head: t('status'),
          cell: (row) => <Ending row={row} hasStatus={!isBesideReceipt} />,
        },
        {
          name: 'tokens',
          head: t('tokens'),
          isNumber: true,
          isHidden: isBesideReceipt,
          room: 'much',
          cell: (row) => <Tokens row={row} />,
        },
        {
          name: 'duration',
          head: t('duration'),
          isNumber: true,
          isHidden: isBesideReceipt,
          room: 'some',
          cell: (row) => <Duration ms={row.durationMs} />,
        },
        { name: 'cost', head: t('cost'), isNumber: true, sort: 'cost', cell: (row) => <Cost row={row} /> },
      ]}
    />
  )
}
