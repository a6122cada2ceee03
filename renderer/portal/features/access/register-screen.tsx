// Registering, as far as this gateway lets anybody: at once, after a mail, after approval, with an invitation, or not at all.
import { useState } from 'react'
import { Link, Redirect } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk } from '../../../client/hooks.ts'
import { useSession } from '../../../frame/session.ts'
import { ErrorState, Note, SkeletonRows } from '../../../kit/states.tsx'
import { AccountForm, type Registered } from './account-form.tsx'
import { OutcomeCard, WaitingCard } from './outcome-cards.tsx'
import { SentActions } from './sent-actions.tsx'
import { useWords } from './words.ts'

export function RegisterScreen() {
  const t = useWords()
  const session = useSession()
  const status = useAsk('auth.status', {})
  const [done, setDone] = useState<{ readonly outcome: Registered; readonly email: string }>()

  if (session.kind === 'signed_in') return <Redirect to={PORTAL_PATHS.home} replace />
  if (done?.outcome === 'awaiting_approval') return <WaitingCard email={done.email} />
  if (done?.outcome === 'verification_sent') {
    return (
      <OutcomeCard
        title={t('sentTitle')}
        action={
          <SentActions
            operation="auth.resendVerification"
            email={done.email}
            onOtherEmail={() => setDone(undefined)}
          />
        }
      >
        <p>{t('sentText', { email: done.email })}</p>
        <p className="quiet">{t('sentHint')}</p>
      </OutcomeCard>
    )
  }
  if (status.data === undefined) {
    return (
      <div className="card">
        {status.isError ? (
          <ErrorState
            error={status.error}
            onRetry={() => void status.refetch()}
            isRetrying={status.isFetching}
          />
        ) : (
          <SkeletonRows rows={3} />
        )}
      </div>
    )
  }
  const mode = status.data.registration
  if (mode === 'closed' || mode === 'invite') {
    return (
      <OutcomeCard title={t('registerTitle')}>
        <p>{t(mode === 'closed' ? 'registrationClosed' : 'invitationNeeded')}</p>
      </OutcomeCard>
    )
  }
  return (
    <AccountForm
      title={t('registerTitle')}
      subtitle={t('registerSubtitle', { host: window.location.host })}
      submitLabel={t('registerSubmit')}
      onRegistered={(outcome, email) => setDone({ outcome, email })}
      note={mode === 'approval' ? <Note status="info">{t('approvalNote')}</Note> : undefined}
    >
      <div className="ways">
        <Link href={PORTAL_PATHS.login} className="link">
          {t('backToSignIn')}
        </Link>
      </div>
    </AccountForm>
  )
}
