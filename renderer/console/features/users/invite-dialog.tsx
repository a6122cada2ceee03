// An invitation: for an address or for whoever has the link, which is shown once and works without mail.
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useChange } from '../../../client/hooks.ts'
import { RadioGroup } from '../../../kit/choices.tsx'
import { isEmail } from '../../../kit/email.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { Select } from '../../../kit/select.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { SecretOnceDialog } from './secret-once-dialog.tsx'
import { ROLES } from './user-status.ts'
import { useWords } from './words.ts'

const LASTS = ['1', '7', '30', '90'] as const

interface Invitation {
  readonly email: string
  readonly role: (typeof ROLES)[number]
  readonly lasts: (typeof LASTS)[number]
  readonly note: string
}

export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords()
  const kit = useKitWords()
  const [sent, setSent] = useState<CallOutput<'users.invite'>>()
  const { mutateAsync } = useChange('users.invite', ['invitations.list'])
  const initial: Invitation = { email: '', role: 'user', lasts: '7', note: '' }
  const form = useForm({
    initial,
    check: ({ email }) => ({
      email: email.trim() === '' || isEmail(email) ? undefined : t('emailMissing'),
    }),
    send: async ({ email, role, lasts, note }) =>
      setSent(
        await mutateAsync({
          ...(email.trim() === '' ? {} : { email: email.trim() }),
          role,
          note,
          expiresInDays: Number(lasts),
        }),
      ),
  })
  if (sent !== undefined) {
    return (
      <SecretOnceDialog
        title={t('inviteDone')}
        text={sent.isMailed ? t('inviteMailed', { email: sent.email ?? '' }) : t('inviteHandOver')}
        lines={[{ name: t('inviteLink'), value: sent.link }]}
        onClose={onClose}
      />
    )
  }
  const { values } = form
  return (
    <FormDialog onClose={onClose} title={t('inviteTitle')} form={form} submitLabel={t('inviteSubmit')}>
      <Field
        label={t('email')}
        constraint={kit('optional')}
        help={t('inviteEmailHelp')}
        error={form.errors.email}
      >
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
      </div>
      <Field label={t('inviteLasts')}>
        <Select
          value={values.lasts}
          options={LASTS.map((value) => ({ value, label: t('days', { count: Number(value) }) }))}
          onChange={(lasts) => form.set('lasts', lasts)}
        />
      </Field>
      <Field label={t('note')} constraint={kit('optional')} help={t('inviteNoteHelp')}>
        <TextInput value={values.note} maxLength={500} onChange={(note) => form.set('note', note)} />
      </Field>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}
