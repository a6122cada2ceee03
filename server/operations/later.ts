// Work that an answer must not wait for, because how long it takes would say what it was.
import type { Logger } from '../ports.ts'

export interface Later {
  /** Runs after the answer of this turn was written. Work that is too much is dropped, and logged. */
  run(work: () => void): void
  /** Does what is left. */
  stop(): void
}

const WAITING_MAX = 1_000

export function createLater(logger: Logger): Later {
  const waiting = new Set<() => void>()
  const doNow = (work: () => void): void => {
    waiting.delete(work)
    try {
      work()
    } catch (err) {
      logger.error({ err }, 'work after an answer failed')
    }
  }
  return {
    run(work) {
      if (waiting.size >= WAITING_MAX) {
        logger.error('too much work waits for its answer to be written; some was dropped')
        return
      }
      waiting.add(work)
      setImmediate(() => {
        if (waiting.has(work)) doNow(work)
      })
    },
    stop() {
      for (const work of [...waiting]) doNow(work)
    },
  }
}
