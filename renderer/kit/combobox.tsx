// One of a long list, found by typing: a model, a user. The list may be whole, or come from the server as it is typed.
import { Combobox as Base } from '@base-ui/react/combobox'
import { Check, ChevronDown } from 'lucide-react'
import { useFieldControl } from './field.tsx'
import { useKitWords } from './kit-words.ts'

export interface ComboboxOption {
  readonly value: string
  readonly label: string
  /** Quiet, at the right: an id, an email. */
  readonly hint?: string
}

interface ComboboxProps {
  readonly options: readonly ComboboxOption[]
  readonly value: ComboboxOption | null
  readonly onChange: (value: ComboboxOption | null) => void
  readonly placeholder?: string
  readonly label?: string
  /** Given: the options are the server's answer to what was typed, and are not filtered again. */
  readonly onType?: (text: string) => void
}

export function Combobox({ options, value, onChange, placeholder, label, onType }: ComboboxProps) {
  const t = useKitWords()
  const control = useFieldControl()
  return (
    <Base.Root
      items={[...options]}
      value={value}
      onValueChange={onChange}
      itemToStringLabel={(option) => option.label}
      isItemEqualToValue={(one, other) => one.value === other.value}
      {...(onType === undefined ? {} : { filter: null, onInputValueChange: onType })}
    >
      <Base.InputGroup className="input">
        <Base.Input {...control} aria-label={label} placeholder={placeholder} />
        <Base.Trigger className="ib sm" aria-label={label ?? t('search')} tabIndex={-1}>
          <ChevronDown size={14} aria-hidden="true" />
        </Base.Trigger>
      </Base.InputGroup>
      <Base.Portal>
        <Base.Positioner className="positioner" sideOffset={4}>
          <Base.Popup className="popup">
            <Base.Empty>
              <span className="menulabel">{t('nothingFound')}</span>
            </Base.Empty>
            <Base.List>
              {(option: ComboboxOption) => (
                <Base.Item key={option.value} value={option} className="item">
                  <span className="trunc">{option.label}</span>
                  {option.hint === undefined ? undefined : <span className="meta hint">{option.hint}</span>}
                  <Base.ItemIndicator className="tick">
                    <Check size={14} aria-hidden="true" />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
