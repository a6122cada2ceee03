// Registering, as far as this gateway lets anybody: at once, after a mail, after approval, with an invitation, or not at all.
import { useState } from 'react'
import { Link, Redirect } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { useSession } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { ErrorState, FailureNote, Note, SkeletonRows } from '../../../kit/states.tsx'
import { AccountForm, type Registered } from './account-form.tsx'
import { OutcomeCard, WaitingCard } from './outcome-cards.tsx'
import { useWords } from './words.ts'

export function RegisterScreen() {
  const t = useWords()
  const session = useSession()
  const status = useAsk('auth.status', {})
  const [done, setDone] = useState<{ readonly outcome: Registered; readonly email: string }>()

  if (session.kind === 'signed_in') return <Redirect to={PORTAL_PATHS.home} replace />
  if (done?.outcome === 'awaiting_approval') return <WaitingCard email={done.email} />
  if (done?.outcome === 'verification_sent')
    return <SentCard email={done.email} onOtherEmail={() => setDone(undefined)} />
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

interface SentCardProps {
  readonly email: string
  readonly onOtherEmail: () => void
}

function SentCard({ email, onOtherEmail }: SentCardProps) {
  const t = useWords()
  const { mutate, isPending, isSuccess, error } = useChange('auth.resendVerification')
  return (
    <OutcomeCard
      title={t('sentTitle')}
      action={
        <>
          <FailureNote error={error} />
          {isSuccess ? <Note status="ok">{t('resent')}</Note> : undefined}
          <Button size="lg" isBlock isWorking={isPending} onClick={() => mutate({ email })}>
            {t('resend')}
          </Button>
          <div className="ways">
            <button type="button" className="link" onClick={onOtherEmail}>
              {t('otherEmail')}
            </button>
            <Link href={PORTAL_PATHS.login} className="link">
              {t('backToSignIn')}
            </Link>
          </div>
        </>
      }
    >
      <p>{t('sentText', { email })}</p>
      <p className="quiet">{t('sentHint')}</p>
    </OutcomeCard>
  )
}
