// In the place of a part whose code could not be fetched. Nearly always the gateway cannot be reached: then it is fetched again by
// itself, as everything else on the page is asked for again.
import { useEffect, useEffectEvent, useState } from 'react'
import { CallError, type Client } from '../client/client.ts'
import { isOffline } from '../client/failures.ts'
import { useClient } from '../client/hooks.ts'
import { Button } from '../kit/button.tsx'
import { FailedBlock } from '../kit/failed-block.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import type { LoadError } from '../kit/load-later.tsx'
import { ErrorState, SkeletonRows } from '../kit/states.tsx'

const RETRY_EVERY_MS = 10_000
const OFFLINE = new CallError({ code: 'offline', message: 'The gateway cannot be reached.' })

interface NotFetchedProps {
  readonly error: LoadError
  /** It has been fetched after all. */
  readonly onFetched: () => void
}

export function NotFetched({ error, onFetched }: NotFetchedProps) {
  const client = useClient()
  const [isAway, setIsAway] = useState<boolean>()
  const [isRetrying, setIsRetrying] = useState(false)
  const retry = useEffectEvent(async () => {
    if (isRetrying) return
    setIsRetrying(true)
    const isFetched = await error.again().then(
      () => true,
      () => false,
    )
    setIsRetrying(false)
    if (isFetched) return onFetched()
    // Chromium remembers for as long as the page lives that a file of code could not be fetched.
    if (isAway && (await answers(client))) window.location.reload()
  })
  useEffect(() => {
    void answers(client).then((isThere) => setIsAway(!isThere))
    const timer = setInterval(() => void retry(), RETRY_EVERY_MS)
    const stop = client.onEvent('resync', () => void retry())
    return () => {
      clearInterval(timer)
      stop()
    }
  }, [client])
  if (isAway === undefined) return <SkeletonRows />
  if (isAway)
    return <ErrorState isPage error={OFFLINE} onRetry={() => void retry()} isRetrying={isRetrying} />
  return <Refused />
}

/** Whatever it says: what answers can be reached. */
const answers = (client: Client): Promise<boolean> =>
  client.call('auth.status', {}).then(
    () => true,
    (error: unknown) => !isOffline(error),
  )

/** Such as where the gateway was updated, and has no file of this name any more. */
function Refused() {
  const t = useKitWords()
  return (
    <FailedBlock
      title={t('failedTitle')}
      heading="h1"
      text={t('notFetched')}
      actions={
        <Button size="sm" onClick={() => window.location.reload()}>
          {t('reload')}
        </Button>
      }
    />
  )
}
