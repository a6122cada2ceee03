// Starting and stopping as a person does it: with the questions that belong to it.
import type { DesktopView, Listening, ListeningChanged } from '../contract/desktop.ts'
import {
  askForNextPort,
  askToCutOff,
  askToEndRequests,
  tellPortProblem,
  tellStartProblem,
} from './dialogs.ts'
import { describeTaken, probePort } from './free-port.ts'
import type { GatewayControl } from './gateway-control.ts'
import type { PreferenceStore } from './preferences.ts'
import type { Say } from './words.ts'

/** How long running answers may go on. */
export const DRAIN_SECONDS = 60

/** Systems wait about five seconds for their programs, and what is owed has to be written in them as well. */
const SHUTDOWN_DRAIN_MS = 2_000

export interface GatewayActions {
  start(): Promise<void>
  /**
   * Resolves to whether it stands still: a person may rather keep it running. While it stops, it asks whether the requests that
   * it waits for are to be cut off. After the last one the gateway is kept still, whoever wants to start it.
   */
  stop(isLast?: boolean): Promise<boolean>
  restart(): Promise<void>
  /** When the system shuts down: it asks nobody, and waits a moment. */
  stopAtShutdown(): Promise<void>
  /**
   * Restarts it where it runs, and starts it where it could not. A port that cannot be had changes nothing, and where the
   * environment names one no other is listened at.
   */
  listenAt(listening: Listening): Promise<ListeningChanged>
  /** The same at the port as it is, and says what is in the way. */
  openToNetwork(isOpenToNetwork: boolean): Promise<void>
}

interface ActionDeps {
  readonly control: GatewayControl
  readonly preferences: PreferenceStore
  readonly say: () => Say
  /** Where it would listen now. */
  readonly wanted: () => { readonly host: string; readonly port: number }
  /** What the environment says of that, and no preference changes. */
  readonly isGiven: DesktopView['isGiven']
}

export function createGatewayActions(deps: ActionDeps): GatewayActions {
  const { control, preferences, say, wanted, isGiven } = deps
  let isAskingToCut = false
  /** Waits for a stop that is under way, and asks whether the requests that it waits for are to be cut off. */
  async function hasten(): Promise<void> {
    const inFlight = control.server()?.inFlight() ?? 0
    const over = new AbortController()
    // This one cuts nobody off earlier: the time of the first goes on.
    const stopped = control.stop(DRAIN_SECONDS * 1000).finally(() => over.abort())
    if (inFlight === 0 || isAskingToCut) return stopped
    isAskingToCut = true
    const cut = askToCutOff(say(), inFlight, DRAIN_SECONDS, over.signal)
      .finally(() => {
        isAskingToCut = false
      })
      // Pressed too late, it must not meet a gateway that has been started since.
      .then((isCut) => (isCut && !over.signal.aborted ? control.stop(0) : stopped))
    await Promise.race([stopped, cut])
  }

  const actions: GatewayActions = {
    async start() {
      for (;;) {
        const state = await control.start()
        if (state.kind !== 'failed') return
        const { taken, message } = state.problem
        if (taken === null || taken.next === null) return tellStartProblem(say(), message)
        const { port } = wanted()
        if (!(await askForNextPort(say(), { ...taken, next: taken.next }))) return
        preferences.update({ port: taken.next })
        // What the environment says wins over what was just remembered, and would be tried for ever.
        if (wanted().port === port) return tellStartProblem(say(), message)
      }
    },
    async stop(isLast = false) {
      if (control.state().kind === 'stopping') {
        if (isLast) control.keepStill(true)
        await hasten()
        return true
      }
      const inFlight = control.server()?.inFlight() ?? 0
      const choice = inFlight === 0 ? 'drain' : await askToEndRequests(say(), inFlight, DRAIN_SECONDS)
      if (choice === 'stay') return false
      if (isLast) control.keepStill(true)
      await control.stop(choice === 'cut' ? 0 : DRAIN_SECONDS * 1000)
      return true
    },
    stopAtShutdown() {
      control.keepStill(true)
      return control.stop(SHUTDOWN_DRAIN_MS)
    },
    async restart() {
      if (await actions.stop()) await actions.start()
    },
    async listenAt({ port: chosen, isOpenToNetwork }) {
      const { kind } = control.state()
      const isRunning = kind === 'running'
      const { host, port: portNow } = wanted()
      const port = isGiven.port ? portNow : chosen
      if (port !== portNow || !isRunning) {
        const found = await probePort({ host, port })
        if (found === 'forbidden') return { outcome: 'port_forbidden' }
        if (found === 'taken') return { outcome: 'port_taken', taken: await describeTaken({ host, port }) }
      }
      if (isRunning && !(await actions.stop())) return { outcome: 'kept_running' }
      // What the environment says is nobody's choice, and must not outlive it.
      preferences.update({ isOpenToNetwork, ...(isGiven.port ? {} : { port }) })
      if (isRunning || kind === 'failed') await control.start()
      return { outcome: 'changed' }
    },
    async openToNetwork(isOpenToNetwork) {
      const told = await actions.listenAt({ port: wanted().port, isOpenToNetwork })
      const state = control.state()
      if (told.outcome === 'changed' && state.kind === 'failed')
        return tellStartProblem(say(), state.problem.message)
      if (told.outcome === 'port_taken') return tellPortProblem(say(), told.taken)
      if (told.outcome === 'port_forbidden') return tellPortProblem(say())
    },
  }
  return actions
}
