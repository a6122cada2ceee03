// Keeps the machine from falling asleep while answers are on their way, and a while longer: whoever works with a model asks
// again soon, and a laptop that slept in between would not answer.
import { powerSaveBlocker } from 'electron'
import type { GatewayEvents } from './gateway-events.ts'

export const AWAKE_AFTERWARDS_MS = 10 * 60_000

export function stayAwake(events: GatewayEvents): void {
  let blocker: number | undefined
  let ending: NodeJS.Timeout | undefined
  events.onActivity(({ running }) => {
    clearTimeout(ending)
    if (running > 0) {
      // The screen may go dark; only the machine stays.
      blocker ??= powerSaveBlocker.start('prevent-app-suspension')
      return
    }
    ending = setTimeout(() => {
      if (blocker !== undefined) powerSaveBlocker.stop(blocker)
      blocker = undefined
    }, AWAKE_AFTERWARDS_MS)
    ending.unref()
  })
}
