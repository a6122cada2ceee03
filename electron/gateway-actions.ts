// Starting and stopping as a person does it: with the questions that belong to it.
import { askForNextPort, askToEndRequests, tellStartProblem } from './dialogs.ts'
import type { GatewayControl } from './gateway-control.ts'
import { nextFreePort } from './next-free-port.ts'
import type { PreferenceStore } from './preferences.ts'
import type { Say } from './words.ts'

/** How long running answers may go on. */
export const DRAIN_SECONDS = 60

export interface GatewayActions {
  start(): Promise<void>
  /** Resolves to whether it stands still: a person may rather keep it running. */
  stop(): Promise<boolean>
  restart(): Promise<void>
  /** Restarts it where it runs: other machines reach it, or no longer do, from then on. */
  openToNetwork(isOpen: boolean): Promise<void>
}

interface ActionDeps {
  readonly control: GatewayControl
  readonly preferences: PreferenceStore
  readonly say: () => Say
  /** Where it would listen now. */
  readonly wanted: () => { readonly host: string; readonly port: number }
}

export function createGatewayActions({ control, preferences, say, wanted }: ActionDeps): GatewayActions {
  const actions: GatewayActions = {
    async start() {
      for (;;) {
        const state = await control.start()
        if (state.kind !== 'failed') return
        if (state.problem.code !== 'port_taken') return tellStartProblem(say(), state.problem.message)
        const { host, port } = wanted()
        const next = await nextFreePort(host, port)
        if (next === undefined || !(await askForNextPort(say(), port, next))) return
        preferences.update({ port: next })
        // What the environment says wins over what was just remembered, and would be tried for ever.
        if (wanted().port === port) return tellStartProblem(say(), state.problem.message)
      }
    },
    async stop() {
      const inFlight = control.server()?.inFlight() ?? 0
      const choice = inFlight === 0 ? 'drain' : await askToEndRequests(say(), inFlight, DRAIN_SECONDS)
      if (choice === 'stay') return false
      await control.stop(choice === 'cut' ? 0 : DRAIN_SECONDS * 1000)
      return true
    },
    async restart() {
      if (await actions.stop()) await actions.start()
    },
    async openToNetwork(isOpenToNetwork) {
      const isRunning = control.server() !== undefined
      if (isRunning && !(await actions.stop())) return
      preferences.update({ isOpenToNetwork })
      if (isRunning) await actions.start()
    },
  }
  return actions
}
