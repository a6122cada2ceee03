// The gateway's operations in the name of whoever sits at this machine: for the window, and for the app itself.
import { app } from 'electron'
import type { Envelope } from '../contract/operation.ts'
import type { RunningServer } from '../server/start-server.ts'

type Caller = Parameters<RunningServer['dispatch']>[2]

export function operatorCaller(server: RunningServer): Caller {
  const [origin] = server.addresses
  return {
    door: 'ipc',
    user: server.operator(),
    sessionId: undefined,
    address: 'desktop',
    client: `Codex Gateway ${app.getVersion()} on this machine`,
    isLocal: true,
    mayAdminister: true,
    ...(origin === undefined ? {} : { origin }),
  }
}

export async function askAsOperator(
  server: RunningServer,
  name: string,
  input: unknown,
): Promise<Envelope<unknown>> {
  const { retryAfterMs: _, ...envelope } = await server.dispatch(name, input, operatorCaller(server))
  return envelope
}
