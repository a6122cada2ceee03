// How late the event loop is: one look at it for whoever asks, because each look wakes a processor that could rest.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { SystemStatus } from '../../contract/operations/system.ts'

export interface LoopDelay {
  /** Of the last ten seconds to half a minute, since the start where that is less; null before the first look. */
  current(): SystemStatus['eventLoop']
  stop(): void
}

/** How often the loop is looked at; what it is late is measured beyond that. */
const RESOLUTION_MS = 50
const WINDOW_MS = 30_000
/** In a younger window one late turn would stand for all of it; the one before is shown until then. */
const WINDOW_SAMPLES_MIN = 10_000 / RESOLUTION_MS

export function createLoopDelay(): LoopDelay {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let before: SystemStatus['eventLoop'] = null
  const turn = setInterval(() => {
    before = lateness(delay)
    delay.reset()
  }, WINDOW_MS)
  turn.unref()
  return {
    current: () => (before === null || delay.count >= WINDOW_SAMPLES_MIN ? lateness(delay) : before),
    stop() {
      clearInterval(turn)
      delay.disable()
    },
  }
}

function lateness(delay: ReturnType<typeof monitorEventLoopDelay>): SystemStatus['eventLoop'] {
  if (delay.count === 0) return null
  const lateMs = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 10_000) / 100 - RESOLUTION_MS)
  return {
    p50Ms: lateMs(delay.percentile(50)),
    p99Ms: lateMs(delay.percentile(99)),
    maxMs: lateMs(delay.max),
  }
}
