// A new key in two steps: what it is called, how long it lives and what narrows it; then its secret, shown this once.
import { type Expiry, expiryAt } from '../../../api-keys/expiry.ts'
import { ExpiryField, NEW_KEY_CHOICES } from '../../../api-keys/expiry-field.tsx'
import { isNarrowingSound, NOT_NARROWED, toNarrowing } from '../../../api-keys/narrowing.ts'
import { NarrowingPart } from '../../../api-keys/narrowing-part.tsx'
import { SecretDialog } from '../../../api-keys/secret-dialog.tsx'
import { useApiKeyWords } from '../../../api-keys/words.ts'
import { useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { nameProblem } from './name-problem.ts'
import { useWords } from './words.ts'

interface CreateKeyDialogProps {
  readonly baseUrl: string
  readonly onConnect: (secret: string) => void
  readonly onClose: () => void
}

export function CreateKeyDialog({ baseUrl, onConnect, onClose }: CreateKeyDialogProps) {
  const t = useWords()
  const keyWords = useApiKeyWords()
  const me = useMe()
  const { mutateAsync, data } = useChange('keys.create', ['keys.list', 'me.overview'])
  const form = useForm({
    // The type keeps the choice among those that the catalogue has words for.
    initial: { name: '', expiry: 'never' as Expiry, narrowing: NOT_NARROWED },
    check: ({ name, narrowing }) => ({
      name: nameProblem(name, t),
      narrowing: isNarrowingSound(narrowing) ? undefined : keyWords('narrowingWrong'),
    }),
    send: async ({ name, expiry, narrowing }) => {
      const expiresAt = expiryAt(expiry, Date.now())
      await mutateAsync({ name, expiresAt, userId: me.id, ...toNarrowing(narrowing) })
    },
  })
  if (data !== undefined) {
    const shown = { secret: data.secret, text: t('secretText'), baseUrl, onConnect, onClose }
    return <SecretDialog {...shown} />
  }
  const { values, errors } = form
  return (
    <FormDialog onClose={onClose} title={t('createTitle')} form={form} submitLabel={t('create')}>
      <Field label={t('name')} help={t('createHelp')} error={errors.name} isRequired>
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
      <p className="help">{t('createOutcome')}</p>
    </FormDialog>
  )
}
