// The newest of a person's keys: which, used when, and by what.
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Time } from '../../../kit/amounts.tsx'
import { shortClientName } from '../../../kit/client-name.ts'
import { Mono } from '../../../kit/literals.tsx'
import { Section } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Table } from '../../../kit/table.tsx'
import { useWords } from './words.ts'

const SHOWN = 3

export function KeysCard() {
  const t = useWords()
  const me = useMe()
  const keys = useAsk('keys.list', { userId: me.id, limit: SHOWN })
  useRefreshOn(['key.changed', 'requests.finished'], ['keys.list', 'me.overview'])
  return (
    <Section
      title={t('keys')}
      actions={
        <Link href={PORTAL_PATHS.keys} className="m">
          {t('manage')}
        </Link>
      }
    >
      {keys.isPending ? <SkeletonRows rows={SHOWN} /> : undefined}
      {keys.isError ? (
        <ErrorState error={keys.error} onRetry={() => void keys.refetch()} isRetrying={keys.isFetching} />
      ) : undefined}
      {keys.data === undefined || keys.isError ? undefined : (
        <Table
          label={t('keys')}
          rows={keys.data.rows}
          keyOf={(key) => key.id}
          hasCards
          columns={[
            {
              name: 'name',
              head: t('keyName'),
              inCard: 'lead',
              cell: (key) => <span className="named">{key.name}</span>,
            },
            {
              name: 'prefix',
              head: t('keyPrefix'),
              inCard: 'labelled',
              cell: (key) => <Mono>{key.prefix}…</Mono>,
            },
            {
              name: 'used',
              head: t('lastUsed'),
              inCard: 'labelled',
              cell: (key) => (key.lastUsedAt === null ? t('never') : <Time atMs={key.lastUsedAt} />),
            },
            {
              name: 'client',
              head: t('client'),
              inCard: 'labelled',
              cell: (key) => <span className="sec">{shortClientName(key.lastUsedClient ?? '') ?? '—'}</span>,
            },
            {
              name: 'status',
              head: t('status'),
              inCard: 'aside',
              cell: (key) => {
                const isOn = key.status === 'active' && (key.expiresAt === null || key.expiresAt > Date.now())
                return <StatusShape status={isOn ? 'ok' : 'off'}>{t(isOn ? 'active' : 'off')}</StatusShape>
              },
            },
          ]}
        />
      )}
    </Section>
  )
}
