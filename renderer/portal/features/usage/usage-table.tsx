// Requests as rows: when, with which key, which model, how it ended, and what it cost.
import type { ChargeReason, UsageRow } from '../../../../contract/usage.ts'
import { Count, Duration, Money, Time } from '../../../kit/amounts.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { Table } from '../../../kit/table.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import { useWords } from './words.ts'

const REASON_SHAPE: Readonly<Record<ChargeReason, Status>> = {
  completed: 'ok',
  client_left: 'warn',
  upstream_failed: 'bad',
  estimated: 'warn',
  refused: 'bad',
}

interface UsageTableProps {
  readonly rows: readonly UsageRow[]
  /** Undefined for a key that is deleted. */
  readonly keyName: (keyId: string) => string | undefined
  readonly openId: string | undefined
  readonly onOpen: (row: UsageRow) => void
}

export function UsageTable({ rows, keyName, openId, onOpen }: UsageTableProps) {
  const t = useWords()
  return (
    <Table
      label={t('title')}
      rows={rows}
      keyOf={(row) => row.requestId}
      openKey={openId}
      onOpen={onOpen}
      hasCards
      columns={[
        { name: 'time', head: t('time'), inCard: 'labelled', cell: (row) => <Time atMs={row.createdAt} /> },
        { name: 'model', head: t('model'), inCard: 'lead', cell: (row) => <Mono>{row.model || '—'}</Mono> },
        {
          name: 'key',
          head: t('key'),
          inCard: 'labelled',
          cell: (row) => keyName(row.keyId) ?? <span className="quiet">{t('keyGone')}</span>,
        },
        {
          name: 'status',
          head: t('status'),
          inCard: 'labelled',
          cell: ({ reason, status }) => (
            <StatusShape status={REASON_SHAPE[reason]}>
              {t(`reason_${reason}`)}
              {status === 200 ? undefined : <span className="quiet num">{status}</span>}
            </StatusShape>
          ),
        },
        {
          name: 'tokens',
          head: t('tokens'),
          isNumber: true,
          inCard: 'labelled',
          cell: (row) => (
            <Sentence
              text={t('tokensInOut')}
              parts={{
                input: <Count value={row.inputTokens} isShort />,
                output: <Count value={row.outputTokens} isShort />,
              }}
            />
          ),
        },
        {
          name: 'duration',
          head: t('duration'),
          isNumber: true,
          inCard: 'hidden',
          cell: (row) => <Duration ms={row.durationMs} />,
        },
        {
          name: 'cost',
          head: t('cost'),
          isNumber: true,
          inCard: 'aside',
          cell: (row) => <Cost row={row} />,
        },
      ]}
    />
  )
}

function Cost({ row: { costNanoUsd, source, reason } }: { readonly row: UsageRow }) {
  const t = useWords()
  if (costNanoUsd === 0 && reason !== 'completed') return <span className="quiet">{t('notCharged')}</span>
  return (
    <>
      {source === 'plan' ? <span className="quiet">{t('byPlan')} </span> : undefined}
      <Money nanoUsd={costNanoUsd} kind="request" />
    </>
  )
}
