// The recovery codes, shown this once: copied, downloaded, and closed only by whoever says that they are kept.
import { Download } from 'lucide-react'
import { useMe } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { LabelledCopyButton } from '../../../kit/copy.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { downloadText } from '../../../kit/download.ts'
import { Mono } from '../../../kit/literals.tsx'
import styles from './account.module.css'
import { useWords } from './words.ts'

interface RecoveryCodesDialogProps {
  readonly codes: readonly string[]
  readonly onClose: () => void
}

export function RecoveryCodesDialog({ codes, onClose }: RecoveryCodesDialogProps) {
  const t = useWords()
  const { email } = useMe()
  const text = codes.join('\n')
  const download = () => {
    const head = t('codesFileHead', { email, host: window.location.host })
    downloadText('codex-gateway-recovery-codes.txt', `${head}\n\n${text}\n`)
  }
  return (
    <Dialog
      isOpen
      isSticky
      onClose={onClose}
      title={t('codesTitle')}
      subtitle={email}
      actions={
        <Button kind="primary" onClick={onClose}>
          {t('codesDone')}
        </Button>
      }
    >
      <p>{t('codesText')}</p>
      <ul className={`well ${styles['codes']}`} aria-label={t('codesList')}>
        {codes.map((code) => (
          <li key={code}>
            <Mono>{code}</Mono>
          </li>
        ))}
      </ul>
      <div className="row g8 wrap" data-secret>
        <LabelledCopyButton text={text}>{t('codesCopy')}</LabelledCopyButton>
        <Button onClick={download}>
          <Download size={14} aria-hidden="true" />
          {t('codesDownload')}
        </Button>
      </div>
    </Dialog>
  )
}
