// What happened, and one thing to do about it. Bottom right, 6 seconds (longer where there is something to do), and no clock
// while it is pointed at or has the focus. Never for errors that need a decision.
import { X } from 'lucide-react'
import { type FocusEvent, useEffect, useRef, useState } from 'react'
import { create } from 'zustand'
import { Button } from './button.tsx'
import { IconButton } from './icon-button.tsx'
import { useKitWords } from './kit-words.ts'
import { Shape, type Status } from './shape.tsx'

const SHOWN_MS = 6_000
/** Enough to read it, to notice a slip, and to reach for the button. */
const SHOWN_WITH_ACTION_MS = 12_000
const TOASTS_MAX = 3
/** Between a dialog and the toasts above it. */
const GAP_PX = 12

export interface ToastMessage {
  readonly text: string
  readonly status?: Status
  /** Read out together with the text: of two toasts that both offer to undo, each says what. */
  readonly action?: { readonly label: string; readonly onSelect: () => void }
}

interface Toasts {
  readonly shown: readonly (ToastMessage & { readonly id: number })[]
  readonly lastId: number
}

const useToasts = create<Toasts>()(() => ({ shown: [], lastId: 0 }))

export function toast(message: ToastMessage): void {
  useToasts.setState(({ shown, lastId }) => ({
    shown: [...shown.slice(1 - TOASTS_MAX), { ...message, id: lastId + 1 }],
    lastId: lastId + 1,
  }))
}

const dismiss = (id: number): void =>
  useToasts.setState(({ shown }) => ({ shown: shown.filter((message) => message.id !== id) }))

/** Once in each app, at the end of its shell. */
export function Toaster() {
  const shown = useToasts((toasts) => toasts.shown)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (box.current === null) return
    // On a phone a dialog leaves them their room: neither its title nor its buttons may be covered.
    const observer = new ResizeObserver(([entry]) => {
      const heightPx = entry?.target.clientHeight ?? 0
      document.documentElement.style.setProperty('--toasts', `${heightPx === 0 ? 0 : heightPx + GAP_PX}px`)
    })
    observer.observe(box.current)
    return () => observer.disconnect()
  }, [])
  return (
    <div className="toasts" role="status" aria-live="polite" ref={box}>
      {shown.map((message) => (
        <ToastCard key={message.id} message={message} onClose={() => dismiss(message.id)} />
      ))}
    </div>
  )
}

interface ToastCardProps {
  readonly message: ToastMessage
  readonly onClose: () => void
}

function ToastCard({ message: { text, status = 'ok', action }, onClose }: ToastCardProps) {
  const t = useKitWords()
  const [isPointedAt, setIsPointedAt] = useState(false)
  const [isFocused, setIsFocused] = useState(false)
  const isHeld = isPointedAt || isFocused
  const shownMs = action === undefined ? SHOWN_MS : SHOWN_WITH_ACTION_MS
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(onClose, shownMs)
    return () => clearTimeout(timer)
  }, [isHeld, onClose, shownMs])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only stops its clock
    <div
      className="toast"
      onPointerEnter={() => setIsPointedAt(true)}
      onPointerLeave={() => setIsPointedAt(false)}
      onFocus={() => setIsFocused(true)}
      onBlur={(event: FocusEvent<HTMLElement>) =>
        setIsFocused(event.currentTarget.contains(event.relatedTarget))
      }
    >
      <Shape status={status} />
      <span className="grow">{text}</span>
      {action === undefined ? undefined : (
        <Button
          kind="quiet"
          size="sm"
          aria-label={t('actionOn', { action: action.label, text })}
          onClick={() => {
            action.onSelect()
            onClose()
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton label={t('close')} onClick={onClose}>
        <X size={14} />
      </IconButton>
    </div>
  )
}
