// A new person, with a first password that the administrator hands over.
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { PasswordInput } from '../../../kit/password-input.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import { ROLES } from './user-status.ts'
import { useWords } from './words.ts'

const PASSWORD_CHARS_MIN = 10

interface NewUser {
  readonly email: string
  readonly password: string
  readonly role: (typeof ROLES)[number]
}

export function CreateUserDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const kit = useKitWords()
  const { mutateAsync } = useChange('users.create', ['users.list'])
  const initial: NewUser = { email: '', password: '', role: 'user' }
  const form = useForm({
    initial,
    check: ({ email, password }) => ({
      email: /^\S+@\S+$/.test(email.trim()) ? undefined : t('emailMissing'),
      password: password.length < PASSWORD_CHARS_MIN ? t('passwordShort') : undefined,
    }),
    send: async (values) => {
      const created = await mutateAsync(values)
      toast({ text: t('created', { email: created.email }) })
      onClose()
    },
  })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('createTitle')}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind="primary" isWorking={form.isWorking}>
            {t('create')}
          </Button>
        </>
      }
    >
      <Field label={t('email')} error={form.errors.email} isRequired>
        <TextInput
          type="email"
          maxLength={254}
          value={form.values.email}
          onChange={(email) => form.set('email', email)}
        />
      </Field>
      <Field
        label={t('createPassword')}
        help={t('createPasswordHelp')}
        error={form.errors.password}
        isRequired
      >
        <PasswordInput
          isNew
          value={form.values.password}
          onChange={(password) => form.set('password', password)}
        />
      </Field>
      <div className="col g6">
        <span className="m">{t('createRole')}</span>
        <RadioGroup
          label={t('createRole')}
          look="wide-segments"
          value={form.values.role}
          options={ROLES.map((value) => ({ value, label: t(`role_${value}`) }))}
          onChange={(role) => form.set('role', role)}
        />
      </div>
      <FailureNote error={form.failure} />
    </Dialog>
  )
}
