// Signing in, and going on to where one was. Also what anybody sees who opens the gateway's address: that it runs, and how a
// client is connected.
import { useState } from 'react'
import { Redirect } from 'wouter'
import { type SecondFactorDue, useSession } from '../../../frame/session.ts'
import { flagParam, textParam, useSearchParams } from '../../../routing/search-params.ts'
import { GatewayCard } from './gateway-card.tsx'
import { isConsolePath, localPath } from './local-path.ts'
import { PasswordStep } from './password-step.tsx'
import { SecondFactorStep } from './second-factor-step.tsx'

export function SignInScreen() {
  const [{ next, ended }] = useSearchParams({ next: textParam, ended: flagParam })
  const target = localPath(next)
  const session = useSession()
  const [due, setDue] = useState<SecondFactorDue>()

  // The console is another app at the same address: going there loads it.
  if (session.kind === 'signed_in') {
    if (!isConsolePath(target)) return <Redirect to={target} replace />
    window.location.replace(target)
    return null
  }
  return (
    <div className="beside">
      {due === undefined ? (
        <PasswordStep hasEnded={ended} onSecondFactorDue={setDue} />
      ) : (
        <SecondFactorStep challenge={due.challenge} onBack={() => setDue(undefined)} />
      )}
      <GatewayCard />
    </div>
  )
}
