// A secret that is shown this once: a first password, a link. Closes by its button alone.
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { CopyLine } from '../../../kit/literals.tsx'
import { Note } from '../../../kit/states.tsx'
import { useWords } from './words.ts'

const LOOPBACK_LINK = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/

interface SecretOnceDialogProps {
  readonly title: string
  readonly text: string
  readonly lines: readonly {
    readonly name: string
    readonly value: string
    readonly isSecret?: boolean
  }[]
  readonly onClose: () => void
}

export function SecretOnceDialog({ title, text, lines, onClose }: SecretOnceDialogProps) {
  const t = useWords()
  return (
    <Dialog
      isOpen
      isSticky
      onClose={onClose}
      title={title}
      actions={
        <Button kind="primary" onClick={onClose}>
          {t('secretDone')}
        </Button>
      }
    >
      <p>{text}</p>
      {lines.some(({ value }) => LOOPBACK_LINK.test(value)) ? (
        <Note status="warn">{t('onlyThisComputer')}</Note>
      ) : undefined}
      {lines.map(({ name, value, isSecret }) => (
        <div className="col g6" key={name} data-secret={isSecret}>
          <span className="m">{name}</span>
          <CopyLine text={value} what={name} />
        </div>
      ))}
    </Dialog>
  )
}
