// A question that has to be answered before anything else: who it concerns, the outcome before the button, one sentence on
// what is written and how to undo it. Never for reading.
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import { Sentence } from '../words/sentence.tsx'
import { Button } from './button.tsx'
import { IconButton } from './icon-button.tsx'
import { useKitWords } from './kit-words.ts'
import { TextInput } from './text-input.tsx'

/** What a person came to fill in; a choice between a few has an answer already. */
const FIELD = 'input:not([type=radio]), textarea'

interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  /** Whom it concerns. */
  readonly subtitle?: ReactNode
  readonly children: ReactNode
  /** The buttons, the primary one last. */
  readonly actions: ReactNode
  /** Given: the dialog is a form, and Enter submits it. */
  readonly onSubmit?: () => void
  /** Closes only by its buttons, as where a secret is shown this once. */
  readonly isSticky?: boolean
}

export function Dialog(props: DialogProps) {
  const { isOpen, onClose, title, subtitle, children, actions, onSubmit, isSticky = false } = props
  const t = useKitWords()
  const body = useRef<HTMLDivElement>(null)
  const foot = useRef<HTMLDivElement>(null)
  // A finger would bring up the keyboard, over half of the dialog. Without a field, the harmless one of the buttons comes first: where
  // a secret is shown this once, the one that copies it, and never the one that lets go of it.
  const firstField = (openedBy: string): HTMLElement | true =>
    body.current?.querySelector<HTMLElement>('[data-secret] button') ??
    (openedBy === 'touch' ? null : body.current?.querySelector<HTMLElement>(FIELD)) ??
    foot.current?.querySelector<HTMLElement>('button, a') ??
    true
  const content = (
    <>
      <div className="dh">
        <div>
          <Base.Title>{title}</Base.Title>
          {subtitle === undefined ? undefined : (
            <Base.Description className="meta" render={<div />}>
              {subtitle}
            </Base.Description>
          )}
        </div>
        {isSticky ? undefined : (
          <IconButton label={t('close')} onClick={onClose}>
            <X size={16} />
          </IconButton>
        )}
      </div>
      <div className="db" ref={body}>
        {children}
      </div>
      <div className="df" ref={foot}>
        {actions}
      </div>
    </>
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit?.()
  }
  return (
    <Base.Root
      open={isOpen}
      disablePointerDismissal={isSticky}
      onOpenChange={(open, details) => {
        if (open) return
        if (isSticky && details.reason === 'escape-key') return details.cancel()
        onClose()
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className="dialog" initialFocus={firstField}>
          {onSubmit === undefined ? (
            content
          ) : (
            <form noValidate onSubmit={submit}>
              {content}
            </form>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  /** What will happen, and to whom, in one sentence. */
  readonly children: ReactNode
  /** The verb and its object. */
  readonly confirmLabel: string
  readonly onConfirm: () => void
  readonly isWorking?: boolean
  /** What has to be typed first, where it cannot be undone. */
  readonly confirmName?: string
  readonly error?: ReactNode
}

/** Asks before something dangerous; with `confirmName`, by name. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, children, confirmLabel, onConfirm, isWorking, confirmName, error } = props
  const t = useKitWords()
  const [typed, setTyped] = useState('')
  const nameId = useId()
  const isConfirmed = confirmName === undefined || typed.trim() === confirmName.trim()
  const close = () => {
    setTyped('')
    onClose()
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={title}
      onSubmit={() => isConfirmed && !isWorking && onConfirm()}
      actions={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button type="submit" kind="destructive" disabled={!isConfirmed} isWorking={isWorking ?? false}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <p>{children}</p>
      {confirmName === undefined ? undefined : (
        <div className="field">
          <label className="lb" htmlFor={nameId}>
            <span>
              <Sentence text={t('typeToConfirm')} parts={{ name: <b className="b">{confirmName}</b> }} />
            </span>
          </label>
          <TextInput id={nameId} value={typed} onChange={setTyped} />
        </div>
      )}
      {error}
    </Dialog>
  )
}
