// The start page: how the first client is connected, until a request has come; then it leads on to the first place there is.
import { Redirect } from 'wouter'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { PageHeader } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { FirstClientCard } from './first-client-card.tsx'
import { useWords } from './words.ts'

export function DashboardScreen() {
  const t = useWords()
  const latest = useAsk('usage.list', { limit: 1 })
  useRefreshOn('requests.finished', ['usage.list'])
  const hadRequests = latest.data !== undefined && latest.data.rows.length > 0
  if (hadRequests) return <Redirect to={CONSOLE_PATHS.usage} replace />
  return (
    <div className="page">
      <PageHeader title={t('title')} />
      <div className="pbody">
        {latest.isPending ? <SkeletonRows /> : undefined}
        {latest.isError ? (
          <ErrorState
            error={latest.error}
            onRetry={() => void latest.refetch()}
            isRetrying={latest.isFetching}
          />
        ) : undefined}
        {latest.data !== undefined && !latest.isError ? <FirstClientCard /> : undefined}
      </div>
    </div>
  )
}
