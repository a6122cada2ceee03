// A key for somebody: whose it is, what it is called, what narrows it; then its secret, shown this once.
import { useState } from 'react'
import { type Expiry, expiryAt } from '../../../api-keys/expiry.ts'
import { ExpiryField, NEW_KEY_CHOICES } from '../../../api-keys/expiry-field.tsx'
import { isNarrowingSound, type Narrowing, NOT_NARROWED, toNarrowing } from '../../../api-keys/narrowing.ts'
import { NarrowingPart } from '../../../api-keys/narrowing-part.tsx'
import { SecretDialog } from '../../../api-keys/secret-dialog.tsx'
import { useApiKeyWords } from '../../../api-keys/words.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Combobox } from '../../../kit/combobox.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useWords } from './words.ts'

interface CreateKeyDialogProps {
  /** Whose keys are listed; empty for everybody's. */
  readonly ownerId: string
  readonly onClose: () => void
}

interface NewKey {
  readonly ownerId: string
  readonly name: string
  readonly expiry: Expiry
  readonly narrowing: Narrowing
}

export function CreateKeyDialog({ ownerId, onClose }: CreateKeyDialogProps) {
  const t = useWords()
  const keyWords = useApiKeyWords()
  const { mutateAsync, data } = useChange('keys.create', ['keys.list', 'audit.list'])
  const initial: NewKey = { ownerId, name: '', expiry: 'never', narrowing: NOT_NARROWED }
  const form = useForm({
    initial,
    check: (values) => ({
      ownerId: values.ownerId === '' ? t('ownerMissing') : undefined,
      name: values.name.trim() === '' ? t('nameMissing') : undefined,
      narrowing: isNarrowingSound(values.narrowing) ? undefined : keyWords('narrowingWrong'),
    }),
    send: async (values) => {
      await mutateAsync({
        userId: values.ownerId,
        name: values.name,
        expiresAt: expiryAt(values.expiry, Date.now()),
        ...toNarrowing(values.narrowing),
      })
    },
  })
  if (data !== undefined) {
    return (
      <SecretDialog
        secret={data.secret}
        text={t('createdFor', { email: data.userEmail })}
        onClose={onClose}
      />
    )
  }
  const { values, errors } = form
  return (
    <FormDialog onClose={onClose} title={t('create')} form={form} submitLabel={t('create')}>
      <Field label={t('owner')} error={errors.ownerId} isRequired>
        <OwnerInput ownerId={values.ownerId} onChange={(id) => form.set('ownerId', id)} />
      </Field>
      <Field label={t('name')} help={t('nameHelp')} error={errors.name} isRequired>
        <TextInput value={values.name} maxLength={100} onChange={(name) => form.set('name', name)} />
      </Field>
      <ExpiryField
        choices={NEW_KEY_CHOICES}
        value={values.expiry}
        onChange={(expiry) => form.set('expiry', expiry)}
      />
      <NarrowingPart
        values={values.narrowing}
        onChange={(narrowing) => form.set('narrowing', narrowing)}
        error={errors.narrowing}
      />
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}

interface OwnerInputProps {
  readonly ownerId: string
  readonly onChange: (userId: string) => void
}

/** Found by typing part of the email. */
function OwnerInput({ ownerId, onChange }: OwnerInputProps) {
  const t = useWords()
  const [typed, setTyped] = useState('')
  const found = useAsk(
    'users.list',
    {
      status: 'active',
      limit: 20,
      sort: 'email',
      direction: 'asc',
      ...(typed === '' ? {} : { search: typed }),
    },
    { keepsPrevious: true },
  )
  const owner = useAsk('users.get', { userId: ownerId }, { isEnabled: ownerId !== '' })
  const options = (found.data?.rows ?? []).map(({ id, email }) => ({ value: id, label: email }))
  const chosen =
    ownerId === '' || owner.data === undefined ? null : { value: ownerId, label: owner.data.email }
  return (
    <Combobox
      options={options}
      value={chosen}
      placeholder={t('ownerPlaceholder')}
      onType={(text) => setTyped(text === chosen?.label ? '' : text)}
      onChange={(option) => onChange(option?.value ?? '')}
    />
  )
}
