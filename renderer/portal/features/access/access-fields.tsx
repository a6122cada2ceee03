// The two fields that these pages are made of.
import { Field } from '../../../kit/field.tsx'
import { PasswordInput } from '../../../kit/password-input.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useWords } from './words.ts'

interface FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | undefined
}

export function EmailField({ value, onChange, error, isFixed = false }: FieldProps & { isFixed?: boolean }) {
  const t = useWords()
  return (
    <Field label={t('email')} error={error} {...(isFixed ? { help: t('emailFixed') } : {})}>
      <TextInput
        type="email"
        name="email"
        autoComplete="username"
        inputMode="email"
        maxLength={254}
        isLarge
        readOnly={isFixed}
        value={value}
        onChange={onChange}
      />
    </Field>
  )
}

export function NewPasswordField({ value, onChange, error, label }: FieldProps & { label: string }) {
  const t = useWords()
  return (
    <Field label={label} constraint={t('passwordRule')} error={error}>
      <PasswordInput isNew isLarge value={value} onChange={onChange} />
    </Field>
  )
}
