// Where the link for a new password leads, whether it came by mail or from the administrator.
import { useState } from 'react'
import { useClient } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { useForm } from '../../../kit/form.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { OpenCard } from '../../shell/open-card.tsx'
import { NewPasswordField } from './access-fields.tsx'
import { passwordProblem } from './field-problems.ts'
import { LinkGate, type UsableLink } from './link-gate.tsx'
import { DeadLink, isDeadLink, OutcomeCard } from './outcome-cards.tsx'
import { useWords } from './words.ts'

export function ResetPasswordScreen() {
  const t = useWords()
  const [doneFor, setDoneFor] = useState<string>()
  if (doneFor !== undefined) {
    return (
      <OutcomeCard title={t('resetDoneTitle')}>
        <p>{t('resetDoneText', { email: doneFor })}</p>
      </OutcomeCard>
    )
  }
  return (
    <LinkGate purposes={['reset_password']} kind="reset">
      {(link) => <ResetForm link={link} onDone={setDoneFor} />}
    </LinkGate>
  )
}

interface ResetFormProps {
  readonly link: UsableLink
  readonly onDone: (email: string) => void
}

function ResetForm({ link, onDone }: ResetFormProps) {
  const t = useWords()
  const client = useClient()
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => ({ password: passwordProblem(password, t) }),
    send: async ({ password }) => {
      const { email } = await client.call('auth.resetPassword', { token: link.token, password })
      onDone(email)
    },
  })
  if (isDeadLink(form.failure)) return <DeadLink kind="reset" />
  const email = link.email ?? ''
  return (
    <OpenCard title={t('resetTitle')} subtitle={t('resetText', { email })} onSubmit={form.submit}>
      {/* For the browser's own keeper of passwords, which wants to know whose it is. */}
      <input type="hidden" name="email" autoComplete="username" value={email} readOnly />
      <NewPasswordField
        label={t('newPassword')}
        value={form.values.password}
        onChange={(password) => form.set('password', password)}
        error={form.errors.password}
      />
      <p className="help">{t('resetEffect')}</p>
      <FailureNote error={form.failure} />
      <Button type="submit" kind="primary" size="lg" isBlock isWorking={form.isWorking}>
        {t('resetSubmit')}
      </Button>
    </OpenCard>
  )
}
