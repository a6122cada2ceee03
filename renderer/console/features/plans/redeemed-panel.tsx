// What was redeemed lately, and by whom.
import { usePaged } from '../../../client/hooks.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { Avatar, Section } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import styles from './plans.module.css'
import { useWords } from './words.ts'

export function RedeemedPanel() {
  const t = useWords()
  const { query, paging } = usePaged('codes.history', { limit: 10 })
  const rows = query.data?.rows ?? []
  return (
    <Section title={t('history')}>
      {query.isPending ? <SkeletonRows rows={3} /> : undefined}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : undefined}
      {query.isSuccess && rows.length === 0 ? (
        <p className={`help ${styles.none}`}>{t('historyEmpty')}</p>
      ) : undefined}
      <ul>
        {rows.map((row) => (
          <li key={row.codeId} className={styles.redeemedRow}>
            <Avatar name={row.userEmail} />
            <span className="col grow">
              <span className="m trunc">{row.userEmail}</span>
              <code className="mono quiet">…{row.hint}</code>
            </span>
            <span className="col r nw">
              <span className="meta">
                <Time atMs={row.redeemedAt} />
              </span>
              <span>
                {row.kind === 'plan' ? (
                  row.planName
                ) : (
                  <Money nanoUsd={row.amountNanoUsd ?? 0} kind="balance" />
                )}
              </span>
            </span>
          </li>
        ))}
      </ul>
      <Pager paging={paging} />
    </Section>
  )
}
