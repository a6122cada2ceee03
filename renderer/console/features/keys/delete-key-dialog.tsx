// Asks before a key is deleted, by its name: nothing brings it back.
import { useChange } from '../../../client/hooks.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import type { KeyRow } from './key-status.ts'
import { useWords } from './words.ts'

interface DeleteKeyDialogProps {
  readonly apiKey: KeyRow
  readonly onClose: () => void
}

export function DeleteKeyDialog({ apiKey: { id: keyId, name, userEmail }, onClose }: DeleteKeyDialogProps) {
  const t = useWords()
  const { mutate, isPending, error } = useChange('keys.delete', ['keys.list', 'audit.list'])
  const onSuccess = () => {
    toast({ text: t('deleted', { name }) })
    onClose()
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('deleteTitle', { name })}
      confirmLabel={t('deleteSubmit')}
      confirmName={name}
      onConfirm={() => mutate({ keyId }, { onSuccess })}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('deleteText', { name, email: userEmail })}
    </ConfirmDialog>
  )
}
