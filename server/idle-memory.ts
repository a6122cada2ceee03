// Gives memory back when there is nothing to do. The engine keeps what a start or a rush of requests has used, in case of
// another, and would collect it only while it works: that is when a collection of everything would be felt.
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_EVERY_MS = 2_000
/** What a start leaves is collected soon. */
const QUIET_LOOKS_AFTER_START = 2
/** Five minutes. With it goes what the engine has learned about the code, which a mere pause between requests must not cost. */
const QUIET_LOOKS = 150
/**
 * What the event loop has been told of between two looks: a request is eight or nine, timers are none. The time that it was active
 * says less: on a slow machine the timers of an idle server take 30 to 66 ms of it, and one or two on a fast one.
 */
const QUIET_EVENTS_MAX = 20
/** Events of others' that nothing has to be done about, such as what is said to everybody in a network. */
const QUIET_MS_MAX = 5
/** Few events may be much work. */
const LOUD_MS_MIN = 100
/** Less work than this leaves nothing that is worth a pause of a tenth of a second, which a request may meet. */
const WORK_MS_MIN = 200

interface IdleMemoryDeps {
  /** Whether something is under way that only waits at the moment. */
  readonly isBusy: () => boolean
  /** For tests: what the loop has handled so far, by the engine's own count. */
  readonly handled?: () => number
  /** For tests: instead of the engine's own. */
  readonly collect?: () => void
}

const handledByLoop = (): number => performance.nodeTiming.uvMetricsInfo.events

export function createIdleMemory({
  isBusy,
  handled = handledByLoop,
  collect = collectEverything,
}: IdleMemoryDeps): { stop(): void } {
  let seen = performance.eventLoopUtilization()
  let events = handled()
  let workedMs = WORK_MS_MIN
  let quietLooks = 0
  let quietLooksMin = QUIET_LOOKS_AFTER_START
  const look = (): void => {
    const now = performance.eventLoopUtilization()
    const { active } = performance.eventLoopUtilization(now, seen)
    seen = now
    const told = handled() - events
    events += told
    const isLoud = active > LOUD_MS_MIN || (told > QUIET_EVENTS_MAX && active > QUIET_MS_MAX)
    if (isLoud || isBusy()) {
      workedMs += active
      quietLooks = 0
      return
    }
    quietLooks += 1
    if (quietLooks < quietLooksMin || workedMs < WORK_MS_MIN) return
    collect()
    workedMs = 0
    quietLooks = 0
    quietLooksMin = QUIET_LOOKS
    // What this took is no work of anybody's.
    seen = performance.eventLoopUtilization()
  }
  const looking = setInterval(look, LOOK_EVERY_MS)
  looking.unref()
  return { stop: () => clearInterval(looking) }
}

/** The engine has no other way in: a new context gets its collector's function where this is set. */
function collectEverything(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction // as the engine says of `--expose-gc`
  setFlagsFromString('--no-expose-gc')
  // Only this flavour makes the part for new objects small again.
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
