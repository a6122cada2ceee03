// Starts the gateway as a person would: where the port is taken, the next free one is offered, remembered and tried.
import { askForNextPort, tellStartProblem } from './dialogs.ts'
import type { GatewayControl } from './gateway-control.ts'
import { nextFreePort } from './next-free-port.ts'
import type { PreferenceStore } from './preferences.ts'
import type { Say } from './words.ts'

interface StarterDeps {
  readonly control: GatewayControl
  readonly preferences: PreferenceStore
  readonly say: () => Say
  /** Where it would listen now. */
  readonly wanted: () => { readonly host: string; readonly port: number }
}

export async function startGateway({ control, preferences, say, wanted }: StarterDeps): Promise<void> {
  for (;;) {
    const state = await control.start()
    if (state.kind !== 'failed') return
    if (state.problem.code !== 'port_taken') return tellStartProblem(say(), state.problem.message)
    const { host, port } = wanted()
    const next = await nextFreePort(host, port)
    if (next === 0 || !(await askForNextPort(say(), port, next))) return
    preferences.update({ port: next })
    // What the environment says wins over what was just remembered, and would be tried for ever.
    if (wanted().port === port) return tellStartProblem(say(), state.problem.message)
  }
}
