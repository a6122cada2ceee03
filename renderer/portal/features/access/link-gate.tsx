// Looks at a link without using it, before its page asks anybody to type anything.
import type { ReactNode } from 'react'
import type { LinkPurpose } from '../../../../contract/account-links.ts'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk } from '../../../client/hooks.ts'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { useLinkToken } from './link-token.ts'
import { DeadLink, isDeadLink } from './outcome-cards.tsx'

export interface UsableLink extends CallOutput<'auth.checkLink'> {
  readonly token: string
}

interface LinkGateProps {
  readonly purposes: readonly LinkPurpose[]
  readonly kind: 'verify' | 'reset' | 'invitation'
  readonly children: (link: UsableLink) => ReactNode
}

export function LinkGate({ purposes, kind, children }: LinkGateProps) {
  const token = useLinkToken()
  const query = useAsk('auth.checkLink', { token: token ?? '' }, { isEnabled: token !== undefined })
  if (token === undefined || isDeadLink(query.error)) return <DeadLink kind={kind} failure={query.error} />
  // What is typed stays, even where looking once more has failed.
  if (query.data !== undefined) {
    if (!purposes.includes(query.data.purpose)) return <DeadLink kind={kind} />
    return children({ ...query.data, token })
  }
  return (
    <div className="card">
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      ) : (
        <SkeletonRows rows={3} />
      )}
    </div>
  )
}
