// That a library which could not be loaded once does not keep metrics away for good.
import { expect, test, vi } from 'vitest'
import { Traffic } from './gateway/traffic.ts'
import { createMetrics, type MetricSources } from './metrics.ts'

const isMissing = vi.hoisted(() => ({ now: true }))
vi.mock('./metric-kinds.ts', async (importOriginal) => {
  const kinds = await importOriginal<typeof import('./metric-kinds.ts')>()
  return {
    ...kinds,
    createRegistry: () => {
      if (isMissing.now) throw new Error('no such file')
      return kinds.createRegistry()
    },
  }
})

const NOTHING: MetricSources = {
  gateway: {
    stats: () => ({
      ...new Traffic().counts(),
      inFlight: 0,
      drains: 0,
      drainCuts: { seconds: 0, bytes: 0, user: 0, total: 0 },
      sockets: { open: 0, opened: 0, turns: 0 },
      unlisted: [],
    }),
  },
  accounts: { openHolds: () => ({ count: 0, amountNanoUsd: 0 }) },
  writer: { waiting: 0 },
  upstream: { targets: () => [] },
  loopDelay: { current: () => ({ p50Ms: 0.5, p99Ms: 20, maxMs: 300 }) },
}

test('what could not be loaded is loaded when somebody asks again', async () => {
  const metrics = createMetrics(() => NOTHING)
  await expect(metrics.text()).rejects.toThrow('no such file')
  isMissing.now = false
  expect(await metrics.text()).toContain('codex_gateway_requests_total')
})

test('how late the loop is stands there in seconds', async () => {
  isMissing.now = false
  const text = await createMetrics(() => NOTHING).text()
  expect(text).toMatch(/^nodejs_eventloop_lag_p50_seconds 0\.0005$/m)
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds 0\.02$/m)
  expect(text).toMatch(/^nodejs_eventloop_lag_max_seconds 0\.3$/m)
})
