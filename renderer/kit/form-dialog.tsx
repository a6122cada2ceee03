// A dialog that is filled in: its last button, and Enter, send the form; the one before leaves everything as it was.
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { useKitWords } from './kit-words.ts'

interface FormDialogProps {
  readonly onClose: () => void
  readonly title: string
  /** Whom it concerns. */
  readonly subtitle?: ReactNode
  readonly form: { readonly isWorking: boolean; submit(): void }
  /** What the last button does, by its verb and object. */
  readonly submitLabel: ReactNode
  readonly children: ReactNode
}

export function FormDialog({ form, submitLabel, onClose, children, ...head }: FormDialogProps) {
  const t = useKitWords()
  return (
    <Dialog
      isOpen
      onClose={onClose}
      {...head}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {submitLabel}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}
