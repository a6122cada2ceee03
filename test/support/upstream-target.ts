// An upstream as the request path knows it, for tests that send there without a whole gateway.
import type { UpstreamTarget } from '../../server/gateway/gateway.ts'
import type { Clock } from '../../server/ports.ts'
import { createUpstreamHealth } from '../../server/upstreams/upstream-health.ts'
import { UpstreamLane } from '../../server/upstreams/upstream-lane.ts'

const STANDING_CLOCK: Clock = { now: () => 0, monotonicMs: () => 0 }

export const upstreamTarget = (
  more: Partial<UpstreamTarget> = {},
  clock: Clock = STANDING_CLOCK,
): UpstreamTarget => ({
  id: 'primary',
  name: null,
  baseUrl: 'http://127.0.0.1:1/v1',
  apiKey: 'sk-upstream-test-1',
  isDemo: false,
  version: 1,
  models: null,
  priority: 100,
  multiplierPpm: 1_000_000,
  concurrencyMax: null,
  headSecondsMax: 60,
  identifiesUsers: false,
  lane: new UpstreamLane(clock, createUpstreamHealth({ clock, onChange: () => {} })),
  ...more,
})
