// A link for a new password: by mail, or, where this gateway sends none, from the administrator.
import { useState } from 'react'
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useClient } from '../../../client/hooks.ts'
import { Button, ButtonLink } from '../../../kit/button.tsx'
import { useForm } from '../../../kit/form.ts'
import { FailureNote } from '../../../kit/states.tsx'
import { OpenCard } from '../../shell/open-card.tsx'
import { EmailField } from './access-fields.tsx'
import { emailProblem } from './field-problems.ts'
import { OutcomeCard } from './outcome-cards.tsx'
import { SentActions } from './sent-actions.tsx'
import { useWords } from './words.ts'

export function ForgotPasswordScreen() {
  const t = useWords()
  const status = useAsk('auth.status', {})
  const [sentTo, setSentTo] = useState<string>()
  if (sentTo !== undefined) {
    return (
      <OutcomeCard
        title={t('forgotSentTitle')}
        action={
          <SentActions
            operation="auth.forgotPassword"
            email={sentTo}
            onOtherEmail={() => setSentTo(undefined)}
          />
        }
      >
        <p>{t('forgotSentText', { email: sentTo })}</p>
        <p className="quiet">{t('sentHint')}</p>
      </OutcomeCard>
    )
  }
  if (status.data?.isMailAvailable === false) {
    return (
      <OutcomeCard
        title={t('forgotTitle')}
        action={
          <ButtonLink href={PORTAL_PATHS.login} size="lg" isBlock>
            {t('backToSignIn')}
          </ButtonLink>
        }
      >
        <p>{t('forgotNoMailText')}</p>
      </OutcomeCard>
    )
  }
  return <ForgotForm onSent={setSentTo} />
}

function ForgotForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const t = useWords()
  const client = useClient()
  const form = useForm({
    initial: { email: '' },
    check: ({ email }) => ({ email: emailProblem(email, t) }),
    send: async ({ email }) => {
      await client.call('auth.forgotPassword', { email })
      onSent(email.trim())
    },
  })
  return (
    <OpenCard title={t('forgotTitle')} subtitle={t('forgotText')} onSubmit={form.submit}>
      <EmailField
        value={form.values.email}
        onChange={(email) => form.set('email', email)}
        error={form.errors.email}
      />
      <FailureNote error={form.failure} />
      <Button type="submit" kind="primary" size="lg" isBlock isWorking={form.isWorking}>
        {t('forgotSubmit')}
      </Button>
      <div className="ways">
        <Link href={PORTAL_PATHS.login} className="link">
          {t('backToSignIn')}
        </Link>
      </div>
    </OpenCard>
  )
}
