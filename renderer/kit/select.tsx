// One of a list, where the list is too long for segments: a select in forms, a filter above tables.
import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import type { Option } from './choices.tsx'
import { useFieldControl } from './field.tsx'
import { useKitWords } from './kit-words.ts'

interface SelectProps<T extends string> {
  readonly options: readonly Option<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  /** Where no field around it gives it a label. */
  readonly label?: string
}

export function Select<T extends string>({ options, value, onChange, label }: SelectProps<T>) {
  return <SelectBase className="select" options={options} value={value} onChange={onChange} label={label} />
}

interface FilterSelectProps<T extends string> {
  /** Names what is filtered; shown where nothing is chosen. */
  readonly label: string
  readonly options: readonly Option<T>[]
  readonly value: T | undefined
  readonly onChange: (value: T | undefined) => void
}

const ALL = '*'

/** *Status ▾* above a table: shows what it filters by, and lets go of it by its first entry. */
export function FilterSelect<T extends string>({ label, options, value, onChange }: FilterSelectProps<T>) {
  const t = useKitWords()
  const entries: readonly Option<string>[] = [{ value: ALL, label: t('all') }, ...options]
  return (
    <SelectBase
      className={value === undefined ? 'select filter' : 'select filter set'}
      options={entries}
      value={value ?? ALL}
      onChange={(chosen) => onChange(options.find((option) => option.value === chosen)?.value)}
      label={label}
      shown={value === undefined ? label : undefined}
    />
  )
}

interface SelectBaseProps<T extends string> {
  readonly className: string
  readonly options: readonly Option<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  readonly label?: string | undefined
  readonly shown?: string | undefined
}

function SelectBase<T extends string>({
  className,
  options,
  value,
  onChange,
  label,
  shown,
}: SelectBaseProps<T>) {
  const { required: _, ...control } = useFieldControl()
  const chosen = options.find((option) => option.value === value)
  return (
    <Base.Root
      items={[...options]}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      modal={false}
    >
      <Base.Trigger
        {...control}
        className={className}
        aria-label={label && `${label}: ${chosen?.label ?? ''}`}
      >
        <Base.Value>{shown ?? chosen?.label}</Base.Value>
        <Base.Icon>
          <ChevronDown size={14} aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="positioner" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className="popup">
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="item">
                {option.icon}
                <Base.ItemText>{option.label}</Base.ItemText>
                <Base.ItemIndicator className="tick">
                  <Check size={14} aria-hidden="true" />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
