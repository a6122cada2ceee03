// Where a person stands: what they have, what their plan still carries, what today cost, and what to do next.
import { Megaphone } from 'lucide-react'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { PageHeader } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { BalanceCard } from './balance-card.tsx'
import { FirstSteps } from './first-steps.tsx'
import styles from './home.module.css'
import { KeysCard } from './keys-card.tsx'
import { Notices } from './notices.tsx'
import { PlanCard } from './plan-card.tsx'
import { QuickLinks } from './quick-links.tsx'
import { Spending } from './spending.tsx'
import { useWords } from './words.ts'

export function HomeScreen() {
  const t = useWords()
  const me = useMe()
  const overview = useAsk('me.overview', {})
  // One row tells a newcomer from everybody else.
  const latest = useAsk('usage.list', { userId: me.id, limit: 1 })
  useRefreshOn(['requests.finished', 'balance.changed', 'settings.changed', 'data.changed'], ['me.overview'])
  useRefreshOn('requests.finished', ['usage.list', 'usage.series'])
  const { data } = overview
  if (overview.isError) {
    return (
      <>
        <PageHeader title={t('title')} />
        <div className="panel">
          <ErrorState
            error={overview.error}
            onRetry={() => void overview.refetch()}
            isRetrying={overview.isFetching}
          />
        </div>
      </>
    )
  }
  const isNewcomer = latest.data?.rows.length === 0
  return (
    <>
      <PageHeader title={t('title')} />
      <div className={styles.home}>
        {data === undefined || data.announcement === '' ? undefined : (
          <section className={styles.announcement} aria-label={t('announcement')}>
            <Megaphone size={16} aria-hidden="true" />
            <p>{data.announcement}</p>
          </section>
        )}
        {data === undefined ? undefined : <Notices overview={data} />}
        {data === undefined ? (
          <div className={`panel ${styles.wide}`}>
            <SkeletonRows />
          </div>
        ) : (
          <>
            <div className={styles.column}>
              <BalanceCard overview={data} />
              <PlanCard plan={data.plan} />
            </div>
            <div className={isNewcomer ? `${styles.column} ${styles.first}` : styles.column}>
              {isNewcomer ? (
                <FirstSteps
                  hasKey={data.keyCount > 0}
                  hasFunds={data.availableNanoUsd > 0 || data.plan !== null}
                />
              ) : (
                <Spending overview={data} />
              )}
              {data.keyCount > 0 ? <KeysCard /> : undefined}
              <QuickLinks isNewcomer={isNewcomer} />
            </div>
          </>
        )}
      </div>
    </>
  )
}
