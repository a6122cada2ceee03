// How these pages end: done, waiting for somebody, or with a link that is good for nothing any more.
import type { ReactNode } from 'react'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { CallError } from '../../../client/client.ts'
import { useAsk } from '../../../client/hooks.ts'
import { ButtonLink } from '../../../kit/button.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { OpenCard } from '../../shell/open-card.tsx'
import { useWords } from './words.ts'

interface OutcomeCardProps {
  readonly title: string
  readonly children: ReactNode
  /** What can be done now; signing in, where it is left out. */
  readonly action?: ReactNode
}

export function OutcomeCard({ title, children, action }: OutcomeCardProps) {
  const t = useWords()
  return (
    <OpenCard title={title}>
      <div className="says" role="status">
        {children}
      </div>
      {action ?? (
        <ButtonLink href={PORTAL_PATHS.login} kind="primary" size="lg" isBlock>
          {t('toSignIn')}
        </ButtonLink>
      )}
    </OpenCard>
  )
}

export function WaitingCard({ email }: { readonly email: string }) {
  const t = useWords()
  const status = useAsk('auth.status', {})
  return (
    <OutcomeCard
      title={t('waitingTitle')}
      action={
        <ButtonLink href={PORTAL_PATHS.login} size="lg" isBlock>
          {t('backToSignIn')}
        </ButtonLink>
      }
    >
      <p>{t('waitingText', { email })}</p>
      {status.data?.isMailAvailable ? <p className="quiet">{t('waitingMail')}</p> : undefined}
    </OutcomeCard>
  )
}

/** A link that is good for nothing any more, and the one case in which it is said why. */
const DEAD_CODES: readonly string[] = ['link_invalid', 'invitation_withdrawn']

export const isDeadLink = (failure: unknown): boolean =>
  failure instanceof CallError && DEAD_CODES.includes(failure.failure.code)

interface DeadLinkProps {
  readonly kind: 'verify' | 'reset' | 'invitation'
  readonly failure?: unknown
}

export function DeadLink({ kind, failure }: DeadLinkProps) {
  const t = useWords()
  const words = useFailureWords()
  if (failure instanceof CallError && failure.failure.code === 'invitation_withdrawn')
    return (
      <OutcomeCard title={t('deadTitle')}>
        <p>{words(failure.failure)}</p>
      </OutcomeCard>
    )
  const advice = { verify: 'deadVerify', reset: 'deadReset', invitation: 'deadInvitation' } as const
  return (
    <OutcomeCard
      title={t('deadTitle')}
      action={
        kind === 'reset' ? (
          <ButtonLink href={PORTAL_PATHS['forgot-password']} kind="primary" size="lg" isBlock>
            {t('askAgain')}
          </ButtonLink>
        ) : undefined
      }
    >
      <p>{t('deadText')}</p>
      <p>{t(advice[kind])}</p>
    </OutcomeCard>
  )
}
