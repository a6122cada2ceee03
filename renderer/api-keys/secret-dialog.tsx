// A new key's secret, shown this once. Closes by its buttons alone.
import { Plug } from 'lucide-react'
import { Button } from '../kit/button.tsx'
import { Dialog } from '../kit/dialog.tsx'
import { CopyLine } from '../kit/literals.tsx'
import { useApiKeyWords } from './words.ts'

interface SecretDialogProps {
  readonly secret: string
  /** One sentence on what is true now. */
  readonly text: string
  /** Where clients send requests to. */
  readonly baseUrl?: string | undefined
  /** Given: leads to where the key is put to use, and takes it along. */
  readonly onConnect?: ((secret: string) => void) | undefined
  readonly onClose: () => void
}

export function SecretDialog({ secret, text, baseUrl, onConnect, onClose }: SecretDialogProps) {
  const t = useApiKeyWords()
  return (
    <Dialog
      isOpen
      isSticky
      onClose={onClose}
      title={t('secretTitle')}
      actions={
        <>
          {onConnect === undefined ? undefined : (
            <Button onClick={() => onConnect(secret)}>
              <Plug size={14} aria-hidden="true" />
              {t('secretConnect')}
            </Button>
          )}
          <Button kind="primary" onClick={onClose}>
            {t('secretDone')}
          </Button>
        </>
      }
    >
      <p>{text}</p>
      <div className="col g6" data-secret>
        <span className="m">{t('secretKey')}</span>
        <CopyLine text={secret} what={t('secretKey')} />
      </div>
      {baseUrl === undefined ? undefined : (
        <div className="col g6">
          <span className="m">{t('secretBase')}</span>
          <CopyLine text={baseUrl} what={t('secretBase')} />
        </div>
      )}
      <p className="help">{t('secretHelp')}</p>
    </Dialog>
  )
}
