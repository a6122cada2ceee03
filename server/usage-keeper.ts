// Keeps usage in order while the gateway runs: short steps with long rests, longer ones while requests run. The steps are done
// by the thread that writes, which is not started for them where nothing can be due.
import type { Settings } from '../contract/settings.ts'
import { createBelievedTime } from './believed-time.ts'
import type { Writer } from './db/write.ts'
import type { Clock, Logger } from './ports.ts'

export interface UsageKeeper {
  /** Has one step done of what is due; false where nothing is. */
  step(): Promise<boolean>
  start(): void
  stop(): void
}

interface UsageKeeperDeps {
  readonly writer: Pick<Writer, 'keepUsage' | 'submitted'>
  readonly settings: () => Pick<Settings, 'usageRowsKeptDays' | 'hourlyUsageKeptDays' | 'dailyUsageKeptDays'>
  readonly timeZone: () => string
  /** How far the sums have come, in Unix milliseconds; 0 where there are none. */
  readonly reachedMs: () => number
  readonly inFlight: () => number
  readonly clock: Clock
  readonly logger: Logger
}

const FIRST_LOOK_MS = 30_000
const LOOK_MS = 10_000
/** Sums follow a minute behind: when nothing was left to do so long after the last write, all of it is in them. */
const SETTLED_AFTER_MS = 70_000
/** What grows old meanwhile is late by no more than this. */
const SETTLED_LOOK_MS = 3_600_000
/** So many times as long as a step took it rests: with nothing else to do, and beside requests. */
const REST_TIMES_IDLE = 3
const REST_TIMES_BUSY = 20
const REST_MS_MIN = 20

export function createUsageKeeper(deps: UsageKeeperDeps): UsageKeeper {
  const { writer, settings, timeZone, inFlight, clock, logger } = deps
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let submitted = 0
  /** Of the last look that found something written, and of the last step. */
  let writtenMs = Number.NEGATIVE_INFINITY
  let steppedMs = Number.NEGATIVE_INFINITY
  let isSettled = false
  const time = createBelievedTime({
    clock,
    reachedMs: deps.reachedMs,
    onLeap: (fromMs) =>
      logger.warn(
        { event: 'clock_leapt', from: new Date(fromMs).toISOString() },
        'the clock is far ahead of when usage was last put in order; nothing expires before it has stayed so for half an hour',
      ),
  })

  function step(): Promise<boolean> {
    const { usageRowsKeptDays, hourlyUsageKeptDays, dailyUsageKeptDays } = settings()
    return writer.keepUsage({
      nowMs: clock.now(),
      timeZone: timeZone(),
      usageRowsKeptDays,
      hourlyUsageKeptDays,
      dailyUsageKeptDays,
    })
  }

  /** Whether anything can be: something was written, or time has passed. */
  function isDue(nowMs: number): boolean {
    if (writer.submitted !== submitted) {
      submitted = writer.submitted
      writtenMs = nowMs
      isSettled = false
    }
    return !isSettled || nowMs - steppedMs >= SETTLED_LOOK_MS
  }

  async function work(): Promise<void> {
    const startedMs = clock.monotonicMs()
    let isMore = false
    try {
      if (!isDue(startedMs) || !time.isBelieved()) return wait(LOOK_MS)
      steppedMs = startedMs
      isMore = await step()
      isSettled = !isMore && startedMs - writtenMs >= SETTLED_AFTER_MS
    } catch (error) {
      // Tried again at the next look: what was not written changes no total.
      logger.warn({ event: 'usage_upkeep_failed', err: error }, 'usage could not be put in order')
    }
    const workedMs = clock.monotonicMs() - startedMs
    const times = inFlight() > 0 ? REST_TIMES_BUSY : REST_TIMES_IDLE
    wait(isMore ? Math.max(REST_MS_MIN, times * workedMs) : LOOK_MS)
  }

  function wait(ms: number): void {
    if (!isStopped) timer = setTimeout(() => void work(), ms).unref()
  }

  return {
    step,
    start: () => wait(FIRST_LOOK_MS),
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
