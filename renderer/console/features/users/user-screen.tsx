// One person's page: who they are, what they have, what they did, and everything that an administrator can do about it.
import { useLocation } from 'wouter'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { PageHeader } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Tabs } from '../../../kit/tabs.tsx'
import type { ScreenProps } from '../../../routing/screens.tsx'
import { choiceParam, useSearchParams } from '../../../routing/search-params.ts'
import { UserAudit } from './user-audit.tsx'
import { UserHeader } from './user-header.tsx'
import { UserKeys } from './user-keys.tsx'
import { UserLedger } from './user-ledger.tsx'
import { UserOverview } from './user-overview.tsx'
import { UserPlan } from './user-plan.tsx'
import { UserSessions } from './user-sessions.tsx'
import type { UserRow } from './user-status.ts'
import { UserUsage } from './user-usage.tsx'
import styles from './users.module.css'
import { useWords } from './words.ts'

const TABS = ['overview', 'keys', 'usage', 'ledger', 'plan', 'sessions', 'audit'] as const
export type UserTab = (typeof TABS)[number]

export function UserScreen({ params: { userId = '' } }: ScreenProps) {
  const t = useWords()
  const query = useAsk('users.get', { userId })
  useRefreshOn('user.changed', ['users.get', 'sessions.list'])
  useRefreshOn('balance.changed', ['users.get', 'users.ledger', 'users.statement'])
  useRefreshOn(['user.changed', 'balance.changed', 'data.changed'], ['users.plan', 'audit.list'])
  useRefreshOn('data.changed', ['limits.list', 'policies.get'])
  if (query.data !== undefined && !query.isError) return <LoadedUser key={userId} user={query.data} />
  return (
    <div className="page">
      <PageHeader title={t('user')} />
      <div className="pbody">
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : (
          <SkeletonRows />
        )}
      </div>
    </div>
  )
}

function LoadedUser({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const [, navigate] = useLocation()
  const [{ tab = 'overview' }, setParams] = useSearchParams({ tab: choiceParam(TABS) })
  const show = (next: UserTab) => setParams({ tab: next === 'overview' ? undefined : next })
  return (
    <div className="page">
      <UserHeader user={user} onGone={() => navigate(CONSOLE_PATHS.users)} />
      <div className="pbody">
        <Tabs
          label={t('userParts')}
          value={tab}
          onChange={show}
          tabs={TABS.map((value) => ({ value, label: t(`tab_${value}`) }))}
        >
          <div className={styles['list']}>
            {tab === 'overview' ? <UserOverview user={user} onShow={show} /> : undefined}
            {tab === 'keys' ? <UserKeys user={user} /> : undefined}
            {tab === 'usage' ? <UserUsage userId={user.id} /> : undefined}
            {tab === 'ledger' ? <UserLedger user={user} /> : undefined}
            {tab === 'plan' ? <UserPlan user={user} /> : undefined}
            {tab === 'sessions' ? <UserSessions user={user} /> : undefined}
            {tab === 'audit' ? <UserAudit userId={user.id} /> : undefined}
          </div>
        </Tabs>
      </div>
    </div>
  )
}
