// Where the link of a registration, or of a change of address, leads. It is used by a press and not by opening it: programs
// that look into mail open links.
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useChange } from '../../../client/hooks.ts'
import { type Me, useSession, useSignIn } from '../../../frame/session.ts'
import { Button, ButtonLink } from '../../../kit/button.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { OpenCard } from '../../shell/open-card.tsx'
import { LinkGate, type UsableLink } from './link-gate.tsx'
import { DeadLink, isDeadLink, OutcomeCard, WaitingCard } from './outcome-cards.tsx'
import { useWords } from './words.ts'

type Verified = CallOutput<'auth.verifyEmail'>

/** What the reader is told that it is: the contract has one link for another address and for proving one's own. */
type Meaning = 'verify' | 'prove' | 'change'

export function VerifyEmailScreen() {
  const [done, setDone] = useState<{ readonly verified: Verified; readonly meaning: Meaning }>()
  if (done !== undefined) return <VerifiedCard {...done} />
  return (
    <LinkGate purposes={['verify_email', 'change_email']} kind="verify">
      {(link) => (
        <VerifyCard link={link} onVerified={(verified, meaning) => setDone({ verified, meaning })} />
      )}
    </LinkGate>
  )
}

const TITLES = { verify: 'verifyTitle', prove: 'verifyTitle', change: 'changeTitle' } as const
const TEXTS = { verify: 'verifyText', prove: 'proveText', change: 'changeText' } as const
const SUBMITS = { verify: 'verifySubmit', prove: 'verifySubmit', change: 'changeSubmit' } as const

function meaningOf({ purpose, email }: UsableLink, me: Me | undefined): Meaning {
  if (purpose !== 'change_email') return 'verify'
  return me?.email === email ? 'prove' : 'change'
}

interface VerifyCardProps {
  readonly link: UsableLink
  readonly onVerified: (verified: Verified, meaning: Meaning) => void
}

function VerifyCard({ link, onVerified }: VerifyCardProps) {
  const t = useWords()
  const session = useSession()
  const me = session.kind === 'signed_in' ? session.me : undefined
  const { adopt } = useSignIn()
  const { mutate, isPending, error } = useChange('auth.verifyEmail')
  const meaning = meaningOf(link, me)
  const use = () =>
    mutate(
      { token: link.token },
      {
        onSuccess(verified) {
          const { email } = verified
          if (me?.pendingEmail === email) adopt({ ...me, email, pendingEmail: null, isEmailVerified: true })
          onVerified(verified, meaning)
        },
      },
    )
  if (isDeadLink(error)) return <DeadLink kind="verify" />
  return (
    <OpenCard title={t(TITLES[meaning])} onSubmit={use}>
      <p className="says">{t(TEXTS[meaning], { email: link.email ?? '' })}</p>
      <FailureNote error={error} />
      <Button type="submit" kind="primary" size="lg" isBlock isWorking={isPending}>
        {t(SUBMITS[meaning])}
      </Button>
    </OpenCard>
  )
}

const DONE_TITLES = { verify: 'verifiedTitle', prove: 'verifiedTitle', change: 'changedTitle' } as const
const DONE_TEXTS = { verify: 'verifiedText', prove: 'provedText', change: 'changedText' } as const

interface VerifiedCardProps {
  readonly verified: Verified
  readonly meaning: Meaning
}

function VerifiedCard({ verified: { outcome, email }, meaning }: VerifiedCardProps) {
  const t = useWords()
  const session = useSession()
  if (outcome === 'awaiting_approval') return <WaitingCard email={email} />
  return (
    <OutcomeCard
      title={t(DONE_TITLES[meaning])}
      action={
        outcome === 'changed' && session.kind === 'signed_in' ? (
          <ButtonLink href={PORTAL_PATHS.home} kind="primary" size="lg" isBlock>
            {t('toStart')}
          </ButtonLink>
        ) : undefined
      }
    >
      <p>{t(DONE_TEXTS[meaning], { email })}</p>
    </OutcomeCard>
  )
}
