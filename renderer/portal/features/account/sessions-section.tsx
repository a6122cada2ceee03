// Where a person is signed in; each session but this one can be ended, and all of them together.
import { useState } from 'react'
import type { SessionView } from '../../../../contract/operations/sessions.ts'
import { failureOf } from '../../../client/failures.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { clientName } from '../../../kit/client-name.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Section } from '../../../kit/page.tsx'
import { Tag } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { type Column, Table } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { useWords } from './words.ts'

export function SessionsSection() {
  const t = useWords()
  const query = useAsk('sessions.list', {})
  const [isEnding, setIsEnding] = useState(false)
  const hasOthers = (query.data?.rows.length ?? 0) > 1
  return (
    <Section
      title={t('sessions')}
      meta={t('sessionsMeta')}
      actions={
        hasOthers ? (
          <Button size="sm" onClick={() => setIsEnding(true)}>
            {t('sessionsEndOthers')}
          </Button>
        ) : undefined
      }
    >
      {query.isPending ? <SkeletonRows rows={2} /> : undefined}
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      ) : undefined}
      {query.data !== undefined && !query.isError ? <SessionsTable rows={query.data.rows} /> : undefined}
      {isEnding ? <EndOthersDialog onClose={() => setIsEnding(false)} /> : undefined}
    </Section>
  )
}

function SessionsTable({ rows }: { readonly rows: readonly SessionView[] }) {
  const t = useWords()
  const nameOf = ({ client }: SessionView) => clientName(client) ?? t('sessionUnknown')
  const columns: readonly Column<SessionView>[] = [
    {
      name: 'client',
      head: t('sessionClient'),
      inCard: 'lead',
      cell: (session) => (
        <span className="row g8 wrap">
          <span className="m">{nameOf(session)}</span>
          {session.isCurrent ? <Tag status="ok">{t('sessionThis')}</Tag> : undefined}
        </span>
      ),
    },
    {
      name: 'address',
      head: t('sessionAddress'),
      inCard: 'labelled',
      cell: ({ address }) => <Mono>{address}</Mono>,
    },
    {
      name: 'seen',
      head: t('sessionSeen'),
      inCard: 'labelled',
      cell: ({ lastSeenAt }) => <Time atMs={lastSeenAt} />,
    },
    {
      name: 'began',
      head: t('sessionBegan'),
      inCard: 'labelled',
      cell: ({ createdAt }) => <Time atMs={createdAt} />,
    },
    {
      name: 'actions',
      head: t('sessionEnd'),
      inCard: 'actions',
      cell: (session) =>
        session.isCurrent ? undefined : <EndButton session={session} client={nameOf(session)} />,
    },
  ]
  return <Table label={t('sessions')} columns={columns} rows={rows} keyOf={({ id }) => id} hasCards />
}

function EndButton({ session, client }: { readonly session: SessionView; readonly client: string }) {
  const t = useWords()
  const words = useFailureWords()
  const { mutate, isPending } = useChange('sessions.revoke', ['sessions.list'])
  const end = () =>
    mutate(
      { sessionId: session.id },
      {
        onSuccess: () => toast({ text: t('sessionEnded', { client }) }),
        onError: (error) => toast({ status: 'bad', text: words(failureOf(error)) }),
      },
    )
  return (
    <Button
      size="sm"
      isWorking={isPending}
      aria-label={t('sessionEndNamed', { client, address: session.address })}
      onClick={end}
    >
      {t('sessionEnd')}
    </Button>
  )
}

function EndOthersDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const { email } = useMe()
  const { mutate, isPending, error } = useChange('sessions.revokeOthers', ['sessions.list'])
  const end = () =>
    mutate(
      {},
      {
        onSuccess({ revoked }) {
          toast({ text: t('sessionsEnded', { count: revoked }) })
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('sessionsEndTitle')}
      confirmLabel={t('sessionsEndOthers')}
      onConfirm={end}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('sessionsEndText', { email })}
    </ConfirmDialog>
  )
}
