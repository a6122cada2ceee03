// Server data in components: ask once and keep it fresh, change and refresh what the change touches, page through a list.
import {
  keepPreviousData,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState } from 'react'
import type { CallInput, CallOutput, OperationName } from '../../contract/catalogue.ts'
import type { Client } from './client.ts'
import type { EventType } from './event-hub.ts'
import { mayRetry } from './failures.ts'
import { createRefresher } from './refresher.ts'

const RETRIES_MAX = 2
const RETRY_EVERY_MS = 10_000
/** Within it, a screen that is opened again shows what it has; pushed events and changes refresh sooner. */
const FRESH_MS = 15_000

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => count < RETRIES_MAX && mayRetry(error),
        staleTime: FRESH_MS,
        // What could not be reached is tried again for as long as somebody looks at it.
        refetchInterval: ({ state }) => (mayRetry(state.error) ? RETRY_EVERY_MS : false),
        // An address in a local network is reachable without the internet.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })

export const ClientContext = createContext<Client | undefined>(undefined)

export function useClient(): Client {
  const client = useContext(ClientContext)
  if (client === undefined) throw new Error('There is no ClientContext around this component')
  return client
}

interface AskOptions {
  /** Off until something is there to ask for. */
  readonly isEnabled?: boolean
  /** Shows the last answer while the next one is on its way, as lists do when their filter changes. */
  readonly keepsPrevious?: boolean
}

/** The answer of an operation that only reads. */
export function useAsk<Name extends OperationName>(
  name: Name,
  input: CallInput<Name>,
  { isEnabled = true, keepsPrevious = false }: AskOptions = {},
): UseQueryResult<CallOutput<Name>> {
  const client = useClient()
  return useQuery({
    queryKey: [name, input],
    queryFn: ({ signal }) => client.call(name, input, signal),
    enabled: isEnabled,
    ...(keepsPrevious ? { placeholderData: keepPreviousData } : {}),
  })
}

/** An operation that changes something; on success every answer of the operations in `refreshes` is asked for again. */
export function useChange<Name extends OperationName>(
  name: Name,
  refreshes: readonly OperationName[] = [],
): UseMutationResult<CallOutput<Name>, Error, CallInput<Name>> {
  const client = useClient()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: CallInput<Name>) => client.call(name, input),
    onSuccess: () =>
      Promise.all(refreshes.map((refreshed) => queries.invalidateQueries({ queryKey: [refreshed] }))),
  })
}

/** Asks again for these operations when an event of one of these types is pushed, and then not before `restMs` have passed. */
export function useRefreshOn(
  types: EventType | readonly EventType[],
  refreshes: readonly OperationName[],
  restMs?: number,
): void {
  const client = useClient()
  const queries = useQueryClient()
  const heard = [types].flat().join(' ')
  const names = refreshes.join(' ')
  useEffect(() => {
    const refresher = createRefresher(
      () => Promise.all(names.split(' ').map((name) => queries.invalidateQueries({ queryKey: [name] }))),
      restMs,
    )
    // They were joined just above, so that a list written anew at every rendering is the same list.
    const stops = (heard.split(' ') as EventType[]).map((type) => client.onEvent(type, refresher.want))
    // After a gap everything is asked anew (frame/live-updates.tsx); here it is only no longer waited for.
    const stopGaps = client.onEvent('resync', refresher.letGo)
    return () => {
      for (const stop of [refresher.stop, stopGaps, ...stops]) stop()
    }
  }, [client, queries, heard, names, restMs])
}

/** Asks again for an operation at a moment, such as the end of the day that its answer speaks of. */
export function useRefreshAt(atMs: number | undefined, refreshed: OperationName): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (atMs === undefined || atMs <= Date.now()) return
    const timer = setTimeout(
      () => void queries.invalidateQueries({ queryKey: [refreshed] }),
      atMs - Date.now(),
    )
    return () => clearTimeout(timer)
  }, [queries, atMs, refreshed])
}

/** The operations that answer `{ rows, nextCursor, total? }`. */
export type ListName = {
  [Name in OperationName]: CallOutput<Name> extends { rows: unknown[]; nextCursor: string | null }
    ? 'cursor' extends keyof CallInput<Name>
      ? Name
      : never
    : never
}[OperationName]

export interface Paged<Output> {
  readonly query: UseQueryResult<Output>
  readonly paging: {
    /** Counted from 0, the newest. */
    readonly pageIndex: number
    readonly hasOlder: boolean
    older(): void
    newer(): void
  }
}

/** A list page by page. A keyset cursor only leads on, so the way back is remembered; another filter starts over. */
export function usePaged<Name extends ListName>(
  name: Name,
  filter: Omit<CallInput<Name>, 'cursor'>,
): Paged<CallOutput<Name>> {
  const [trail, setTrail] = useState<{ filter: string; cursors: readonly string[] }>({
    filter: '',
    cursors: [],
  })
  const key = JSON.stringify(filter)
  const cursors = trail.filter === key ? trail.cursors : []
  const cursor = cursors.at(-1)
  // The filter and the cursor are the two halves of this operation's input.
  const input = (cursor === undefined ? filter : { ...filter, cursor }) as CallInput<Name>
  const query = useAsk(name, input, { keepsPrevious: true })
  // Every operation with a cursor answers so; see ListName.
  const answer = query.data as { readonly nextCursor: string | null } | undefined
  const next = answer?.nextCursor ?? null
  return {
    query,
    paging: {
      pageIndex: cursors.length,
      hasOlder: next !== null,
      older: () => next !== null && setTrail({ filter: key, cursors: [...cursors, next] }),
      newer: () => setTrail({ filter: key, cursors: cursors.slice(0, -1) }),
    },
  }
}
