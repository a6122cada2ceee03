// The password that is asked for again before anything that a borrowed session must not do.
import { Field } from '../../../kit/field.tsx'
import { PasswordInput } from '../../../kit/password-input.tsx'

interface PasswordFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | undefined
}

export function PasswordField({ label, value, onChange, error }: PasswordFieldProps) {
  return (
    <Field label={label} error={error}>
      <PasswordInput name="current-password" value={value} onChange={onChange} />
    </Field>
  )
}
