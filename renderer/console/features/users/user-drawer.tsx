// One person beside the list: what they have, who they are, and what can be done about it.
import { CircleDollarSign, Pause, Play } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { failureOf } from '../../../client/failures.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { CopyButton } from '../../../kit/copy.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { Drawer } from '../../../kit/drawer.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Facts } from '../../../kit/page.tsx'
import { Tag } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { AdjustBalanceDialog } from './adjust-balance-dialog.tsx'
import { STATUS_SHAPE, type UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface UserDrawerProps {
  readonly userId: string
  readonly onClose: () => void
}

export function UserDrawer({ userId, onClose }: UserDrawerProps) {
  const query = useAsk('users.get', { userId })
  const t = useWords()
  if (query.isError) {
    return (
      <Drawer title={t('title')} onClose={onClose}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      </Drawer>
    )
  }
  if (query.data === undefined) {
    return (
      <Drawer title={t('title')} onClose={onClose}>
        <SkeletonRows rows={5} />
      </Drawer>
    )
  }
  return <LoadedUser user={query.data} onClose={onClose} />
}

function LoadedUser({ user, onClose }: { readonly user: UserRow; readonly onClose: () => void }) {
  const t = useWords()
  const [dialog, setDialog] = useState<'adjust' | 'suspend'>()
  const close = () => setDialog(undefined)
  return (
    <Drawer
      title={user.email}
      meta={
        <span className="row g8" style={{ marginTop: 6 }}>
          <Tag status={STATUS_SHAPE[user.status]}>{t(`status_${user.status}`)}</Tag>
          {t(`role_${user.role}`)}
        </span>
      }
      onClose={onClose}
      actions={
        user.status === 'deleted' ? undefined : (
          <>
            <Button kind="primary" onClick={() => setDialog('adjust')}>
              <CircleDollarSign size={15} aria-hidden="true" />
              {t('adjust')}
            </Button>
            {user.status === 'active' ? (
              <Button onClick={() => setDialog('suspend')}>
                <Pause size={14} aria-hidden="true" />
                {t('suspend')}
              </Button>
            ) : (
              <ActivateButton user={user} />
            )}
          </>
        )
      }
    >
      <div className="rc">
        <h3>{t('detailMoney')}</h3>
        <MoneyLine name={t('balance')} nanoUsd={user.balanceNanoUsd} />
        <MoneyLine name={t('creditLimit')} nanoUsd={user.creditLimitNanoUsd} />
        <MoneyLine name={t('held')} nanoUsd={-user.openHoldsNanoUsd} />
        <MoneyLine name={<b className="b">{t('available')}</b>} nanoUsd={user.availableNanoUsd} />
      </div>
      <div className="rc">
        <h3>{t('detailAccount')}</h3>
        <Facts
          facts={[
            { name: t('joined'), value: <Time atMs={user.createdAt} isAbsolute /> },
            {
              name: t('lastSeen'),
              value: user.lastSeenAt === null ? t('notSeen') : <Time atMs={user.lastSeenAt} />,
            },
            {
              name: t('userId'),
              value: (
                <span className="row g4 top">
                  <Mono>{user.id}</Mono>
                  <CopyButton text={user.id} what={t('userId')} />
                </span>
              ),
            },
          ]}
        />
      </div>
      {dialog === 'adjust' ? <AdjustBalanceDialog user={user} onClose={close} /> : undefined}
      {dialog === 'suspend' ? <SuspendDialog user={user} onClose={close} /> : undefined}
    </Drawer>
  )
}

function MoneyLine({ name, nanoUsd }: { readonly name: ReactNode; readonly nanoUsd: number }) {
  return (
    <div className="ln">
      <span className="k">{name}</span>
      <span className="dots" />
      <Money nanoUsd={nanoUsd} kind="balance" />
    </div>
  )
}

function ActivateButton({ user }: { readonly user: UserRow }) {
  const t = useWords()
  const words = useFailureWords()
  const { mutateAsync, isPending } = useChange('users.setStatus', ['users.list', 'users.get'])
  const activate = () => {
    mutateAsync({ userId: user.id, status: 'active' }).then(
      () => toast({ text: t('activated', { email: user.email }) }),
      (error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) }),
    )
  }
  return (
    <Button onClick={activate} isWorking={isPending}>
      <Play size={14} aria-hidden="true" />
      {t('activate')}
    </Button>
  )
}

function SuspendDialog({ user, onClose }: { readonly user: UserRow; readonly onClose: () => void }) {
  const t = useWords()
  const { mutate, isPending, error } = useChange('users.setStatus', ['users.list', 'users.get'])
  const { email } = user
  const suspend = () =>
    mutate(
      { userId: user.id, status: 'suspended' },
      {
        onSuccess() {
          toast({ status: 'off', text: t('suspended', { email }) })
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('suspendTitle', { email })}
      confirmLabel={t('suspendSubmit')}
      onConfirm={suspend}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('suspendText', { email })}
    </ConfirmDialog>
  )
}
