// Keeps a page true for as long as somebody is signed in: who they are, whether their session stands, and everything that is
// shown, where events were missed.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useClient } from '../client/hooks.ts'
import { createRefresher } from '../client/refresher.ts'
import { SESSION_KEY, useSession } from './session.ts'

export function LiveUpdates() {
  const client = useClient()
  const queries = useQueryClient()
  const session = useSession()
  const userId = session.kind === 'signed_in' ? session.me.id : undefined

  useEffect(() => {
    if (userId === undefined) return
    const everything = createRefresher(() => queries.invalidateQueries())
    // A session that has ended answers so, and then the page knows; one that stands may have another role.
    const person = createRefresher(() => queries.invalidateQueries({ queryKey: SESSION_KEY }))
    const stops = [
      client.onEvent('resync', everything.want),
      client.onEvent('session.ended', person.want),
      client.onEvent('stream.refused', person.want),
      client.onEvent('user.changed', (event) => event.userId === userId && person.want()),
    ]
    return () => {
      for (const stop of [everything.stop, person.stop, ...stops]) stop()
    }
  }, [client, queries, userId])

  return null
}
