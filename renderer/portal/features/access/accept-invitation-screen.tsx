// Where an invitation leads: a password, the email where the invitation names none, and the person is in.
import { useState } from 'react'
import { Redirect } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk } from '../../../client/hooks.ts'
import { useSession } from '../../../frame/session.ts'
import { Note } from '../../../kit/states.tsx'
import { AccountForm, type Registered } from './account-form.tsx'
import { LinkGate, type UsableLink } from './link-gate.tsx'
import { OutcomeCard, WaitingCard } from './outcome-cards.tsx'
import { useWords } from './words.ts'

export function AcceptInvitationScreen() {
  const t = useWords()
  const session = useSession()
  const status = useAsk('auth.status', {})
  // Who is here already decides what accepting means.
  if (session.kind === 'waiting') return null
  if (status.data?.registration === 'closed') {
    return (
      <OutcomeCard title={t('acceptTitle')}>
        <p>{t('registrationClosed')}</p>
      </OutcomeCard>
    )
  }
  return (
    <LinkGate purposes={['invitation']} kind="invitation">
      {(link) => <AcceptForm link={link} />}
    </LinkGate>
  )
}

function AcceptForm({ link }: { readonly link: UsableLink }) {
  const t = useWords()
  const session = useSession()
  // Whoever was signed in when the page was opened; somebody else is the person who has just come in.
  const [before] = useState(session.kind === 'signed_in' ? session.me : undefined)
  const [done, setDone] = useState<{ readonly outcome: Registered; readonly email: string }>()
  if (session.kind === 'signed_in' && session.me.id !== before?.id)
    return <Redirect to={PORTAL_PATHS.home} replace />
  if (done !== undefined) return <WaitingCard email={done.email} />
  const host = window.location.host
  return (
    <AccountForm
      title={t('acceptTitle')}
      subtitle={t(link.role === 'admin' ? 'acceptAdminText' : 'acceptText', { host })}
      submitLabel={t('acceptSubmit')}
      fixedEmail={link.email ?? undefined}
      invitation={link.token}
      onRegistered={(outcome, email) => setDone({ outcome, email })}
      note={
        before === undefined ? undefined : (
          <Note status="warn">{t('acceptSignedIn', { email: before.email })}</Note>
        )
      }
    />
  )
}
