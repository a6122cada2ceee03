// How these pages end: done, waiting for somebody, or with a link that is good for nothing any more.
import type { ReactNode } from 'react'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { CallError } from '../../../client/client.ts'
import { useAsk } from '../../../client/hooks.ts'
import { ButtonLink } from '../../../kit/button.tsx'
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

export const isDeadLink = (failure: unknown): boolean =>
  failure instanceof CallError && failure.failure.code === 'link_invalid'

interface DeadLinkProps {
  readonly kind: 'verify' | 'reset' | 'invitation'
}

export function DeadLink({ kind }: DeadLinkProps) {
  const t = useWords()
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
