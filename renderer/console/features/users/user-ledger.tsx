// What moved a person's balance: entry by entry, and month by month.
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, usePaged } from '../../../client/hooks.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { Select } from '../../../kit/select.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { type Column, Pager, Table } from '../../../kit/table.tsx'
import { choiceParam, useSearchParams } from '../../../routing/search-params.ts'
import { useAppearance } from '../../../state/appearance.ts'
import { ListPanel } from './list-panel.tsx'
import { lastMonths, monthText } from './months.ts'
import type { UserRow } from './user-status.ts'
import styles from './users.module.css'
import { useWords } from './words.ts'

type Entry = CallOutput<'users.ledger'>['rows'][number]
const INCLUDES = ['changes', 'all'] as const

export function UserLedger({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const [{ include = 'changes' }, setParams] = useSearchParams({
    tab: choiceParam(['ledger']),
    include: choiceParam(INCLUDES),
  })
  const { query, paging } = usePaged('users.ledger', { userId: user.id, include })
  return (
    <div className={styles['ledger']}>
      <ListPanel
        title={t('tab_ledger')}
        query={query}
        empty={t('noEntries')}
        actions={
          <RadioGroup
            label={t('entries')}
            look="segments"
            value={include}
            options={INCLUDES.map((value) => ({ value, label: t(`entries_${value}`) }))}
            onChange={(value) => setParams({ include: value })}
          />
        }
      >
        {(rows) => (
          <>
            <LedgerTable rows={rows} />
            <Pager paging={paging} />
          </>
        )}
      </ListPanel>
      <Statement user={user} />
    </div>
  )
}

function LedgerTable({ rows }: { readonly rows: readonly Entry[] }) {
  const t = useWords()
  const columns: readonly Column<Entry>[] = [
    { name: 'when', head: t('when'), cell: ({ createdAt }) => <Time atMs={createdAt} /> },
    {
      name: 'kind',
      head: t('kind'),
      cell: ({ kind, model }) => (
        <>
          <span className="m">{t(`kind_${kind}`)}</span> {model === null ? undefined : <Mono>{model}</Mono>}
        </>
      ),
    },
    {
      name: 'note',
      head: t('note'),
      cell: ({ note }) => <span className={`sec ${styles['wraps']}`}>{note}</span>,
    },
    {
      name: 'amount',
      head: t('amount'),
      isNumber: true,
      cell: ({ amountNanoUsd }) => <Money nanoUsd={amountNanoUsd} isSigned />,
    },
    {
      name: 'after',
      head: t('balanceAfter'),
      isNumber: true,
      cell: ({ balanceAfterNanoUsd }) => <Money nanoUsd={balanceAfterNanoUsd} kind="left" />,
    },
  ]
  return <Table label={t('tab_ledger')} columns={columns} rows={rows} keyOf={({ seq }) => String(seq)} />
}

const MONTHS_OFFERED = 12

function Statement({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const { language } = useAppearance()
  const months = lastMonths(Date.now(), user.createdAt, MONTHS_OFFERED)
  const [month, setMonth] = useState(months[0] ?? '')
  const query = useAsk('users.statement', { userId: user.id, month })
  return (
    <Section
      title={t('statement')}
      actions={
        <Select
          label={t('statement')}
          value={month}
          options={months.map((value) => ({ value, label: monthText(value, language) }))}
          onChange={setMonth}
        />
      }
    >
      <PanelBody>
        {query.isPending ? <SkeletonRows rows={3} /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {query.data === undefined || query.isError ? undefined : <StatementLines statement={query.data} />}
      </PanelBody>
    </Section>
  )
}

function StatementLines({ statement }: { readonly statement: CallOutput<'users.statement'> }) {
  const t = useWords()
  return (
    <>
      <div className="rc">
        <StatementLine name={t('opening')} nanoUsd={statement.openingNanoUsd} />
        {statement.changes.map(({ kind, count, amountNanoUsd }) => (
          <StatementLine
            key={kind}
            name={`${t(`kind_${kind}`)} × ${count}`}
            nanoUsd={amountNanoUsd}
            isSigned
          />
        ))}
        <StatementLine name={t('spent')} nanoUsd={-statement.spentNanoUsd} isSigned />
        <StatementLine
          name={t(statement.isClosed ? 'closing' : 'closingNow')}
          nanoUsd={statement.closingNanoUsd}
        />
      </div>
      {statement.spending.length === 0 ? undefined : (
        <div className="rc">
          <h3>{t('spentBy')}</h3>
          {statement.spending.map(({ model, requests, amountNanoUsd }) => (
            <div className={`ln ${styles['ofModel']}`} key={model}>
              <Mono>{model}</Mono>
              <span className="quiet num">{t('requestsIn', { count: requests })}</span>
              <span className="dots" />
              <span className={styles['amount']}>
                <Money nanoUsd={amountNanoUsd} />
              </span>
            </div>
          ))}
        </div>
      )}
      <p className={`meta ${styles['closing']}`}>
        {t(statement.isClosed ? 'statementClosed' : 'statementOpen', { zone: statement.timeZone })}
      </p>
    </>
  )
}

interface StatementLineProps {
  readonly name: string
  readonly nanoUsd: number
  /** Without it, it is a balance. */
  readonly isSigned?: boolean
}

function StatementLine({ name, nanoUsd, isSigned = false }: StatementLineProps) {
  return (
    <div className="ln">
      <span className="k">{name}</span>
      <span className="dots" />
      <Money nanoUsd={nanoUsd} kind={isSigned ? 'total' : 'left'} isSigned={isSigned} />
    </div>
  )
}
