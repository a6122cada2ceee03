// A code of the authenticator app, or, where it may be one, a recovery code.
import { Field } from '../../../kit/field.tsx'
import { TextInput } from '../../../kit/text-input.tsx'

interface CodeFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | undefined
  /** Digits alone. */
  readonly isOfApp?: boolean
}

export function CodeField({ label, value, onChange, error, isOfApp = false }: CodeFieldProps) {
  return (
    <Field label={label} error={error}>
      <TextInput
        name="code"
        isLiteral
        autoComplete="one-time-code"
        inputMode={isOfApp ? 'numeric' : 'text'}
        maxLength={40}
        value={value}
        onChange={onChange}
      />
    </Field>
  )
}
