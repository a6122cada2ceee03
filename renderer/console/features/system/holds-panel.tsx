// What running requests hold right now, the oldest first.

import { usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { Duration, Money } from '../../../kit/amounts.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { Section } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Pager, Table } from '../../../kit/table.tsx'
import styles from './system.module.css'
import { useWords } from './words.ts'

export function HoldsPanel() {
  const t = useWords()
  const { query, paging } = usePaged('holds.list', { limit: 20 })
  useRefreshOn('requests.running', ['holds.list'])
  const rows = query.data?.rows ?? []
  return (
    <Section
      title={t('openHolds')}
      meta={
        query.data === undefined || query.data.total === 0 ? undefined : (
          <>
            {t('holdsCount', { count: query.data.total })} · <Money nanoUsd={query.data.sumNanoUsd} />
          </>
        )
      }
    >
      {query.isPending ? <SkeletonRows rows={2} /> : undefined}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : undefined}
      {query.isSuccess && rows.length === 0 ? (
        <p className={`help ${styles.none}`}>{t('holdsEmpty')}</p>
      ) : undefined}
      {rows.length > 0 && !query.isError ? (
        <>
          <Table
            label={t('openHolds')}
            rows={rows}
            keyOf={({ requestId }) => requestId}
            columns={[
              {
                name: 'who',
                head: t('person'),
                cuts: 'who',
                cell: ({ userEmail }) => <CutText text={userEmail} look="strong" />,
              },
              {
                name: 'key',
                head: t('key'),
                cuts: 'note',
                cell: ({ keyName }) => <CutText text={keyName} look="secondary" />,
              },
              {
                name: 'model',
                head: t('model'),
                cuts: 'literal',
                cell: ({ model }) => <CutText text={model} look="literal" />,
              },
              { name: 'age', head: t('age'), isNumber: true, cell: ({ ageMs }) => <Duration ms={ageMs} /> },
              {
                name: 'amount',
                head: t('held'),
                isNumber: true,
                cell: ({ amountNanoUsd }) => <Money nanoUsd={amountNanoUsd} />,
              },
            ]}
          />
          <Pager paging={paging} />
        </>
      ) : undefined}
    </Section>
  )
}
