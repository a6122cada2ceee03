// The list of people. Beside an open drawer it leaves out what the drawer says.
import { Money, Time } from '../../../kit/amounts.tsx'
import { Avatar } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { type Column, Table } from '../../../kit/table.tsx'
import { STATUS_SHAPE, type UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface UsersTableProps {
  readonly rows: readonly UserRow[]
  readonly openId: string | undefined
  readonly onOpen: (user: UserRow) => void
}

export function UsersTable({ rows, openId, onOpen }: UsersTableProps) {
  const t = useWords()
  const isDrawerOpen = openId !== undefined
  const columns: readonly Column<UserRow>[] = [
    {
      name: 'email',
      head: t('email'),
      cell: ({ email }) => (
        <span className="row g8">
          <Avatar name={email} />
          <span className="m">{email}</span>
        </span>
      ),
    },
    {
      name: 'status',
      head: t('status'),
      cell: ({ status }) => <StatusShape status={STATUS_SHAPE[status]}>{t(`status_${status}`)}</StatusShape>,
    },
    {
      name: 'role',
      head: t('role'),
      isHidden: isDrawerOpen,
      cell: ({ role }) => <span className="sec">{t(`role_${role}`)}</span>,
    },
    {
      name: 'lastSeen',
      head: t('lastSeen'),
      isHidden: isDrawerOpen,
      cell: ({ lastSeenAt }) =>
        lastSeenAt === null ? <span className="quiet">{t('notSeen')}</span> : <Time atMs={lastSeenAt} />,
    },
    {
      name: 'available',
      head: t('available'),
      isNumber: true,
      isHidden: isDrawerOpen,
      cell: ({ availableNanoUsd }) => <Money nanoUsd={availableNanoUsd} kind="balance" />,
    },
    {
      name: 'balance',
      head: t('balance'),
      isNumber: true,
      cell: ({ balanceNanoUsd }) => <Money nanoUsd={balanceNanoUsd} kind="balance" />,
    },
  ]
  return (
    <Table
      label={t('title')}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      openKey={openId}
      onOpen={onOpen}
    />
  )
}
