// Requests of one person: when, what, how it ended, what it cost.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { Count, Money, Time } from '../../../kit/amounts.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { type Column, Table } from '../../../kit/table.tsx'
import { useWords } from './words.ts'

type UsageRow = CallOutput<'usage.list'>['rows'][number]

const SHAPES: Readonly<Record<UsageRow['reason'], Status>> = {
  completed: 'ok',
  client_left: 'off',
  upstream_failed: 'bad',
  estimated: 'warn',
  refused: 'bad',
}

export function UsageTable({ rows }: { readonly rows: readonly UsageRow[] }) {
  const t = useWords()
  const columns: readonly Column<UsageRow>[] = [
    { name: 'when', head: t('when'), cell: ({ createdAt }) => <Time atMs={createdAt} /> },
    { name: 'model', head: t('model'), cell: ({ model }) => <Mono>{model}</Mono> },
    {
      name: 'status',
      head: t('status'),
      cell: ({ reason, status }) => (
        <StatusShape status={SHAPES[reason]}>
          {t(`reason_${reason}`)} <span className="quiet num">{status}</span>
        </StatusShape>
      ),
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
      isNumber: true,
      cell: ({ costNanoUsd, reason }) =>
        reason === 'refused' ? (
          <span className="quiet">{t('notCharged')}</span>
        ) : (
          <Money nanoUsd={costNanoUsd} kind="request" />
        ),
    },
  ]
  return <Table label={t('tab_usage')} columns={columns} rows={rows} keyOf={(row) => row.requestId} />
}
