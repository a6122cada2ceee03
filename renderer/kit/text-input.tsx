// One line or several lines of text.
import type { ComponentProps, ReactNode } from 'react'
import { useFieldControl } from './field.tsx'

interface Affixes {
  readonly before?: ReactNode
  readonly after?: ReactNode
  readonly isLarge?: boolean
  /** For what is pasted: keys, addresses, model ids. */
  readonly isLiteral?: boolean
}

type TextInputProps = Affixes &
  Omit<ComponentProps<'input'>, 'className' | 'onChange' | 'value' | 'size'> & {
    readonly value: string
    readonly onChange: (value: string) => void
  }

export function TextInput({ before, after, isLarge, isLiteral, value, onChange, ...others }: TextInputProps) {
  const control = useFieldControl()
  const className = ['input', isLarge ? 'lg' : '', isLiteral ? 'mono' : ''].filter(Boolean).join(' ')
  return (
    <span className={className}>
      {before === undefined ? undefined : <span className="aff">{before}</span>}
      <input
        type="text"
        autoComplete="off"
        {...(isLiteral ? { spellCheck: false, autoCapitalize: 'off', autoCorrect: 'off' } : {})}
        {...control}
        {...others}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {after}
    </span>
  )
}

type TextAreaProps = Omit<ComponentProps<'textarea'>, 'className' | 'onChange' | 'value'> & {
  readonly value: string
  readonly onChange: (value: string) => void
}

export function TextArea({ value, onChange, ...others }: TextAreaProps) {
  const control = useFieldControl()
  return (
    <span className="input area">
      <textarea {...control} {...others} value={value} onChange={(event) => onChange(event.target.value)} />
    </span>
  )
}
