// A link for choosing a new password, for a gateway without mail or a person whose mail is lost. Shown once.
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { SecretOnceDialog } from './secret-once-dialog.tsx'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface ResetLinkDialogProps {
  readonly user: UserRow
  readonly onClose: () => void
}

export function ResetLinkDialog({ user: { id: userId, email }, onClose }: ResetLinkDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const { mutate, data, isPending, error } = useChange('users.resetLink', ['audit.list'])
  if (data !== undefined) {
    return (
      <SecretOnceDialog
        title={t('resetLinkDone')}
        text={t('resetLinkHandOver', { email })}
        lines={[{ name: t('resetLink'), value: data.link }]}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('resetLink')}
      subtitle={email}
      onSubmit={() => mutate({ userId })}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={isPending}>
            {t('resetLinkSubmit')}
          </Button>
        </>
      }
    >
      <p>{t('resetLinkText', { email })}</p>
      <FailureNote error={error} />
    </Dialog>
  )
}
