// Figures of this process and its machine: time, memory, disk, and how late the event loop is.
import { stat, statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { SystemStatus } from '../../contract/operations/system.ts'

export interface ProcessFigures {
  eventLoop(): SystemStatus['eventLoop']
  memory(): SystemStatus['memory']
  /** Of the disk that the folder is on. */
  disk(): Promise<SystemStatus['disk']>
  database(): Promise<{ readonly bytes: number; readonly walBytes: number }>
  stop(): void
}

/** How often the loop is looked at; what it is late is measured beyond that. */
const RESOLUTION_MS = 20
const WINDOW_MS = 30_000
/** In a younger window one late turn would stand for all of it; the one before is shown until then. */
const WINDOW_SAMPLES_MIN = 10_000 / RESOLUTION_MS

export function createProcessFigures(dataDir: string): ProcessFigures {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let before: SystemStatus['eventLoop'] = null
  const turn = setInterval(() => {
    before = lateness(delay)
    delay.reset()
  }, WINDOW_MS)
  turn.unref()

  return {
    eventLoop: () => (before === null || delay.count >= WINDOW_SAMPLES_MIN ? lateness(delay) : before),
    memory() {
      const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
      return {
        rssBytes: rss,
        heapUsedBytes: heapUsed,
        heapTotalBytes: heapTotal,
        externalBytes: external,
        machineFreeBytes: freemem(),
        machineTotalBytes: totalmem(),
      }
    },
    async disk() {
      try {
        const { bavail, blocks, bsize } = await statfs(dataDir)
        return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
      } catch {
        // Some file systems do not say; there is nothing to show then.
        return null
      }
    },
    async database() {
      const path = join(dataDir, 'gateway.db')
      return { bytes: await sizeOf(path), walBytes: await sizeOf(`${path}-wal`) }
    },
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

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )
