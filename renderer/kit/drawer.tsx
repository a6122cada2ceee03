// The detail of one row, beside its list: not modal, so that J and K go on through the list while it shows each in turn.
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent, useId, useRef } from 'react'
import { IconButton } from './icon-button.tsx'
import { useKitWords } from './kit-words.ts'
import { focusOpenRow } from './table.tsx'

interface DrawerProps {
  readonly title: ReactNode
  readonly meta?: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
  readonly actions?: ReactNode
}

export function Drawer({ title, meta, onClose, children, actions }: DrawerProps) {
  const t = useKitWords()
  const titleId = useId()
  const drawer = useRef<HTMLElement>(null)
  const close = () => {
    // A focus that goes with the drawer would begin anew at the top of the page.
    if (drawer.current?.contains(document.activeElement)) focusOpenRow()
    onClose()
  }
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    // A dialog or menu on top of it has taken the key for itself.
    if (event.key === 'Escape' && !event.defaultPrevented && !isAboveDrawer(event.target)) close()
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => onKey(event)
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <aside className="drawer" aria-labelledby={titleId} ref={drawer}>
      <div className="dh">
        <div className="grow">
          <h2 id={titleId}>{title}</h2>
          {meta === undefined ? undefined : <div className="meta">{meta}</div>}
        </div>
        <IconButton label={t('close')} onClick={close}>
          <X size={16} />
        </IconButton>
      </div>
      <div className="db">{children}</div>
      {actions === undefined ? undefined : <div className="df">{actions}</div>}
    </aside>
  )
}

const isAboveDrawer = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('.dialog, .popup') !== null
