// Copying, also where the browser gives no clipboard: a page on plain HTTP in a local network is no secure context.
import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Button } from './button.tsx'
import { IconButton } from './icon-button.tsx'
import { useKitWords } from './kit-words.ts'
import { toast } from './toast.tsx'

const CONFIRMED_MS = 2_000

/** Resolves to whether the text is on the clipboard now. Has to be called from a press. */
export async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Forbidden by a policy: the selection may still do.
    }
  }
  return copySelected(text)
}

function copySelected(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.setAttribute('aria-hidden', 'true')
  area.style.cssText = 'position:fixed;top:0;opacity:0'
  // Inside the open dialog, if there is one: outside of it, focus is not allowed to go.
  const host = document.activeElement?.closest('[role="dialog"]') ?? document.body
  const before = document.activeElement
  host.append(area)
  area.select()
  try {
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    area.remove()
    if (before instanceof HTMLElement) before.focus()
  }
}

function useCopy(text: string): { readonly isCopied: boolean; copy(): void } {
  const t = useKitWords()
  // The text, not a flag: where another text takes the button's place, that one is not copied.
  const [copied, setCopied] = useState<string>()
  useEffect(() => {
    if (copied === undefined) return
    const timer = setTimeout(() => setCopied(undefined), CONFIRMED_MS)
    return () => clearTimeout(timer)
  }, [copied])
  return {
    isCopied: copied === text,
    copy() {
      void copyText(text).then((isDone) => {
        if (isDone) setCopied(text)
        else toast({ status: 'bad', text: t('copyFailed') })
      })
    },
  }
}

interface CopyButtonProps {
  readonly text: string
  /** What is copied, as a name for those who do not see the icon. */
  readonly what: string
}

/** The icon beside a literal. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const t = useKitWords()
  const { isCopied, copy } = useCopy(text)
  return (
    <>
      <IconButton label={isCopied ? t('copied') : t('copyNamed', { what })} isSmall onClick={copy}>
        {isCopied ? <Check size={14} className="c-ok" /> : <Copy size={13} />}
      </IconButton>
      <span className="sr" role="status">
        {isCopied ? t('copied') : ''}
      </span>
    </>
  )
}

interface LabelledCopyButtonProps {
  readonly text: string
  readonly children: ReactNode
  readonly kind?: 'primary' | 'secondary'
  readonly size?: 'sm' | 'md'
}

/** A button that says what it copies. */
export function LabelledCopyButton({ text, children, kind, size }: LabelledCopyButtonProps) {
  const t = useKitWords()
  const { isCopied, copy } = useCopy(text)
  return (
    <Button
      {...(kind === undefined ? {} : { kind })}
      {...(size === undefined ? {} : { size })}
      onClick={copy}
    >
      {isCopied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
      <span aria-live="polite">{isCopied ? t('copied') : children}</span>
    </Button>
  )
}
