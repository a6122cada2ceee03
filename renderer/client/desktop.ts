// The desktop app around its window: what it is doing, and what it can be asked to do. A browser has none of it.
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import type { DesktopCall, DesktopInput, DesktopOutput, DesktopView } from '../../contract/desktop.ts'
import { CallError } from './client.ts'
import { useClient } from './hooks.ts'
import { isInDesktopWindow } from './ipc-transport.ts'

const VIEW_KEY = ['desktop.get'] as const

async function callDesktop<Name extends DesktopCall>(
  name: Name,
  input: DesktopInput<Name>,
): Promise<DesktopOutput<Name>> {
  const bridge = window.codexGateway
  if (bridge === undefined) throw new Error(`${name} is for the desktop window`)
  const answer = await bridge.call(name, input).catch((error: unknown) => {
    // It rejects where a step needs the gateway and the gateway does not run, or where the app has gone.
    throw new CallError({ code: 'offline', message: String(error) })
  })
  if (!answer.ok) throw new CallError(answer.error)
  // The app's handlers are typed by the same table.
  return answer.data as DesktopOutput<Name>
}

/** The app as it is now; undefined in a browser, and until it has answered. */
export function useDesktopView(): DesktopView | undefined {
  const client = useClient()
  const queries = useQueryClient()
  const isHere = isInDesktopWindow()
  const { data } = useQuery({
    queryKey: VIEW_KEY,
    queryFn: () => callDesktop('desktop.get', {}),
    enabled: isHere,
  })
  useEffect(() => {
    if (!isHere) return
    const askAgain = () => void queries.invalidateQueries({ queryKey: VIEW_KEY })
    const stops = [client.onEvent('desktop.changed', askAgain), client.onEvent('resync', askAgain)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [client, queries, isHere])
  return data
}

/** An answer of the app that only reads. */
export function useDesktopAsk<Name extends DesktopCall>(
  name: Name,
  input: DesktopInput<Name>,
): UseQueryResult<DesktopOutput<Name>> {
  return useQuery({ queryKey: [name, input], queryFn: () => callDesktop(name, input) })
}

/** Asks the app for something; what it does is known afterwards. */
export function useDesktopCall<Name extends DesktopCall>(
  name: Name,
  refreshes: readonly DesktopCall[] = ['desktop.get'],
): UseMutationResult<DesktopOutput<Name>, Error, DesktopInput<Name>> {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: DesktopInput<Name>) => callDesktop(name, input),
    onSuccess: () =>
      Promise.all(refreshes.map((refreshed) => queries.invalidateQueries({ queryKey: [refreshed] }))),
  })
}
