// The list of people: found, sorted by the server, ticked for a change of many, opened on a page of their own.

import { Check, Ellipsis, Pause, Play, UserRound, X } from 'lucide-react'
import { Money, Time } from '../../../kit/amounts.tsx'
import { RowCheckbox } from '../../../kit/choices.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../../../kit/menu.tsx'
import { Avatar } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import type { TableSorting } from '../../../kit/sorting.ts'
import { type Column, Table } from '../../../kit/table.tsx'
import { actionsFor, STATUS_SHAPE, type StatusAction, type UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface UsersTableProps {
  readonly rows: readonly UserRow[]
  readonly onOpen: (user: UserRow) => void
  readonly table: TableSorting
  readonly ticked: ReadonlySet<string>
  readonly onTick: (user: UserRow, isOn: boolean) => void
  readonly onAction: (action: StatusAction, user: UserRow) => void
}

export function UsersTable(props: UsersTableProps) {
  const { rows, onOpen, table, ticked, onTick, onAction } = props
  const t = useWords()
  const columns: readonly Column<UserRow>[] = [
    {
      name: 'tick',
      head: t('select'),
      inCard: 'actions',
      cell: (user) => (
        <RowCheckbox
          label={t('selectUser', { email: user.email })}
          isOn={ticked.has(user.id)}
          isDisabled={user.status === 'deleted'}
          onChange={(isOn) => onTick(user, isOn)}
        />
      ),
    },
    {
      name: 'email',
      head: t('email'),
      cuts: 'who',
      sort: 'email',
      cell: ({ email }) => (
        <span className="row g8">
          <Avatar name={email} />
          <CutText text={email} look="strong" />
        </span>
      ),
    },
    {
      name: 'status',
      head: t('status'),
      cell: ({ status, deletionRequestedAt }) =>
        deletionRequestedAt !== null && status !== 'deleted' ? (
          <StatusShape status="warn">{t('wantsDeletion')}</StatusShape>
        ) : (
          <StatusShape status={STATUS_SHAPE[status]}>{t(`status_${status}`)}</StatusShape>
        ),
    },
    { name: 'role', head: t('role'), cell: ({ role }) => <span className="sec">{t(`role_${role}`)}</span> },
    {
      name: 'joined',
      head: t('joined'),
      sort: 'createdAt',
      isTime: true,
      cell: ({ createdAt }) => <Time atMs={createdAt} />,
    },
    {
      name: 'lastSeen',
      head: t('lastSeen'),
      sort: 'lastSeenAt',
      isTime: true,
      cell: ({ lastSeenAt }) =>
        lastSeenAt === null ? <span className="quiet">{t('notSeen')}</span> : <Time atMs={lastSeenAt} />,
    },
    {
      name: 'balance',
      head: t('balance'),
      isNumber: true,
      sort: 'balance',
      cell: ({ balanceNanoUsd }) => <Money nanoUsd={balanceNanoUsd} kind="left" />,
    },
    {
      name: 'actions',
      head: t('more', { email: '' }),
      inCard: 'actions',
      cell: (user) => <UserMenu user={user} onOpen={onOpen} onAction={onAction} />,
    },
  ]
  return (
    <Table
      label={t('title')}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      onOpen={onOpen}
      {...table}
    />
  )
}

const ICONS = { approve: Check, reject: X, suspend: Pause, activate: Play } as const

interface UserMenuProps extends Pick<UsersTableProps, 'onOpen' | 'onAction'> {
  readonly user: UserRow
}

function UserMenu({ user, onOpen, onAction }: UserMenuProps) {
  const t = useWords()
  const actions = actionsFor(user)
  return (
    <Menu
      trigger={
        <IconButton label={t('more', { email: user.email })}>
          <Ellipsis size={16} />
        </IconButton>
      }
    >
      <MenuItem icon={<UserRound size={15} />} onSelect={() => onOpen(user)}>
        {t('open')}
      </MenuItem>
      {actions.length > 0 ? <MenuLine /> : undefined}
      {actions.map((action) => {
        const Icon = ICONS[action]
        return (
          <MenuItem
            key={action}
            icon={<Icon size={15} />}
            isDestructive={action === 'reject'}
            onSelect={() => onAction(action, user)}
          >
            {t(action)}
          </MenuItem>
        )
      })}
    </Menu>
  )
}
