// Server data in components: pages of a list, what a change refreshes, and what a pushed event refreshes.
import { QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PushedEvent } from '../../contract/events.ts'
import { createClient, createStaleness } from './client.ts'
import { ClientContext, createQueryClient, useAsk, useChange, usePaged, useRefreshOn } from './hooks.ts'
import type { Transport, TransportAnswer } from './transport.ts'

let call: ReturnType<typeof vi.fn<Transport['call']>>
let push: (event: PushedEvent) => void
let wrapper: (props: { readonly children: ReactNode }) => ReactNode

const ok = (data: unknown): Promise<TransportAnswer> => Promise.resolve({ ok: true, data })
const inputsOf = (name: string) =>
  call.mock.calls.filter(([called]) => called === name).map(([, input]) => input)

beforeEach(() => {
  call = vi.fn<Transport['call']>(() => ok({ rows: [], nextCursor: null }))
  const transport: Transport = {
    call,
    listen(onEvent) {
      push = onEvent
      return () => {}
    },
  }
  const client = createClient({ transport, staleness: createStaleness('mine') })
  const queries = createQueryClient()
  wrapper = ({ children }) => (
    <ClientContext value={client}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </ClientContext>
  )
})
afterEach(cleanup)

test('a list is paged by its cursors, back again without asking, and starts over with another filter', async () => {
  call.mockImplementation((_name, input) => {
    // The input of the list under test.
    const { cursor } = input as { readonly cursor?: string }
    return ok({ rows: [], nextCursor: cursor === undefined ? 'second' : null })
  })
  const { result, rerender } = renderHook(({ search }) => usePaged('users.list', { search }), {
    wrapper,
    initialProps: { search: 'a' },
  })
  await waitFor(() => expect(result.current.paging.hasOlder).toBe(true))
  act(() => result.current.paging.older())
  await waitFor(() => expect(result.current.paging).toMatchObject({ pageIndex: 1, hasOlder: false }))
  act(() => result.current.paging.newer())
  expect(result.current.paging.pageIndex).toBe(0)
  act(() => result.current.paging.older())
  rerender({ search: 'b' })
  expect(result.current.paging.pageIndex).toBe(0)
  await waitFor(() => expect(inputsOf('users.list').at(-1)).toEqual({ search: 'b' }))
  expect(inputsOf('users.list')).toEqual([
    { search: 'a' },
    { search: 'a', cursor: 'second' },
    { search: 'b' },
  ])
})

test('after a change, and after an event, what they touch is asked for again', async () => {
  const { result } = renderHook(
    () => {
      useRefreshOn('key.changed', ['keys.list'])
      return { list: useAsk('keys.list', {}), change: useChange('keys.delete', ['keys.list']) }
    },
    { wrapper },
  )
  await waitFor(() => expect(result.current.list.isSuccess).toBe(true))
  act(() => result.current.change.mutate({ keyId: 'k1' }))
  await waitFor(() => expect(inputsOf('keys.list')).toHaveLength(2))
  act(() => push({ type: 'ledger.checked', isConsistent: true, at: 1 }))
  act(() => push({ type: 'key.changed', userId: 'u1', keyId: 'k1', operation: 'keys.update', at: 1 }))
  await waitFor(() => expect(inputsOf('keys.list')).toHaveLength(3))
})

test('a refusal is not asked again; what cannot be reached is', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const refused: TransportAnswer = { ok: false, error: { code: 'forbidden', message: '' } }
  const offline: TransportAnswer = { ok: false, error: { code: 'offline', message: '' } }
  call.mockImplementation((name) => Promise.resolve(name === 'me.get' ? refused : offline))
  const { result } = renderHook(() => [useAsk('me.get', {}), useAsk('keys.list', {})] as const, { wrapper })
  await waitFor(() => expect(result.current[0].isError).toBe(true))
  await vi.advanceTimersByTimeAsync(4_000)
  await waitFor(() => expect(result.current[1].isError).toBe(true))
  expect([inputsOf('me.get').length, inputsOf('keys.list').length]).toEqual([1, 3])
  await vi.advanceTimersByTimeAsync(10_000)
  expect([inputsOf('me.get').length, inputsOf('keys.list').length > 3]).toEqual([1, true])
  vi.useRealTimers()
})
