// When a key ends, chosen from a few.
import { Field } from '../kit/field.tsx'
import { Select } from '../kit/select.tsx'
import { EXPIRIES, type Expiry } from './expiry.ts'
import { useApiKeyWords } from './words.ts'

interface ExpiryFieldProps<Choice extends string> {
  readonly choices: readonly Choice[]
  readonly value: Choice
  readonly onChange: (choice: Choice) => void
}

/** Of a new key; for one that there is, it may stay as it is. */
export const NEW_KEY_CHOICES = EXPIRIES
export const CHANGED_KEY_CHOICES = ['same', ...EXPIRIES] as const

export function ExpiryField<Choice extends Expiry | 'same'>({
  choices,
  value,
  onChange,
}: ExpiryFieldProps<Choice>) {
  const t = useApiKeyWords()
  return (
    <Field label={t('expires')}>
      <Select
        value={value}
        options={choices.map((choice) => ({ value: choice, label: t(`expiry_${choice}`) }))}
        onChange={onChange}
      />
    </Field>
  )
}
