// Whether the gateway can be reached, as far as this page knows: a short question, asked anew where the stream of events broke or
// a call found nobody, and then until somebody answers.
import type { QueryClient } from '@tanstack/react-query'
import type { Client } from '../client/client.ts'
import { isOffline } from '../client/failures.ts'
import { useAsk } from '../client/hooks.ts'

export function followReach(client: Client, queries: QueryClient): void {
  const key = ['auth.status']
  client.onChange((change) => {
    if (change !== 'unanswered') return
    const state = queries.getQueryState([...key, {}])
    // It is being asked, or knows.
    if (state?.fetchStatus === 'fetching' || isOffline(state?.error)) return
    void queries.invalidateQueries({ queryKey: key })
  })
}

/** From the first question that found nobody, until one is answered. */
export function useIsAway(): boolean {
  const { error, failureReason } = useAsk('auth.status', {})
  return isOffline(error ?? failureReason)
}
