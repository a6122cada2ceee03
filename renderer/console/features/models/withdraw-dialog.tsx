// Takes back a price that has not begun.
import { useChange } from '../../../client/hooks.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import type { BookRow } from './priced-model.ts'
import { useWords } from './words.ts'

export function WithdrawDialog({ row, onClose }: { readonly row: BookRow; readonly onClose: () => void }) {
  const t = useWords()
  const { model } = row
  const { mutate, isPending, error } = useChange('prices.withdraw', ['prices.list', 'models.list'])
  const confirm = () =>
    mutate(
      { priceId: row.id },
      {
        onSuccess: () => {
          toast({ text: t('withdrawn', { model }) })
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('withdrawTitle', { model })}
      confirmLabel={t('withdraw')}
      onConfirm={confirm}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('withdrawText', { model })}
    </ConfirmDialog>
  )
}
