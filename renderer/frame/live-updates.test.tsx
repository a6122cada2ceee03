// A page over the restart of its gateway: what the old one never answered is asked of the new one, and what is shown is new.
import { QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, test, vi } from 'vitest'
import { createClient, createStaleness } from '../client/client.ts'
import { ClientContext, createQueryClient, useAsk, useRefreshOn } from '../client/hooks.ts'
import type { StreamEvent, Transport, TransportAnswer } from '../client/transport.ts'
import { LiveUpdates } from './live-updates.tsx'

afterEach(cleanup)

let push: (event: StreamEvent) => void = () => {}

function Screen() {
  useRefreshOn('data.changed', ['keys.list'])
  const keys = useAsk('keys.list', {})
  const plans = useAsk('plans.list', {})
  return `keys ${keys.data?.total ?? 'none'}, plans ${plans.data?.total ?? 'none'}`
}

test('figures of before a restart are gone after it, though a question was never answered', async () => {
  let total = 1
  let isGone = false
  const call = vi.fn((name: string): Promise<TransportAnswer> => {
    if (name === 'me.get') return Promise.resolve({ ok: true, data: { id: 'u1' } })
    if (isGone || (name === 'plans.list' && total === 1)) return new Promise(() => {})
    return Promise.resolve({ ok: true, data: { rows: [], nextCursor: null, total } })
  })
  const listen: Transport['listen'] = (onEvent) => {
    push = onEvent
    return () => {}
  }
  const client = createClient({ transport: { call, listen }, staleness: createStaleness('mine') })
  render(
    <ClientContext value={client}>
      <QueryClientProvider client={createQueryClient()}>
        <LiveUpdates />
        <Screen />
      </QueryClientProvider>
    </ClientContext>,
  )
  await screen.findByText('keys 1, plans none')
  isGone = true
  act(() => push({ type: 'data.changed', at: 1, noun: 'keys', operation: 'keys.create', userId: null }))
  act(() => push({ type: 'resync', at: 2 }))
  isGone = false
  total = 2
  act(() => push({ type: 'resync', at: 3 }))
  await screen.findByText('keys 2, plans 2')
  total = 3
  act(() => push({ type: 'data.changed', at: 4, noun: 'keys', operation: 'keys.create', userId: null }))
  await screen.findByText('keys 3, plans 2')
})
