// Where the link of a registration, or of a change of address, leads. It is used by a press and not by opening it: programs
// that look into mail open links.
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useChange } from '../../../client/hooks.ts'
import { useSession, useSignIn } from '../../../frame/session.ts'
import { Button, ButtonLink } from '../../../kit/button.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { OpenCard } from '../../shell/open-card.tsx'
import { LinkGate, type UsableLink } from './link-gate.tsx'
import { DeadLink, isDeadLink, OutcomeCard, WaitingCard } from './outcome-cards.tsx'
import { useWords } from './words.ts'

type Verified = CallOutput<'auth.verifyEmail'>

export function VerifyEmailScreen() {
  const [verified, setVerified] = useState<Verified>()
  if (verified !== undefined) return <VerifiedCard verified={verified} />
  return (
    <LinkGate purposes={['verify_email', 'change_email']} kind="verify">
      {(link) => <VerifyCard link={link} onVerified={setVerified} />}
    </LinkGate>
  )
}

interface VerifyCardProps {
  readonly link: UsableLink
  readonly onVerified: (verified: Verified) => void
}

function VerifyCard({ link, onVerified }: VerifyCardProps) {
  const t = useWords()
  const session = useSession()
  const { adopt } = useSignIn()
  const { mutate, isPending, error } = useChange('auth.verifyEmail')
  const use = () =>
    mutate(
      { token: link.token },
      {
        onSuccess(verified) {
          const isOwn = session.kind === 'signed_in' && session.me.pendingEmail === verified.email
          if (isOwn)
            adopt({ ...session.me, email: verified.email, pendingEmail: null, isEmailVerified: true })
          onVerified(verified)
        },
      },
    )
  if (isDeadLink(error)) return <DeadLink kind="verify" />
  const isChange = link.purpose === 'change_email'
  const email = link.email ?? ''
  return (
    <OpenCard title={t(isChange ? 'changeTitle' : 'verifyTitle')} onSubmit={use}>
      <p className="says">{t(isChange ? 'changeText' : 'verifyText', { email })}</p>
      <FailureNote error={error} />
      <Button type="submit" kind="primary" size="lg" isBlock isWorking={isPending}>
        {t(isChange ? 'changeSubmit' : 'verifySubmit')}
      </Button>
    </OpenCard>
  )
}

function VerifiedCard({ verified: { outcome, email } }: { readonly verified: Verified }) {
  const t = useWords()
  const session = useSession()
  if (outcome === 'awaiting_approval') return <WaitingCard email={email} />
  const isChange = outcome === 'changed'
  return (
    <OutcomeCard
      title={t(isChange ? 'changedTitle' : 'verifiedTitle')}
      action={
        isChange && session.kind === 'signed_in' ? (
          <ButtonLink href={PORTAL_PATHS.home} kind="primary" size="lg" isBlock>
            {t('toStart')}
          </ButtonLink>
        ) : undefined
      }
    >
      <p>{t(isChange ? 'changedText' : 'verifiedText', { email })}</p>
    </OutcomeCard>
  )
}
