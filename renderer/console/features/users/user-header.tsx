// The head of a person's page: who it is, in which state, and what can be done. What shuts somebody out is asked first.
import {
  ArrowLeft,
  Check,
  CircleDollarSign,
  CreditCard,
  Ellipsis,
  KeyRound,
  Link2,
  Pause,
  Pencil,
  Play,
  Trash2,
  X,
} from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../../../kit/menu.tsx'
import { Avatar } from '../../../kit/page.tsx'
import { Tag } from '../../../kit/shape.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import { AdjustBalanceDialog } from './adjust-balance-dialog.tsx'
import { CreditLimitDialog } from './credit-limit-dialog.tsx'
import { DeleteUserDialog } from './delete-user-dialog.tsx'
import { EditUserDialog } from './edit-user-dialog.tsx'
import { ResetLinkDialog } from './reset-link-dialog.tsx'
import { SecondFactorDialog } from './second-factor-dialog.tsx'
import { useStatusChange } from './status-change.tsx'
import { actionsFor, STATUS_SHAPE, type UserRow } from './user-status.ts'
import styles from './users.module.css'
import { useWords } from './words.ts'

const ICONS = { approve: Check, reject: X, suspend: Pause, activate: Play } as const

type OpenDialog = 'adjust' | 'credit' | 'edit' | 'resetLink' | 'secondFactor' | 'delete'

interface UserHeaderProps {
  readonly user: UserRow
  /** The account is deleted or turned away: its page is no place to stay. */
  readonly onGone: () => void
}

export function UserHeader({ user, onGone }: UserHeaderProps) {
  const t = useWords()
  const [dialog, setDialog] = useState<OpenDialog>()
  const change = useStatusChange(onGone)
  const close = () => setDialog(undefined)
  return (
    <header className={styles['userhead']}>
      <Link className="ib" href={CONSOLE_PATHS.users} aria-label={t('back')} data-tip={t('back')}>
        <ArrowLeft size={16} />
      </Link>
      <Avatar name={user.email} isLarge />
      <div className="grow">
        <div className="row g8 wrap">
          <h1>{user.email}</h1>
          <Tag status={STATUS_SHAPE[user.status]}>{t(`status_${user.status}`)}</Tag>
          <span className="sec">{t(`role_${user.role}`)}</span>
        </div>
        <p className="meta">
          <Sentence text={t('joinedAt')} parts={{ time: <Time atMs={user.createdAt} /> }} />
          {' · '}
          {user.lastSeenAt === null ? (
            t('neverSeen')
          ) : (
            <Sentence text={t('seenAt')} parts={{ time: <Time atMs={user.lastSeenAt} /> }} />
          )}
        </p>
      </div>
      {user.status === 'deleted' ? undefined : (
        <>
          <MoreMenu user={user} onOpen={setDialog} />
          {actionsFor(user).map((action) => {
            const Icon = ICONS[action]
            return (
              <Button key={action} onClick={() => change.begin(action, user)} isWorking={change.isWorking}>
                <Icon size={14} aria-hidden="true" />
                {t(action)}
              </Button>
            )
          })}
          <Button kind="primary" onClick={() => setDialog('adjust')}>
            <CircleDollarSign size={15} aria-hidden="true" />
            {t('adjust')}
          </Button>
        </>
      )}
      {change.dialog}
      {dialog === 'adjust' ? <AdjustBalanceDialog user={user} onClose={close} /> : undefined}
      {dialog === 'credit' ? <CreditLimitDialog user={user} onClose={close} /> : undefined}
      {dialog === 'edit' ? <EditUserDialog user={user} onClose={close} /> : undefined}
      {dialog === 'resetLink' ? <ResetLinkDialog user={user} onClose={close} /> : undefined}
      {dialog === 'secondFactor' ? <SecondFactorDialog user={user} onClose={close} /> : undefined}
      {dialog === 'delete' ? <DeleteUserDialog user={user} onClose={close} onDeleted={onGone} /> : undefined}
    </header>
  )
}

interface MoreMenuProps {
  readonly user: UserRow
  readonly onOpen: (dialog: OpenDialog) => void
}

function MoreMenu({ user, onOpen }: MoreMenuProps) {
  const t = useWords()
  return (
    <Menu
      trigger={
        <IconButton label={t('more', { email: user.email })}>
          <Ellipsis size={16} />
        </IconButton>
      }
    >
      <MenuItem icon={<Pencil size={15} />} onSelect={() => onOpen('edit')}>
        {t('edit')}
      </MenuItem>
      <MenuItem icon={<CreditCard size={15} />} onSelect={() => onOpen('credit')}>
        {t('changeCreditLimit')}
      </MenuItem>
      <MenuItem
        icon={<Link2 size={15} />}
        isDisabled={user.status !== 'active'}
        onSelect={() => onOpen('resetLink')}
      >
        {t('resetLink')}
      </MenuItem>
      {user.hasSecondFactor ? (
        <MenuItem icon={<KeyRound size={15} />} onSelect={() => onOpen('secondFactor')}>
          {t('resetSecondFactor')}
        </MenuItem>
      ) : undefined}
      <MenuLine />
      <MenuItem icon={<Trash2 size={15} />} isDestructive onSelect={() => onOpen('delete')}>
        {t('delete')}
      </MenuItem>
    </Menu>
  )
}
