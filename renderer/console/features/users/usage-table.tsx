// Requests of one person: when, what, how it ended, what it cost.

import { useLocation } from 'wouter'
import type { UsageRow } from '../../../../contract/usage.ts'
import { Count, Time } from '../../../kit/amounts.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import type { TableSorting } from '../../../kit/sorting.ts'
import { type Column, Table } from '../../../kit/table.tsx'
import { Cost, Ending } from '../../../usage-rows/row-cells.tsx'
import { usagePath } from '../../usage-path.ts'
import { useWords } from './words.ts'

interface UsageTableProps {
  readonly rows: readonly UsageRow[]
  readonly table?: TableSorting
}

export function UsageTable({ rows, table }: UsageTableProps) {
  const t = useWords()
  const [, navigate] = useLocation()
  const columns: readonly Column<UsageRow>[] = [
    {
      name: 'when',
      head: t('when'),
      sort: 'createdAt',
      isTime: true,
      cell: ({ createdAt }) => <Time atMs={createdAt} />,
    },
    {
      name: 'model',
      head: t('model'),
      cuts: 'literal',
      cell: ({ model }) => <CutText text={model} look="literal" />,
    },
    {
      name: 'status',
      head: t('status'),
      cell: (row) => <Ending row={row} />,
    },
    {
      name: 'input',
      head: t('inputTokens'),
      isNumber: true,
      cell: ({ inputTokens }) => <Count value={inputTokens} />,
    },
    {
      name: 'output',
      head: t('outputTokens'),
      isNumber: true,
      cell: ({ outputTokens }) => <Count value={outputTokens} />,
    },
    {
      name: 'cost',
      head: t('cost'),
      sort: 'cost',
      isNumber: true,
      cell: (row) => <Cost row={row} />,
    },
  ]
  return (
    <Table
      label={t('tab_usage')}
      columns={columns}
      rows={rows}
      keyOf={(row) => row.requestId}
      {...table}
      onOpen={({ userId, requestId }) => navigate(usagePath({ user: userId, request: requestId }))}
    />
  )
}
