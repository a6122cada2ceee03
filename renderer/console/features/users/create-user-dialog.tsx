// A new person, with a first password that is made for them and shown once, or one that the administrator thinks of.

import { useState } from 'react'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Checkbox, RadioGroup } from '../../../kit/choices.tsx'
import { isEmail } from '../../../kit/email.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { PasswordInput } from '../../../kit/password-input.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import { newPassword } from './new-password.ts'
import { SecretOnceDialog } from './secret-once-dialog.tsx'
import { ROLES } from './user-status.ts'
import { useWords } from './words.ts'

const PASSWORD_CHARS_MIN = 10

interface NewUser {
  readonly email: string
  readonly isMade: boolean
  readonly password: string
  readonly role: (typeof ROLES)[number]
}

export function CreateUserDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const address = useAsk('system.network', {}).data?.addressForOthers
  const [made, setMade] = useState<{ readonly email: string; readonly password: string }>()
  const { mutateAsync } = useChange('users.create', ['users.list'])
  const initial: NewUser = { email: '', isMade: true, password: '', role: 'user' }
  const form = useForm({
    initial,
    check: ({ email, isMade, password }) => ({
      email: isEmail(email) ? undefined : t('emailMissing'),
      password: isMade || password.length >= PASSWORD_CHARS_MIN ? undefined : t('passwordShort'),
    }),
    send: async ({ email, isMade, password: typed, role }) => {
      const password = isMade ? newPassword() : typed
      const created = await mutateAsync({ email, password, role })
      if (isMade) return setMade({ email: created.email, password })
      toast({ text: t('created', { email: created.email }) })
      onClose()
    },
  })
  if (made !== undefined) {
    return (
      <SecretOnceDialog
        title={t('created', { email: made.email })}
        text={t('createdText')}
        lines={[
          { name: t('email'), value: made.email },
          { name: t('createPassword'), value: made.password, isSecret: true },
          ...(address === undefined
            ? []
            : [{ name: t('signInAddress'), value: `${address}${PORTAL_PATHS.login}` }]),
        ]}
        onClose={onClose}
      />
    )
  }
  const { values, errors } = form
  return (
    <FormDialog onClose={onClose} title={t('createTitle')} form={form} submitLabel={t('create')}>
      <Field label={t('email')} error={errors.email} isRequired>
        <TextInput
          type="email"
          maxLength={254}
          value={values.email}
          onChange={(email) => form.set('email', email)}
        />
      </Field>
      <div className="col g8">
        <Checkbox isOn={values.isMade} onChange={(isMade) => form.set('isMade', isMade)}>
          {t('createMade')}
        </Checkbox>
        {values.isMade ? (
          <p className="help">{t('createMadeHelp')}</p>
        ) : (
          <Field
            label={t('createPassword')}
            help={t('createPasswordHelp')}
            error={errors.password}
            isRequired
          >
            <PasswordInput
              isNew
              value={values.password}
              onChange={(password) => form.set('password', password)}
            />
          </Field>
        )}
      </div>
      <div className="col g6">
        <span className="m">{t('role')}</span>
        <RadioGroup
          label={t('role')}
          look="wide-segments"
          value={values.role}
          options={ROLES.map((value) => ({ value, label: t(`role_${value}`) }))}
          onChange={(role) => form.set('role', role)}
        />
      </div>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}
