// The codes that a person has redeemed, where there are any.
import { usePaged } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Section } from '../../../kit/page.tsx'
import { ErrorState } from '../../../kit/states.tsx'
import { Pager, Table } from '../../../kit/table.tsx'
import { useWords } from './words.ts'

const SHOWN = 10

export function RedeemedCodes() {
  const t = useWords()
  const me = useMe()
  const { query, paging } = usePaged('codes.history', { userId: me.id, limit: SHOWN })
  if (query.isError) {
    return (
      <Section title={t('history')}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      </Section>
    )
  }
  if (query.data === undefined || query.data.rows.length === 0) return null
  return (
    <Section title={t('history')}>
      <Table
        label={t('history')}
        rows={query.data.rows}
        keyOf={(row) => row.codeId}
        columns={[
          { name: 'when', head: t('when'), cell: (row) => <Time atMs={row.redeemedAt} /> },
          { name: 'code', head: t('code'), cell: (row) => <Mono>…{row.hint}</Mono> },
          {
            name: 'what',
            head: t('what'),
            isNumber: true,
            cell: (row) =>
              row.amountNanoUsd === null ? (
                row.planName
              ) : (
                <Money nanoUsd={row.amountNanoUsd} kind="balance" isSigned />
              ),
          },
        ]}
      />
      <Pager paging={paging} total={query.data.total} />
    </Section>
  )
}
