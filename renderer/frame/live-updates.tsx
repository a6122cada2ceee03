// Keeps a page true for as long as somebody is signed in: who they are, whether their session stands, what the gateway is
// called, everything that is shown, where events were missed, and what was shown before, once something has happened since.
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { EventType } from '../client/event-hub.ts'
import { useClient } from '../client/hooks.ts'
import { createRefresher } from '../client/refresher.ts'
import { SESSION_KEY, useSession } from './session.ts'

const CHANGES: readonly EventType[] = [
  'requests.finished',
  'balance.changed',
  'key.changed',
  'user.changed',
  'settings.changed',
  'price.changed',
  'data.changed',
  'price.missing',
  'notice.given',
  'upstream.health',
  'ledger.checked',
  'backup.finished',
]

/** Also what is still waited for: who was asked before a gap may be gone, and then never answers. */
async function askAllAnew(queries: QueryClient): Promise<void> {
  await queries.cancelQueries({ fetchStatus: 'fetching' })
  await queries.invalidateQueries()
}

export function LiveUpdates() {
  const client = useClient()
  const queries = useQueryClient()
  const session = useSession()
  const userId = session.kind === 'signed_in' ? session.me.id : undefined

  useEffect(() => {
    if (userId === undefined) return
    const everything = createRefresher(() => askAllAnew(queries))
    // What it is called, and by the same answer whether it can be reached.
    const name = createRefresher(() => queries.invalidateQueries({ queryKey: ['auth.status'] }))
    // A session that has ended answers so, and then the page knows; one that stands may have another role.
    const person = createRefresher(() => queries.invalidateQueries({ queryKey: SESSION_KEY }))
    // Nobody listens for a screen that is not shown: it asks anew when it is shown again.
    const forgetUnshown = () => void queries.invalidateQueries({ type: 'inactive', refetchType: 'none' })
    const stops = [
      ...CHANGES.map((type) => client.onEvent(type, forgetUnshown)),
      client.onEvent('settings.changed', name.want),
      client.onEvent('stream.broken', name.want),
      client.onEvent('resync', () => {
        everything.letGo()
        everything.want()
      }),
      client.onEvent('session.ended', person.want),
      client.onEvent('stream.refused', person.want),
      client.onEvent('user.changed', (event) => event.userId === userId && person.want()),
    ]
    return () => {
      for (const stop of [everything.stop, name.stop, person.stop, ...stops]) stop()
    }
  }, [client, queries, userId])

  return null
}
