// Deletes a person, asked for by their address: nothing brings them back.
import { useChange } from '../../../client/hooks.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { moneyString } from '../../../kit/money.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface DeleteUserDialogProps {
  readonly user: UserRow
  readonly onClose: () => void
  readonly onDeleted: () => void
}

export function DeleteUserDialog({ user, onClose, onDeleted }: DeleteUserDialogProps) {
  const t = useWords()
  const { id: userId, email, role, balanceNanoUsd } = user
  const text = t('deleteText', { email, amount: moneyString(balanceNanoUsd, { kind: 'left' }) })
  const { mutate, isPending, error } = useChange('users.delete', [
    'users.list',
    'keys.list',
    'invitations.list',
    'audit.list',
  ])
  const onSuccess = () => {
    toast({ status: 'off', text: t('deleted', { email }) })
    onDeleted()
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('deleteTitle', { email })}
      confirmLabel={t('deleteSubmit')}
      confirmName={email}
      onConfirm={() => mutate({ userId, confirmEmail: email }, { onSuccess })}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {role === 'admin' ? t('endsLinks', { text }) : text}
    </ConfirmDialog>
  )
}
