// The field in the title bar that opens the palette, and the keys that do it from everywhere. The palette itself is loaded after
// the first paint.
import { Search } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { PLACE_GROUPS } from './places.ts'
import { commandKey, createShortcuts, isTyping } from './shortcuts.ts'
import { useShellWords } from './words.ts'

const loadPalette = () => import('./palette/palette.tsx')
const Palette = lazy(() => loadPalette().then(({ Palette: one }) => ({ default: one })))
/** After the first paint, and before anybody types into it: what is typed while it loads would be lost. */
const PALETTE_AFTER_MS = 1_000
const ShortcutsHelp = lazy(() =>
  import('./palette/shortcuts-help.tsx').then(({ ShortcutsHelp: one }) => ({ default: one })),
)

export function SearchEverything({ address }: { readonly address: string | undefined }) {
  const t = useShellWords()
  const [, navigate] = useLocation()
  const [open, setOpen] = useState<'palette' | 'help'>()
  useEffect(() => {
    const meant = createShortcuts()
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey: isAlt, target } = event
      const shortcut = meant({
        key,
        atMs: event.timeStamp,
        isCommand: ctrlKey || metaKey,
        isAlt,
        isTaken: isTyping(target),
      })
      if (shortcut === undefined) return
      event.preventDefault()
      if (shortcut.kind !== 'go') return setOpen(shortcut.kind)
      const place = PLACE_GROUPS.flat().find(({ word }) => word === shortcut.place)
      if (place !== undefined) navigate(place.path)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate])
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), PALETTE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  const close = () => setOpen(undefined)
  return (
    <>
      <button type="button" className="cmd" aria-haspopup="dialog" onClick={() => setOpen('palette')}>
        <Search size={14} aria-hidden="true" />
        <span className="grow trunc">{t('searchEverything')}</span>
        <span className="row g4" aria-hidden="true">
          <span className="kbd">{commandKey()}</span>
          <span className="kbd">K</span>
        </span>
      </button>
      <Suspense>
        {open === 'palette' ? (
          <Palette address={address} go={navigate} onHelp={() => setOpen('help')} onClose={close} />
        ) : undefined}
        {open === 'help' ? <ShortcutsHelp onClose={close} /> : undefined}
      </Suspense>
    </>
  )
}
