// Email and role of a person. A new address ends the links that were sent to the old one.
import { useChange } from '../../../client/hooks.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { isEmail } from '../../../kit/email.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useDone } from '../../../kit/undo.ts'
import { ROLES, type UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface EditUserDialogProps {
  readonly user: UserRow
  readonly onClose: () => void
}

export function EditUserDialog({ user, onClose }: EditUserDialogProps) {
  const t = useWords()
  const tellDone = useDone()
  const { mutateAsync } = useChange('users.update', [
    'users.get',
    'users.list',
    'invitations.list',
    'audit.list',
  ])
  const form = useForm({
    initial: { email: user.email, role: user.role },
    check: ({ email }) => ({ email: isEmail(email) ? undefined : t('emailMissing') }),
    send: async ({ email, role }) => {
      const isSameEmail = email.trim().toLowerCase() === user.email
      if (isSameEmail && role === user.role) return onClose()
      const sent = (person: { readonly email: string; readonly role: UserRow['role'] }) => ({
        userId: user.id,
        ...(isSameEmail ? {} : { email: person.email }),
        ...(role === user.role ? {} : { role: person.role }),
      })
      await mutateAsync(sent({ email, role }))
      tellDone({ text: t('edited', { email: email.trim() }), undo: () => mutateAsync(sent(user)) })
      onClose()
    },
  })
  const { values, errors } = form
  const help = t(`roleHelp_${values.role}`)
  const losesRole = user.role === 'admin' && values.role === 'user'
  return (
    <FormDialog onClose={onClose} title={t('edit')} subtitle={user.email} form={form} submitLabel={t('save')}>
      <Field label={t('email')} help={t('editEmailHelp')} error={errors.email} isRequired>
        <TextInput
          type="email"
          maxLength={254}
          value={values.email}
          onChange={(email) => form.set('email', email)}
        />
      </Field>
      <div className="col g6">
        <span className="m">{t('role')}</span>
        <RadioGroup
          label={t('role')}
          look="wide-segments"
          value={values.role}
          options={ROLES.map((value) => ({ value, label: t(`role_${value}`) }))}
          onChange={(role) => form.set('role', role)}
        />
        <p className="help">{losesRole ? t('endsLinks', { text: help }) : help}</p>
      </div>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}
