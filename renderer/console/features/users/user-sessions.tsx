// Where a person is signed in, and how to end it.
import { LogOut } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { clientName } from '../../../kit/client-name.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { useSortedRows } from '../../../kit/sorting.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { type Column, Table } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import { ListPanel } from './list-panel.tsx'
import type { UserRow } from './user-status.ts'
import styles from './users.module.css'
import { useWords } from './words.ts'

type Session = CallOutput<'sessions.list'>['rows'][number]

export function UserSessions({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const query = useAsk('sessions.list', { userId: user.id })
  const [asked, setAsked] = useState<Session | 'all'>()
  return (
    <ListPanel
      title={t('tab_sessions')}
      query={query}
      empty={t('noSessions')}
      actions={
        <Button size="sm" disabled={query.data?.rows.length === 0} onClick={() => setAsked('all')}>
          <LogOut size={14} aria-hidden="true" />
          {t('endSessions')}
        </Button>
      }
    >
      {(rows) => (
        <>
          <SessionsTable rows={rows} onEnd={setAsked} />
          {asked === undefined ? undefined : (
            <EndSessionsDialog user={user} asked={asked} onClose={() => setAsked(undefined)} />
          )}
        </>
      )}
    </ListPanel>
  )
}

interface SessionsTableProps {
  readonly rows: readonly Session[]
  readonly onEnd: (session: Session) => void
}

function SessionsTable({ rows, onEnd }: SessionsTableProps) {
  const t = useWords()
  const sorted = useSortedRows(rows, {
    begun: ({ createdAt }) => createdAt,
    seen: ({ lastSeenAt }) => lastSeenAt,
  })
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
    {
      name: 'begun',
      head: t('signedIn'),
      sort: 'begun',
      isTime: true,
      cell: ({ createdAt }) => <Time atMs={createdAt} />,
    },
    {
      name: 'seen',
      head: t('lastSeen'),
      sort: 'seen',
      isTime: true,
      cell: ({ lastSeenAt }) => <Time atMs={lastSeenAt} />,
    },
    {
      name: 'actions',
      head: t('endSession'),
      inCard: 'actions',
      cell: (session) => (
        <Button size="sm" kind="ghost" disabled={session.isCurrent} onClick={() => onEnd(session)}>
          {t('endSession')}
        </Button>
      ),
    },
  ]
  return (
    <Table
      label={t('tab_sessions')}
      columns={columns}
      rows={sorted.rows}
      keyOf={({ id }) => id}
      {...sorted.table}
    />
  )
}

interface EndSessionsDialogProps {
  readonly user: UserRow
  readonly asked: Session | 'all'
  readonly onClose: () => void
}

const TOUCHED = ['sessions.list', 'audit.list'] as const

function EndSessionsDialog({ user: { id: userId, email }, asked, onClose }: EndSessionsDialogProps) {
  const t = useWords()
  const one = useChange('sessions.revoke', TOUCHED)
  const all = useChange('sessions.revokeOthers', TOUCHED)
  const done = (count: number) => {
    toast({ status: 'off', text: t('sessionsEnded', { count }) })
    onClose()
  }
  const textOfOne = ({ client, address }: Session) => {
    const browser = clientName(client)
    return browser === undefined
      ? t('endSessionAtText', { email, address })
      : t('endSessionText', { email, browser })
  }
  const label = t(asked === 'all' ? 'endSessions' : 'endSessionTitle')
  const confirm = () => {
    if (asked === 'all') return all.mutate({ userId }, { onSuccess: ({ revoked }) => done(revoked) })
    one.mutate({ sessionId: asked.id }, { onSuccess: () => done(1) })
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={label}
      confirmLabel={label}
      onConfirm={confirm}
      isWorking={one.isPending || all.isPending}
      error={<FailureNote error={one.error ?? all.error} />}
    >
      {asked === 'all' ? t('endSessionsText', { email }) : textOfOne(asked)}
    </ConfirmDialog>
  )
}
