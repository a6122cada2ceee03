// Takes a second factor away, for somebody whose authenticator and recovery codes are gone.
import { useChange } from '../../../client/hooks.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface SecondFactorDialogProps {
  readonly user: UserRow
  readonly onClose: () => void
}

export function SecondFactorDialog({ user: { id: userId, email }, onClose }: SecondFactorDialogProps) {
  const t = useWords()
  const { mutate, isPending, error } = useChange('users.resetSecondFactor', ['users.get', 'audit.list'])
  const onSuccess = () => {
    toast({ text: t('secondFactorReset', { email }) })
    onClose()
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('resetSecondFactor')}
      confirmLabel={t('resetSecondFactorSubmit')}
      confirmName={email}
      onConfirm={() => mutate({ userId }, { onSuccess })}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('resetSecondFactorText', { email })}
    </ConfirmDialog>
  )
}
