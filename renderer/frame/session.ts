// Who is signed in on this page. Asked once at the start; forgotten when the gateway says that the session has ended.
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { create } from 'zustand'
import type { CallOutput } from '../../contract/catalogue.ts'
import { CallError, type Client } from '../client/client.ts'
import { useClient } from '../client/hooks.ts'

export type Me = CallOutput<'me.get'>

export type Session =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'failed'
      readonly error: unknown
      readonly retry: () => void
      readonly isRetrying: boolean
    }
  | { readonly kind: 'none' }
  | { readonly kind: 'signed_in'; readonly me: Me }

export const SESSION_KEY = ['session'] as const

interface SessionEnd {
  /** Whether a session ended under a person who was working, and not by their own wish. */
  readonly hasEnded: boolean
  /** Who stays on the page although their session ends, because the page itself tells them what has ended it. */
  readonly staying: Me | undefined
}

export const useSessionEnd = create<SessionEnd>()(() => ({ hasEnded: false, staying: undefined }))

const sessionQuery = (client: Client) => ({
  queryKey: SESSION_KEY,
  queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<Me | null> => {
    try {
      return await client.call('me.get', {}, signal)
    } catch (error) {
      if (error instanceof CallError && error.failure.code === 'unauthenticated') return null
      throw error
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
})

export const askForSession = (client: Client, queries: QueryClient): Promise<void> =>
  queries.prefetchQuery(sessionQuery(client))

export function followSession(client: Client, queries: QueryClient): void {
  client.onChange((change) => {
    // Nobody was signed in: that is an answer, and no end.
    if (change !== 'signed_out' || !queries.getQueryData(SESSION_KEY)) return
    if (useSessionEnd.getState().staying !== undefined) return
    useSessionEnd.setState({ hasEnded: true })
    forgetPerson(queries)
  })
}

export function useSession(): Session {
  const { data, error, refetch, isFetching } = useQuery(sessionQuery(useClient()))
  const staying = useSessionEnd((end) => end.staying)
  const me = data ?? staying
  if (me !== undefined) return { kind: 'signed_in', me }
  if (data === null) return { kind: 'none' }
  if (error !== null) {
    return { kind: 'failed', error, retry: () => void refetch(), isRetrying: isFetching }
  }
  return { kind: 'waiting' }
}

/** For screens that are shown to signed-in people only. */
export function useMe(): Me {
  const session = useSession()
  if (session.kind !== 'signed_in') throw new Error('This screen is shown to signed-in people only')
  return session.me
}

/** Asks again who is here, after something about them has changed. */
export function useRefreshMe(): () => Promise<void> {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: SESSION_KEY })
}

/** The password was right, and a code of the second factor is asked for with this challenge. */
export interface SecondFactorDue {
  readonly challenge: string
}

interface SignIn {
  /** Undefined where the person is signed in. */
  signIn(credentials: { email: string; password: string }): Promise<SecondFactorDue | undefined>
  verifySecondFactor(answer: {
    challenge: string
    code: string
  }): Promise<CallOutput<'auth.verifySecondFactor'>>
  /** A session has begun by another way than signing in, or what is known about the person has changed. */
  adopt(me: Me): void
  signOut(): Promise<void>
}

/** Signs in and out. Everything resolves once the page knows. */
export function useSignIn(): SignIn {
  const client = useClient()
  const queries = useQueryClient()
  const adopt = (me: Me): void => {
    useSessionEnd.setState({ hasEnded: false })
    queries.setQueryData(SESSION_KEY, me)
  }
  return {
    async signIn(credentials) {
      try {
        adopt((await client.call('auth.login', credentials)).user)
        return undefined
      } catch (error) {
        const due = secondFactorDue(error)
        if (due === undefined) throw error
        return due
      }
    },
    async verifySecondFactor(answer) {
      const answered = await client.call('auth.verifySecondFactor', answer)
      adopt(answered.user)
      return answered
    },
    adopt,
    async signOut() {
      await client.call('auth.logout', {})
      forgetPerson(queries)
    },
  }
}

function secondFactorDue(error: unknown): SecondFactorDue | undefined {
  if (!(error instanceof CallError) || error.failure.code !== 'second_factor_required') return undefined
  const challenge = error.failure.details?.['challenge']
  return typeof challenge === 'string' ? { challenge } : undefined
}

/** What one person saw is not there for the next one. */
function forgetPerson(queries: QueryClient): void {
  queries.setQueryData(SESSION_KEY, null)
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] })
}
