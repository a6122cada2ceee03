// The field in the title bar that opens the palette, and the keys that do it from everywhere. The palette itself is loaded after
// the first paint; what is typed before it stands is handed to it.
import { Search } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { useKitWords } from '../../kit/kit-words.ts'
import { stepFrom } from '../../kit/table.tsx'
import { toast } from '../../kit/toast.tsx'
import { PLACE_GROUPS } from './places.ts'
import { commandKey, createShortcuts, isInField, isTyping, textAfterKey } from './shortcuts.ts'
import { useShellWords } from './words.ts'

// Kept in the state and not by React's `lazy`, whose first showing waits for longer than the code needs to arrive.
const LOADERS = {
  palette: () => import('./palette/palette.tsx').then(({ Palette }) => ({ Palette })),
  help: () => import('./palette/shortcuts-help.tsx').then(({ ShortcutsHelp }) => ({ ShortcutsHelp })),
}
type PartName = keyof typeof LOADERS
type Parts = Partial<
  Awaited<ReturnType<(typeof LOADERS)['palette']>> & Awaited<ReturnType<(typeof LOADERS)['help']>>
>
/** After the first paint, and before most people open it. */
const PALETTE_AFTER_MS = 1_000

export function SearchEverything({ address }: { readonly address: string | undefined }) {
  const t = useShellWords()
  const kit = useKitWords()
  const [, navigate] = useLocation()
  const [open, setOpen] = useState<PartName>()
  const [typed, setTyped] = useState('')
  const [meant] = useState(createShortcuts)
  const [{ Palette, ShortcutsHelp }, load] = useParts()
  const show = (name: PartName) => {
    setTyped('')
    setOpen(name)
    load(name).catch(() => {
      setOpen(undefined)
      toast({ status: 'bad', text: kit('offlineTitle') })
    })
  }
  const close = () => setOpen(undefined)
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey: isAlt, target } = event
    const isCommand = ctrlKey || metaKey
    if (open === 'palette' && !isCommand && !isAlt && !isInField(target)) {
      const text = textAfterKey(typed, key)
      if (text !== undefined) {
        event.preventDefault()
        setTyped(text)
      } else if (key === 'Escape' && Palette === undefined) close()
    }
    const isTaken = open !== undefined || isTyping(target)
    const shortcut = meant({ key, atMs: event.timeStamp, isCommand, isAlt, isTaken })
    if (shortcut === undefined) return
    if (shortcut.kind === 'row') {
      // The row that has the focus has taken the key for itself.
      if (!event.defaultPrevented && stepFrom(target, shortcut.step)) event.preventDefault()
      return
    }
    event.preventDefault()
    if (shortcut.kind !== 'go') return open === shortcut.kind ? undefined : show(shortcut.kind)
    const place = PLACE_GROUPS.flat().find(({ word }) => word === shortcut.place)
    if (place !== undefined) navigate(place.path)
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
  useEffect(() => {
    // Where it cannot be had, whoever opens it is told.
    const timer = setTimeout(() => void load('palette').catch(() => undefined), PALETTE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [load])
  return (
    <>
      <button type="button" className="cmd" aria-haspopup="dialog" onClick={() => show('palette')}>
        <Search size={14} aria-hidden="true" />
        <span className="grow trunc">{t('searchEverything')}</span>
        <span className="row g4" aria-hidden="true">
          <span className="kbd">{commandKey()}</span>
          <span className="kbd">K</span>
        </span>
      </button>
      {open === 'palette' && Palette !== undefined ? (
        <Palette
          typed={typed}
          onType={setTyped}
          address={address}
          go={navigate}
          onHelp={() => show('help')}
          onClose={close}
        />
      ) : undefined}
      {open === 'help' && ShortcutsHelp !== undefined ? <ShortcutsHelp onClose={close} /> : undefined}
    </>
  )
}

function useParts(): readonly [Parts, (name: PartName) => Promise<void>] {
  const [parts, setParts] = useState<Parts>({})
  const [load] = useState(() => async (name: PartName) => {
    const loaded = await LOADERS[name]()
    setParts((before) => ({ ...before, ...loaded }))
  })
  return [parts, load]
}
