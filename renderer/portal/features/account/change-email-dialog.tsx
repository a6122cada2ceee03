// Another address, or the link that proves the one there is.
import { useAsk, useClient } from '../../../client/hooks.ts'
import { useMe, useRefreshMe } from '../../../frame/session.ts'
import { isEmail } from '../../../kit/email.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import { PasswordField } from './password-field.tsx'
import { useWords } from './words.ts'

interface ChangeEmailDialogProps {
  /** The address stays, and is proved. */
  readonly isVerifying: boolean
  readonly onClose: () => void
}

export function ChangeEmailDialog({ isVerifying, onClose }: ChangeEmailDialogProps) {
  const t = useWords()
  const me = useMe()
  const client = useClient()
  const refreshMe = useRefreshMe()
  const isByMail = useAsk('auth.status', {}).data?.isMailAvailable ?? true
  const form = useForm({
    initial: { email: isVerifying ? me.email : '', password: '' },
    check: ({ email, password }) => ({
      email: isVerifying ? undefined : emailProblem(email, me.email, t),
      password: password === '' ? t('passwordMissing') : undefined,
    }),
    send: async ({ email, password }) => {
      const { outcome } = await client.call('me.changeEmail', { email, password })
      await refreshMe()
      const said = outcome === 'changed' ? 'emailChanged' : 'emailSent'
      toast({ status: 'ok', text: t(said, { email: email.trim() }) })
      onClose()
    },
  })
  return (
    <FormDialog
      onClose={onClose}
      title={t(isVerifying ? 'emailVerifyTitle' : 'emailChangeTitle')}
      subtitle={me.email}
      form={form}
      submitLabel={t(isByMail ? 'emailSendSubmit' : 'emailChangeSubmit')}
    >
      {isVerifying ? undefined : (
        <Field
          label={t('emailNew')}
          help={t(isByMail ? 'emailByMail' : 'emailAtOnce')}
          error={form.errors.email}
        >
          <TextInput
            type="email"
            inputMode="email"
            autoComplete="email"
            maxLength={254}
            value={form.values.email}
            onChange={(email) => form.set('email', email)}
          />
        </Field>
      )}
      <PasswordField
        label={t('yourPassword')}
        value={form.values.password}
        onChange={(password) => form.set('password', password)}
        error={form.errors.password}
      />
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}

function emailProblem(email: string, own: string, t: ReturnType<typeof useWords>): string | undefined {
  const typed = email.trim().toLowerCase()
  if (!isEmail(typed)) return t('emailMissing')
  return typed === own ? t('emailSame') : undefined
}
