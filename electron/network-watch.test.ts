// The address for other machines, while the gateway answers and while it cannot.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RunningServer } from '../server/start-server.ts'
import type { GatewayControl } from './gateway-control.ts'
import { watchNetwork } from './network-watch.ts'

vi.mock('electron', () => ({ app: { getVersion: () => '1.0.0' }, powerMonitor: { on: () => undefined } }))

const NETWORK = { isOpenToNetwork: true, places: [{ url: 'http://192.168.1.24:8787', kind: 'lan' }] }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('an address that cannot be had is looked for again, and that it cannot is told once', async () => {
  const dispatch = vi.fn<RunningServer['dispatch']>(() => Promise.reject(new Error('EMFILE')))
  const addresses: readonly string[] = ['http://127.0.0.1:8787']
  // What the watch touches of a server.
  const server = {
    addresses,
    ownAddresses: () => ['192.168.1.24'],
    operator: () => ({ id: 'user-1' }),
    dispatch,
  } as unknown as RunningServer
  const warnings: unknown[] = []
  let tell: Parameters<GatewayControl['onChange']>[0] = () => undefined
  const watch = watchNetwork(
    {
      server: () => server,
      onChange: (listener) => {
        tell = listener
      },
    },
    { onEvents: () => undefined },
    { warn: (...what: unknown[]) => void warnings.push(what) },
  )
  tell({ kind: 'running', address: 'http://127.0.0.1:8787' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect([watch.address(), warnings.length]).toEqual([undefined, 1])
  expect(dispatch.mock.calls.length).toBeGreaterThan(2)

  dispatch.mockResolvedValue({ ok: true, data: NETWORK })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(watch.address()).toBe('http://192.168.1.24:8787')
})
