// What a page costs that is open all day: what it asks, how often, and what it keeps.
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PushedEvent } from '../../../contract/events.ts'
import { createClient, createStaleness } from '../../client/client.ts'
import { ClientContext, createQueryClient } from '../../client/hooks.ts'
import type { Transport } from '../../client/transport.ts'
import { useGatewayNow, useInFlight } from './use-gateway-now.ts'

const NOON = Date.UTC(2026, 10, 26, 12)
const HOUR_MS = 3_600_000
const MIDNIGHT = NOON + 12 * HOUR_MS

let call: ReturnType<typeof vi.fn<Transport['call']>>
let listen: ReturnType<typeof vi.fn<Transport['listen']>>
let push: (event: PushedEvent) => void
let queries: QueryClient
let wrapper: (props: { readonly children: ReactNode }) => ReactNode

const answers: Readonly<Record<string, unknown>> = {
  'setup.status': { upstream: { kind: 'openai' } },
  'dashboard.get': {
    running: { inFlight: 2 },
    series: { buckets: [{ from: MIDNIGHT - 24 * HOUR_MS, to: MIDNIGHT }] },
  },
}
const asked = (name: string) => call.mock.calls.filter(([called]) => called === name).length
const finished: PushedEvent = {
  type: 'requests.finished',
  at: NOON,
  count: 1,
  errorCount: 0,
  inputTokens: 1,
  outputTokens: 1,
  costNanoUsd: 1,
  rows: [],
}
async function pass(ms: number): Promise<void> {
  // Its promise is no real one, and has to be waited for all the same.
  await Promise.resolve(act(() => vi.advanceTimersByTimeAsync(ms)))
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOON })
  call = vi.fn<Transport['call']>((name) => Promise.resolve({ ok: true, data: answers[name] }))
  listen = vi.fn<Transport['listen']>((onEvent) => {
    push = onEvent
    return () => {}
  })
  const client = createClient({ transport: { call, listen }, staleness: createStaleness('mine') })
  queries = createQueryClient()
  wrapper = ({ children }) => (
    <ClientContext value={client}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </ClientContext>
  )
})
afterEach(() => {
  cleanup()
  queries.clear()
  vi.useRealTimers()
})

test('nothing is asked by the clock; under load it is one report every three seconds, and what is kept does not grow', async () => {
  renderHook(useGatewayNow, { wrapper })
  await pass(100)
  expect(asked('dashboard.get')).toBe(1)
  await pass(2 * HOUR_MS)
  expect(asked('dashboard.get')).toBe(1)

  const kept = queries.getQueryCache().getAll().length
  for (let tenth = 0; tenth < 600; tenth += 1) {
    act(() => push(finished))
    await pass(100)
  }
  const reports = asked('dashboard.get') - 1
  expect(reports).toBeGreaterThanOrEqual(18)
  expect(reports).toBeLessThanOrEqual(21)
  expect(queries.getQueryCache().getAll()).toHaveLength(kept)
})

test('tomorrow’s figures begin by themselves', async () => {
  renderHook(useGatewayNow, { wrapper })
  await pass(100)
  await pass(MIDNIGHT - Date.now() + 1_000)
  expect(asked('dashboard.get')).toBe(2)
})

test('what runs is taken from the push, and forgotten after a gap', async () => {
  const { result } = renderHook(() => useInFlight(2), { wrapper })
  expect(result.current).toBe(2)
  act(() => push({ type: 'requests.running', at: NOON, running: 5 }))
  expect(result.current).toBe(5)
  act(() => push({ type: 'resync', at: NOON }))
  expect(result.current).toBe(2)
  // A gap asks whether the gateway is there, and nothing else.
  expect(call.mock.calls.map(([name]) => name)).toEqual(['auth.status'])
})
