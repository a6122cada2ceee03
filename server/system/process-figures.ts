// Figures of this process and its machine: memory, disk, and how late the event loop is.
import { stat, statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import type { SystemStatus } from '../../contract/operations/system.ts'
import type { LoopDelay } from './loop-delay.ts'

export interface ProcessFigures {
  eventLoop(): SystemStatus['eventLoop']
  memory(): SystemStatus['memory']
  /** Of the disk that the folder is on. */
  disk(): Promise<SystemStatus['disk']>
  database(): Promise<{ readonly bytes: number; readonly walBytes: number }>
}

export function createProcessFigures(dataDir: string, loopDelay: Pick<LoopDelay, 'current'>): ProcessFigures {
  return {
    eventLoop: loopDelay.current,
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
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )
