// Where a person is signed in, and how to end it.
import { LogOut } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { failureOf } from '../../../client/failures.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { clientName } from '../../../kit/client-name.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { type Column, Table } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { ListPanel } from './list-panel.tsx'
import type { UserRow } from './user-status.ts'
import styles from './users.module.css'
import { useWords } from './words.ts'

type Session = CallOutput<'sessions.list'>['rows'][number]

export function UserSessions({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const query = useAsk('sessions.list', { userId: user.id })
  const [isAsking, setIsAsking] = useState(false)
  return (
    <ListPanel
      title={t('tab_sessions')}
      query={query}
      empty={t('noSessions')}
      actions={
        <Button size="sm" disabled={query.data?.rows.length === 0} onClick={() => setIsAsking(true)}>
          <LogOut size={14} aria-hidden="true" />
          {t('endSessions')}
        </Button>
      }
    >
      {(rows) => (
        <>
          <SessionsTable rows={rows} />
          {isAsking ? <EndSessionsDialog user={user} onClose={() => setIsAsking(false)} /> : undefined}
        </>
      )}
    </ListPanel>
  )
}

function SessionsTable({ rows }: { readonly rows: readonly Session[] }) {
  const t = useWords()
  const words = useFailureWords()
  const revoke = useChange('sessions.revoke', ['sessions.list', 'audit.list'])
  const end = (sessionId: string) => {
    revoke.mutateAsync({ sessionId }).then(
      () => toast({ status: 'off', text: t('sessionEnded') }),
      (error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) }),
    )
  }
  const columns: readonly Column<Session>[] = [
    {
      name: 'client',
      head: t('browser'),
      cell: ({ client, isCurrent }) => (
        <span className={styles['wraps']} title={client}>
          {clientName(client) ?? <span className="quiet">{t('unknownBrowser')}</span>}{' '}
          {isCurrent ? <b className="b">{t('thisSession')}</b> : undefined}
        </span>
      ),
    },
    { name: 'address', head: t('address'), cell: ({ address }) => <Mono>{address}</Mono> },
    { name: 'begun', head: t('signedIn'), cell: ({ createdAt }) => <Time atMs={createdAt} /> },
    { name: 'seen', head: t('lastSeen'), cell: ({ lastSeenAt }) => <Time atMs={lastSeenAt} /> },
    {
      name: 'actions',
      head: t('endSession'),
      inCard: 'actions',
      cell: ({ id, isCurrent }) => (
        <Button size="sm" kind="ghost" disabled={isCurrent} onClick={() => end(id)}>
          {t('endSession')}
        </Button>
      ),
    },
  ]
  return <Table label={t('tab_sessions')} columns={columns} rows={rows} keyOf={({ id }) => id} />
}

interface EndSessionsDialogProps {
  readonly user: UserRow
  readonly onClose: () => void
}

function EndSessionsDialog({ user: { id: userId, email }, onClose }: EndSessionsDialogProps) {
  const t = useWords()
  const { mutate, isPending, error } = useChange('sessions.revokeOthers', ['sessions.list', 'audit.list'])
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('endSessions')}
      confirmLabel={t('endSessions')}
      onConfirm={() =>
        mutate(
          { userId },
          {
            onSuccess({ revoked }) {
              toast({ status: 'off', text: t('sessionsEnded', { count: revoked }) })
              onClose()
            },
          },
        )
      }
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('endSessionsText', { email })}
    </ConfirmDialog>
  )
}
