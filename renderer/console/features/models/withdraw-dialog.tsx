// Takes back a price that has not begun.
import { useChange } from '../../../client/hooks.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { useDone } from '../../../kit/undo.ts'
import type { BookRow } from './priced-model.ts'
import { useWords } from './words.ts'

export function WithdrawDialog({ row, onClose }: { readonly row: BookRow; readonly onClose: () => void }) {
  const t = useWords()
  const { model } = row
  const tellDone = useDone()
  const { mutate, isPending, error } = useChange('prices.withdraw', ['prices.list', 'models.list'])
  const setAgain = useChange('prices.upsert', ['prices.list', 'models.list'])
  const confirm = () =>
    mutate(
      { priceId: row.id },
      {
        onSuccess: () => {
          tellDone({ text: t('withdrawn', { model }), undo: () => setAgain.mutateAsync(toInput(row)) })
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

/** The same price anew: the row that was withdrawn stays in the book, marked. */
function toInput({ id: _, origin: __, createdAt: ___, state: ____, source, ...rates }: BookRow) {
  return source ? { ...rates, source } : rates
}
