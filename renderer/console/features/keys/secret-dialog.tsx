// A new key's secret, shown this once. Closes by its button alone.
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { CopyLine } from '../../../kit/literals.tsx'
import { useWords } from './words.ts'

interface SecretDialogProps {
  readonly secret: string
  /** One sentence on what is true now. */
  readonly text: string
  readonly onClose: () => void
}

export function SecretDialog({ secret, text, onClose }: SecretDialogProps) {
  const t = useWords()
  return (
    <Dialog
      isOpen
      isSticky
      onClose={onClose}
      title={t('secretTitle')}
      actions={
        <Button kind="primary" onClick={onClose}>
          {t('secretDone')}
        </Button>
      }
    >
      <p>{text}</p>
      <CopyLine text={secret} what={t('secretKey')} />
      <p className="help">{t('secretHelp')}</p>
    </Dialog>
  )
}
