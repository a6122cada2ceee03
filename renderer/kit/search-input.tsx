// Looks for something in a list: the value follows the typing a little later, so that each letter does not ask the server.
import { Search, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './icon-button.tsx'
import { useKitWords } from './kit-words.ts'

const PAUSE_MS = 250

interface SearchInputProps {
  /** Names what is searched, such as *Find a user*. */
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

export function SearchInput({ label, value, onChange }: SearchInputProps) {
  const t = useKitWords()
  const [typed, setTyped] = useState(value)
  const [known, setKnown] = useState(value)
  // The value was changed from outside, as by *Clear filters*.
  if (value !== known) {
    setKnown(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === known) return
    const timer = setTimeout(() => {
      setKnown(typed)
      onChange(typed)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, known, onChange])
  const clear = () => {
    setTyped('')
    setKnown('')
    onChange('')
  }
  return (
    <span className="input">
      <span className="aff">
        <Search size={14} aria-hidden="true" />
      </span>
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
      />
      {typed === '' ? undefined : (
        <IconButton label={t('clear')} isSmall onClick={clear}>
          <X size={13} />
        </IconButton>
      )}
    </span>
  )
}
