// What a key is called, how long it lives and what narrows it. Holds for the keys that it was rotated from and to as well.
import { useChange } from '../client/hooks.ts'
import { Field } from '../kit/field.tsx'
import { useForm } from '../kit/form.ts'
import { FormDialog } from '../kit/form-dialog.tsx'
import { FailureNote } from '../kit/states.tsx'
import { TextInput } from '../kit/text-input.tsx'
import { useDone } from '../kit/undo.ts'
import { type Expiry, expiryAt } from './expiry.ts'
import { CHANGED_KEY_CHOICES, ExpiryField } from './expiry-field.tsx'
import type { KeyRow } from './key-status.ts'
import { isNarrowingSound, type Narrowing, narrowingOf, toNarrowing } from './narrowing.ts'
import { NarrowingFields } from './narrowing-fields.tsx'
import { useApiKeyWords } from './words.ts'

interface EditKeyDialogProps {
  readonly apiKey: KeyRow
  /** Whose it is, where that is not clear. */
  readonly subtitle?: string
  readonly onClose: () => void
}

interface Edit {
  readonly name: string
  readonly expiry: 'same' | Expiry
  readonly narrowing: Narrowing
}

export function EditKeyDialog({ apiKey, subtitle, onClose }: EditKeyDialogProps) {
  const t = useApiKeyWords()
  const tellDone = useDone()
  const { mutateAsync } = useChange('keys.update', ['keys.list', 'audit.list'])
  const initial: Edit = { name: apiKey.name, expiry: 'same', narrowing: narrowingOf(apiKey) }
  const form = useForm({
    initial,
    check: ({ name, narrowing }) => ({
      name: name.trim() === '' ? t('nameMissing') : undefined,
      narrowing: isNarrowingSound(narrowing) ? undefined : t('narrowingWrong'),
    }),
    send: async ({ name, expiry, narrowing }) => {
      await mutateAsync({
        keyId: apiKey.id,
        name,
        ...(expiry === 'same' ? {} : { expiresAt: expiryAt(expiry, Date.now()) }),
        ...toNarrowing(narrowing),
      })
      const before = {
        keyId: apiKey.id,
        name: apiKey.name,
        ...(expiry === 'same' ? {} : { expiresAt: apiKey.expiresAt }),
        ...toNarrowing(initial.narrowing),
      }
      tellDone({ text: t('edited', { name: name.trim() }), undo: () => mutateAsync(before) })
      onClose()
    },
  })
  const { values, errors } = form
  return (
    <FormDialog
      onClose={onClose}
      title={t('editTitle', { name: apiKey.name })}
      subtitle={subtitle}
      form={form}
      submitLabel={t('save')}
    >
      <Field label={t('name')} error={errors.name} isRequired>
        <TextInput value={values.name} maxLength={100} onChange={(name) => form.set('name', name)} />
      </Field>
      <ExpiryField
        choices={CHANGED_KEY_CHOICES}
        value={values.expiry}
        onChange={(expiry) => form.set('expiry', expiry)}
      />
      <NarrowingFields values={values.narrowing} onChange={(narrowing) => form.set('narrowing', narrowing)} />
      {errors.narrowing === undefined ? undefined : <p className="help err">{errors.narrowing}</p>}
      <p className="help">{t('editHelp')}</p>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}
