// Asks before a key is deleted, by its name: nothing brings it back.
import type { KeyRow } from '../../../api-keys/key-status.ts'
import { useChange } from '../../../client/hooks.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useWords } from './words.ts'

interface DeleteKeyDialogProps {
  readonly apiKey: KeyRow
  readonly onClose: () => void
}

export function DeleteKeyDialog({ apiKey: { id, name }, onClose }: DeleteKeyDialogProps) {
  const t = useWords()
  const { mutate, isPending, error } = useChange('keys.delete', ['keys.list', 'me.overview'])
  const confirm = () =>
    mutate(
      { keyId: id },
      {
        onSuccess() {
          toast({ text: t('deleted', { name }) })
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('deleteTitle', { name })}
      confirmLabel={t('deleteSubmit')}
      confirmName={name}
      onConfirm={confirm}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('deleteText', { name })}
    </ConfirmDialog>
  )
}
