// Pushed events on their way from the gateway to the window. A gateway that comes back has forgotten what it told before.
import type { Clock } from '../server/ports.ts'
import type { ConsoleWindow } from './console-window.ts'
import type { GatewayControl } from './gateway-control.ts'

/** The window is the operator's, whose account may not exist yet: an administrator hears everything in any case. */
const OPERATOR = { userId: '', isAdministrator: true } as const

export function forwardEvents(
  gateway: GatewayControl,
  window: Pick<ConsoleWindow, 'push'>,
  clock: Pick<Clock, 'now'>,
): void {
  gateway.onChange(({ kind }) => {
    // The feed belongs to the server and ends with it.
    if (kind === 'running') gateway.server()?.watch(OPERATOR, (events) => window.push(events))
    if (kind === 'running' || kind === 'stopped') window.push([{ type: 'resync', at: clock.now() }])
  })
}
