// At a glance: what a person has and spent, who they are, and their last requests.
import type { ReactNode } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { Count, Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { CopyButton } from '../../../kit/copy.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { moneyString } from '../../../kit/money.ts'
import { Facts, PanelBody, Section, Stat, Stats } from '../../../kit/page.tsx'
import { ListPanel } from './list-panel.tsx'
import { UsageTable } from './usage-table.tsx'
import type { UserTab } from './user-screen.tsx'
import type { UserRow } from './user-status.ts'
import styles from './users.module.css'
import { useWords } from './words.ts'

const REQUESTS_SHOWN = 6
const KEYS_COUNTED_MAX = 200

interface UserOverviewProps {
  readonly user: UserRow
  readonly onShow: (tab: UserTab) => void
}

export function UserOverview({ user, onShow }: UserOverviewProps) {
  const t = useWords()
  const usage = useAsk('usage.list', { userId: user.id, limit: REQUESTS_SHOWN })
  return (
    <>
      <UserStats user={user} />
      <div className={styles['halves']}>
        <MoneyPanel user={user} />
        <Section title={t('account')}>
          <PanelBody>
            <Facts facts={useAccountFacts(user)} />
          </PanelBody>
        </Section>
      </div>
      <ListPanel
        title={t('lastRequests')}
        query={usage}
        empty={t('noRequests')}
        actions={
          <Button size="sm" kind="quiet" onClick={() => onShow('usage')}>
            {t('allRequests')}
          </Button>
        }
      >
        {(rows) => <UsageTable rows={rows} />}
      </ListPanel>
    </>
  )
}

function UserStats({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const keys = useAsk('keys.list', { userId: user.id, limit: KEYS_COUNTED_MAX })
  const sum = useAsk('usage.summary', { userId: user.id, includeDemo: true }).data
  const tokens = (sum?.inputTokens ?? 0) + (sum?.outputTokens ?? 0)
  const rows = keys.data?.rows
  const active = rows?.filter(({ status }) => status === 'active').length ?? 0
  return (
    <Stats>
      <Stat
        label={t('balance')}
        change={
          user.openHoldsNanoUsd > 0
            ? t('heldNow', { amount: moneyString(user.openHoldsNanoUsd) })
            : t('availableNow', { amount: moneyString(user.availableNanoUsd, { kind: 'left' }) })
        }
      >
        <Money nanoUsd={user.balanceNanoUsd} kind="left" isFigure />
      </Stat>
      <Stat label={t('apiKeys')} change={rows === undefined ? undefined : t('activeKeys', { count: active })}>
        {rows === undefined ? '–' : <Count value={rows.length} />}
      </Stat>
      <Stat
        label={t('spent')}
        change={sum === undefined ? undefined : t('requestsIn', { count: sum.requests })}
      >
        {sum === undefined ? '–' : <Money nanoUsd={sum.costNanoUsd} isFigure />}
      </Stat>
      <Stat label={t('tokens')} change={sum === undefined ? undefined : cachedShare(sum, t)}>
        {sum === undefined ? '–' : <Count value={tokens} isShort />}
      </Stat>
    </Stats>
  )
}

function cachedShare(
  { inputTokens, cachedInputTokens }: { readonly inputTokens: number; readonly cachedInputTokens: number },
  t: ReturnType<typeof useWords>,
): string {
  const percent = inputTokens === 0 ? 0 : Math.round((100 * cachedInputTokens) / inputTokens)
  return t('cachedShare', { percent })
}

function MoneyPanel({ user }: { readonly user: UserRow }) {
  const t = useWords()
  return (
    <Section title={t('money')}>
      <PanelBody>
        <MoneyLine name={t('balance')} nanoUsd={user.balanceNanoUsd} />
        <MoneyLine name={t('creditLimit')} nanoUsd={user.creditLimitNanoUsd} />
        <MoneyLine name={t('held')} nanoUsd={-user.openHoldsNanoUsd} />
        <MoneyLine name={<b className="b">{t('available')}</b>} nanoUsd={user.availableNanoUsd} />
      </PanelBody>
    </Section>
  )
}

function MoneyLine({ name, nanoUsd }: { readonly name: ReactNode; readonly nanoUsd: number }) {
  return (
    <div className="ln">
      <span className="k">{name}</span>
      <span className="dots" />
      <Money nanoUsd={nanoUsd} kind="left" />
    </div>
  )
}

function useAccountFacts(user: UserRow) {
  const t = useWords()
  const yesNo = (isSo: boolean) => t(isSo ? 'yes' : 'no')
  return [
    { name: t('joined'), value: <Time atMs={user.createdAt} isAbsolute /> },
    {
      name: t('lastSeen'),
      value: user.lastSeenAt === null ? t('notSeen') : <Time atMs={user.lastSeenAt} isAbsolute />,
    },
    { name: t('emailVerified'), value: yesNo(user.isEmailVerified) },
    { name: t('secondFactor'), value: t(user.hasSecondFactor ? 'on' : 'off') },
    ...(user.deletionRequestedAt === null
      ? []
      : [{ name: t('wantsDeletion'), value: <Time atMs={user.deletionRequestedAt} isAbsolute /> }]),
    {
      name: t('userId'),
      value: (
        <span className="row g4 top">
          <Mono>{user.id}</Mono>
          <CopyButton text={user.id} what={t('userId')} />
        </span>
      ),
    },
  ]
}
