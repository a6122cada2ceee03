// The batches of codes: what each gives, how much of it is gone, until when it is good.

import { CalendarDays, Wallet } from 'lucide-react'
import { usePaged } from '../../../client/hooks.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { Section } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { useSortChoice } from '../../../kit/sorting.ts'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Pager, Table } from '../../../kit/table.tsx'
import { BATCH_SHAPE, type BatchRow, batchState } from './plan-view.ts'
import styles from './plans.module.css'
import { useWords } from './words.ts'

const SORTS = ['createdAt', 'name', 'redeemed', 'expiresAt'] as const

interface CodesPanelProps {
  readonly openId: string | undefined
  readonly onOpen: (batchId: string) => void
}

export function CodesPanel({ openId, onOpen }: CodesPanelProps) {
  const t = useWords()
  const { choice, table } = useSortChoice(SORTS)
  const { query, paging } = usePaged('codes.list', { ...choice, limit: 20 })
  const rows = query.data?.rows ?? []
  return (
    <Section title={t('batches')}>
      {query.isPending ? <SkeletonRows rows={3} /> : undefined}
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      ) : undefined}
      {query.isSuccess && rows.length === 0 ? (
        <p className={`help ${styles.none}`}>{t('batchesEmpty')}</p>
      ) : undefined}
      {rows.length > 0 && !query.isError ? (
        <>
          <Table
            label={t('batches')}
            rows={rows}
            keyOf={({ id }) => id}
            openKey={openId}
            onOpen={({ id }) => onOpen(id)}
            {...table}
            columns={[
              {
                name: 'name',
                head: t('batch'),
                cuts: 'who',
                sort: 'name',
                cell: ({ name }) => <CutText text={name} look="strong" />,
              },
              {
                name: 'prefix',
                head: t('prefix'),
                room: 'some',
                isHidden: openId !== undefined,
                cell: ({ prefix }) => (
                  <code className="mono quiet">{prefix === '' ? '••••' : `${prefix}-••••`}</code>
                ),
              },
              { name: 'gives', head: t('gives'), cell: (batch) => <Gives batch={batch} /> },
              {
                name: 'redeemed',
                head: t('redeemed'),
                sort: 'redeemed',
                cell: (batch) => <Redeemed batch={batch} />,
              },
              {
                name: 'expires',
                head: t('expires'),
                sort: 'expiresAt',
                isHidden: openId !== undefined,
                cell: ({ expiresAt }) =>
                  expiresAt === null ? (
                    <span className="quiet">{t('never')}</span>
                  ) : (
                    <Time atMs={expiresAt} />
                  ),
              },
              {
                name: 'state',
                head: t('state'),
                cell: (batch) => {
                  const state = batchState(batch, Date.now())
                  return <StatusShape status={BATCH_SHAPE[state]}>{t(`batch_${state}`)}</StatusShape>
                },
              },
            ]}
          />
          <Pager paging={paging} />
        </>
      ) : undefined}
    </Section>
  )
}

export function Gives({ batch }: { readonly batch: BatchRow }) {
  const t = useWords()
  if (batch.kind === 'plan') {
    return (
      <span className="row g6">
        <CalendarDays size={14} aria-hidden="true" />
        {batch.planName}
      </span>
    )
  }
  return (
    <span className="row g6">
      <Wallet size={14} aria-hidden="true" />
      <Money nanoUsd={batch.amountNanoUsd ?? 0} kind="balance" />{' '}
      <span className="sec">{t('ofBalance')}</span>
    </span>
  )
}

function Redeemed({ batch: { redeemed, count } }: { readonly batch: BatchRow }) {
  const t = useWords()
  return (
    <span className="row g8">
      <span className={`track ${styles.share}`} aria-hidden="true">
        <b style={{ width: `${(100 * redeemed) / count}%` }} />
      </span>
      <span className="num">{t('redeemedOf', { redeemed, count })}</span>
    </span>
  )
}
