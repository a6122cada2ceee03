// The invitations: which are open, and what became of the others.

import { Ban, Mail } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { userPath } from '../../../../contract/page-paths.ts'
import { useChange, usePaged, useRefreshOn } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FilterBar } from '../../../kit/page.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { type TableSorting, useSortChoice } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, FailureNote, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { type Column, Pager, Table } from '../../../kit/table.tsx'
import { toast } from '../../../kit/toast.tsx'
import { choiceParam, useSearchParams } from '../../../routing/search-params.ts'
import styles from './users.module.css'
import { useWords } from './words.ts'

type Invitation = CallOutput<'invitations.list'>['rows'][number]

const STATUSES = ['open', 'used', 'expired', 'revoked', 'withdrawn'] as const
const SORTS = ['createdAt', 'email', 'endsAt'] as const
const SHAPES: Readonly<Record<Invitation['status'], Status>> = {
  open: 'info',
  used: 'ok',
  expired: 'off',
  revoked: 'off',
  withdrawn: 'off',
}

export function InvitationsList({ onInvite }: { readonly onInvite: () => void }) {
  const t = useWords()
  const [{ invitation: status }, setParams] = useSearchParams({
    view: choiceParam(['invitations']),
    invitation: choiceParam(STATUSES),
  })
  const [revoking, setRevoking] = useState<Invitation>()
  const { choice, table } = useSortChoice(SORTS)
  const { query, paging } = usePaged('invitations.list', {
    ...(status === undefined ? {} : { status }),
    ...choice,
  })
  // Made, accepted or revoked in another window; whoever accepts one is a new person.
  useRefreshOn(['user.changed', 'data.changed'], ['invitations.list'])
  const rows = query.data?.rows
  const isNone = rows?.length === 0 && !query.isError
  const isEmpty = isNone && status === undefined && paging.pageIndex === 0
  return (
    <div className={styles['list']}>
      {isEmpty ? undefined : (
        <FilterBar>
          <FilterSelect
            label={t('status')}
            value={status}
            options={STATUSES.map((value) => ({ value, label: t(`invitation_${value}`) }))}
            onChange={(value) => setParams({ invitation: value })}
          />
        </FilterBar>
      )}
      <div className={isEmpty ? undefined : 'panel'}>
        {query.isPending ? <SkeletonRows rows={4} /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {rows !== undefined && !query.isError && rows.length > 0 ? (
          <>
            <InvitationsTable rows={rows} table={table} onRevoke={setRevoking} />
            <Pager paging={paging} total={query.data?.total} />
          </>
        ) : undefined}
        {isNone && status !== undefined ? (
          <NoResults onClear={() => setParams({ invitation: undefined })} />
        ) : undefined}
        {isEmpty ? (
          <EmptyState
            icon={<Mail size={32} strokeWidth={1.5} />}
            title={t('noInvitationsTitle')}
            actions={<Button onClick={onInvite}>{t('inviteSomebody')}</Button>}
          >
            {t('noInvitationsText')}
          </EmptyState>
        ) : undefined}
      </div>
      {revoking === undefined ? undefined : (
        <RevokeDialog invitation={revoking} onClose={() => setRevoking(undefined)} />
      )}
    </div>
  )
}

interface InvitationsTableProps {
  readonly rows: readonly Invitation[]
  readonly table: TableSorting
  readonly onRevoke: (invitation: Invitation) => void
}

function InvitationsTable({ rows, table, onRevoke }: InvitationsTableProps) {
  const t = useWords()
  const columns: readonly Column<Invitation>[] = [
    {
      name: 'for',
      head: t('invitationFor'),
      cuts: 'who',
      sort: 'email',
      cell: ({ email }) => (email === null ? t('anybody') : <CutText text={email} look="strong" />),
    },
    {
      name: 'status',
      head: t('status'),
      cell({ status }) {
        const shape = <StatusShape status={SHAPES[status]}>{t(`invitation_${status}`)}</StatusShape>
        if (status !== 'withdrawn') return shape
        return (
          <div className="two">
            {shape}
            <span className={`help ${styles['why']}`}>{t('withdrawnWhy')}</span>
          </div>
        )
      },
    },
    { name: 'role', head: t('role'), cell: ({ role }) => <span className="sec">{t(`role_${role}`)}</span> },
    {
      name: 'made',
      head: t('invitationMade'),
      sort: 'createdAt',
      isTime: true,
      cell: ({ createdAt }) => <Time atMs={createdAt} />,
    },
    {
      name: 'ends',
      head: t('invitationEnds'),
      sort: 'endsAt',
      isTime: true,
      cell: ({ status, expiresAt, usedAt, usedBy, revokedAt }) => {
        // Since when its maker is no administrator is known from the audit alone.
        if (status === 'withdrawn') return '—'
        if (usedBy === null) return <Time atMs={revokedAt ?? expiresAt} />
        return (
          <Link className="link" href={userPath(usedBy)}>
            {usedAt === null ? t('open') : <Time atMs={usedAt} />}
          </Link>
        )
      },
    },
    {
      name: 'note',
      head: t('note'),
      cuts: 'who',
      cell: ({ note }) => <CutText text={note} look="secondary" />,
    },
    {
      name: 'actions',
      head: t('revoke'),
      inCard: 'actions',
      cell: (invitation) =>
        invitation.status === 'open' ? (
          <Button size="sm" kind="ghost" onClick={() => onRevoke(invitation)}>
            <Ban size={14} aria-hidden="true" />
            {t('revoke')}
          </Button>
        ) : undefined,
    },
  ]
  return (
    <Table label={t('view_invitations')} columns={columns} rows={rows} keyOf={({ id }) => id} {...table} />
  )
}

interface RevokeDialogProps {
  readonly invitation: Invitation
  readonly onClose: () => void
}

function RevokeDialog({ invitation, onClose }: RevokeDialogProps) {
  const t = useWords()
  const { mutate, isPending, error } = useChange('invitations.revoke', ['invitations.list', 'audit.list'])
  const onSuccess = () => {
    toast({ status: 'off', text: t('revoked') })
    onClose()
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('revokeTitle')}
      confirmLabel={t('revoke')}
      onConfirm={() => mutate({ invitationId: invitation.id }, { onSuccess })}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('revokeText', { email: invitation.email ?? t('anybody') })}
    </ConfirmDialog>
  )
}
