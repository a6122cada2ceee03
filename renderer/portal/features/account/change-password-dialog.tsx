// Another password, for whoever knows the one there is.
import { useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { PasswordInput } from '../../../kit/password-input.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { PasswordField } from './password-field.tsx'
import { useWords } from './words.ts'

/** As `contract/operations/fields.ts` demands it. */
const PASSWORD_CHARS_MIN = 10

export function ChangePasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const me = useMe()
  const { mutateAsync } = useChange('me.changePassword', ['sessions.list'])
  const form = useForm({
    initial: { currentPassword: '', newPassword: '' },
    check: ({ currentPassword, newPassword }) => ({
      currentPassword: currentPassword === '' ? t('passwordMissing') : undefined,
      newPassword: newPassword.length < PASSWORD_CHARS_MIN ? t('passwordShort') : undefined,
    }),
    send: async (passwords) => {
      await mutateAsync(passwords)
      toast({ status: 'ok', text: t('passwordChanged') })
      onClose()
    },
  })
  return (
    <FormDialog
      onClose={onClose}
      title={t('passwordChange')}
      subtitle={me.email}
      form={form}
      submitLabel={t('passwordChange')}
    >
      <PasswordField
        label={t('passwordCurrent')}
        value={form.values.currentPassword}
        onChange={(currentPassword) => form.set('currentPassword', currentPassword)}
        error={form.errors.currentPassword}
      />
      <Field label={t('passwordNew')} constraint={t('passwordRule')} error={form.errors.newPassword}>
        <PasswordInput
          isNew
          name="new-password"
          value={form.values.newPassword}
          onChange={(newPassword) => form.set('newPassword', newPassword)}
        />
      </Field>
      <p className="help">{t('passwordHelp')}</p>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}
