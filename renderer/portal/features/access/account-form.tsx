// A new account: the email, where no invitation fixes it, and a password.
import type { ReactNode } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useClient } from '../../../client/hooks.ts'
import { useSignIn } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { useForm } from '../../../kit/form.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { OpenCard } from '../../shell/open-card.tsx'
import { EmailField, NewPasswordField } from './access-fields.tsx'
import { emailProblem, passwordProblem } from './field-problems.ts'
import { DeadLink, isDeadLink } from './outcome-cards.tsx'
import { useWords } from './words.ts'

export type Registered = Exclude<CallOutput<'auth.register'>['outcome'], 'signed_in'>

interface AccountFormProps {
  readonly title: string
  readonly subtitle: string
  readonly submitLabel: string
  /** Of an invitation that names somebody. */
  readonly fixedEmail?: string | undefined
  readonly invitation?: string
  /** Where the person is not signed in at once. */
  readonly onRegistered: (outcome: Registered, email: string) => void
  /** Above the fields. */
  readonly note?: ReactNode
  /** Below the button. */
  readonly children?: ReactNode
}

export function AccountForm(props: AccountFormProps) {
  const { title, subtitle, submitLabel, fixedEmail, invitation, onRegistered, note, children } = props
  const t = useWords()
  const client = useClient()
  const { adopt } = useSignIn()
  const { language: locale } = useAppearance()
  const form = useForm({
    initial: { email: fixedEmail ?? '', password: '' },
    check: ({ email, password }) => ({
      email: emailProblem(email, t),
      password: passwordProblem(password, t),
    }),
    send: async ({ email, password }) => {
      const from = invitation === undefined ? {} : { invitation }
      const answer = await client.call('auth.register', { email, password, locale, ...from })
      if (answer.outcome === 'signed_in') adopt(answer.user)
      else onRegistered(answer.outcome, email.trim())
    },
  })
  if (isDeadLink(form.failure)) return <DeadLink kind="invitation" failure={form.failure} />
  return (
    <OpenCard title={title} subtitle={subtitle} onSubmit={form.submit}>
      {note}
      <EmailField
        value={form.values.email}
        onChange={(email) => form.set('email', email)}
        error={form.errors.email}
        isFixed={fixedEmail !== undefined}
      />
      <NewPasswordField
        label={t('password')}
        value={form.values.password}
        onChange={(password) => form.set('password', password)}
        error={form.errors.password}
      />
      <FailureNote error={form.failure} />
      <Button type="submit" kind="primary" size="lg" isBlock isWorking={form.isWorking}>
        {submitLabel}
      </Button>
      {children}
    </OpenCard>
  )
}
