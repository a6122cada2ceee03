// What becomes of requests when the machine falls asleep. The system does not wait for anybody: it leaves a moment in which new
// ones can be kept out, and whoever sees it coming can stop the gateway first, with the question that belongs to it.
import { powerMonitor } from 'electron'
import type { GatewayActions } from './gateway-actions.ts'
import type { GatewayControl } from './gateway-control.ts'

interface SleepDeps {
  readonly control: Pick<GatewayControl, 'server'>
  readonly actions: Pick<GatewayActions, 'start' | 'stop'>
  /** Told after a sleep that met requests on their way. */
  readonly slept: (inFlight: number) => void
  /** Told after requests were kept out, or let in again. */
  readonly changed: () => void
}

export interface Sleep {
  /** Stops the gateway as a person does, until the machine has slept and woken up. */
  stopUntilAwake(): Promise<void>
}

export function followSleep({ control, actions, slept, changed }: SleepDeps): Sleep {
  /** Whether it stands still for the sleep; a machine may wake up while answers still end. */
  let stopped = Promise.resolve(false)
  let wakeUp: (() => void) | undefined

  powerMonitor.on('suspend', () => {
    const server = control.server()
    // Told of twice, it is still the first sleep that it wakes up from.
    if (server === undefined || wakeUp !== undefined) return
    const inFlight = server.inFlight()
    const wasPaused = server.isPaused()
    server.pause(true)
    changed()
    wakeUp = () => {
      // It may have been stopped and started meanwhile, and lets everybody in then.
      if (server === control.server()) server.pause(wasPaused)
      changed()
      if (inFlight > 0) slept(inFlight)
    }
  })
  powerMonitor.on('resume', () => {
    wakeUp?.()
    wakeUp = undefined
    const isStopped = stopped
    stopped = Promise.resolve(false)
    void isStopped.then((isStill) => (isStill ? actions.start() : undefined))
  })
  return {
    async stopUntilAwake() {
      stopped = actions.stop()
      await stopped
    },
  }
}
