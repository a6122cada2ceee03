// Keeps the machine from falling asleep while answers are on their way, and a while longer: whoever works with a model asks
// again soon, and a laptop that slept in between would not answer.
import type { GatewayEvents } from './gateway-events.ts'

export const AWAKE_AFTERWARDS_MS = 10 * 60_000

type SleepBlocker = Pick<Electron.PowerSaveBlocker, 'start' | 'stop'>

export function stayAwake(events: Pick<GatewayEvents, 'onActivity'>, sleep: SleepBlocker): void {
  let blocker: number | undefined
  let ending: NodeJS.Timeout | undefined
  events.onActivity(({ running }) => {
    clearTimeout(ending)
    if (running > 0) {
      // The screen may go dark; only the machine stays.
      blocker ??= sleep.start('prevent-app-suspension')
      return
    }
    ending = setTimeout(() => {
      if (blocker !== undefined) sleep.stop(blocker)
      blocker = undefined
    }, AWAKE_AFTERWARDS_MS)
    ending.unref()
  })
}
