// Yes or no, and one of a few: the browser's own controls in our clothes, so that keyboard and screen readers just work.
import { type ReactNode, useId } from 'react'
import { useFieldControl } from './field.tsx'

interface TickProps {
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly children: ReactNode
  readonly isDisabled?: boolean
}

export function Checkbox({ isOn, onChange, children, isDisabled = false }: TickProps) {
  return (
    <label className="choice">
      <input
        type="checkbox"
        className="check"
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  )
}

interface BareTickProps {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly isDisabled?: boolean
  readonly isSmall?: boolean
  /** Some of what it stands for, but not all. */
  readonly isMixed?: boolean
}

/** A box without a visible label, as in the rows of a table. */
export function RowCheckbox({ label, isOn, onChange, isDisabled = false, isMixed = false }: BareTickProps) {
  return (
    <input
      type="checkbox"
      className="check"
      aria-label={label}
      checked={isOn}
      disabled={isDisabled}
      ref={(box) => {
        if (box) box.indeterminate = isMixed
      }}
      onChange={(event) => onChange(event.target.checked)}
    />
  )
}

/** On or off, at once: where a button has to be pressed for it to count, a checkbox is right. */
export function Switch({ label, isOn, onChange, isDisabled = false, isSmall = false }: BareTickProps) {
  const { id } = useFieldControl()
  return (
    <input
      id={id}
      type="checkbox"
      role="switch"
      className={isSmall ? 'switch sm' : 'switch'}
      aria-label={label}
      aria-checked={isOn}
      checked={isOn}
      disabled={isDisabled}
      onChange={(event) => onChange(event.target.checked)}
    />
  )
}

export interface Option<T extends string> {
  readonly value: T
  readonly label: string
  readonly help?: string
  readonly icon?: ReactNode
}

interface RadioGroupProps<T extends string> {
  readonly label: string
  readonly options: readonly Option<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  /** Segments stand in a row and say little; a list has room for help. */
  readonly look?: 'list' | 'segments' | 'wide-segments'
}

export function RadioGroup<T extends string>({
  label,
  options,
  value,
  onChange,
  look = 'list',
}: RadioGroupProps<T>) {
  const name = useId()
  const radio = (option: Option<T>) => ({
    type: 'radio',
    name,
    value: option.value,
    checked: option.value === value,
    onChange: () => onChange(option.value),
  })
  if (look !== 'list') {
    return (
      <div role="radiogroup" aria-label={label} className={look === 'segments' ? 'seg' : 'seg block'}>
        {options.map((option) => (
          <label key={option.value}>
            <input {...radio(option)} className="sr" />
            {option.icon}
            {option.label}
          </label>
        ))}
      </div>
    )
  }
  return (
    <div role="radiogroup" aria-label={label} className="radios">
      {options.map((option) => (
        <label key={option.value} className="choice block">
          <input {...radio(option)} className="check radio" />
          <span className="col">
            <span>{option.label}</span>
            {option.help === undefined ? undefined : <span className="help">{option.help}</span>}
          </span>
        </label>
      ))}
    </div>
  )
}
