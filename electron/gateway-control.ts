// Starts and stops the gateway, one thing after another, and says what it is doing. It outlives the window and the gateway.
import type { GatewayState, StartProblem } from '../contract/desktop.ts'
import type { RunningServer } from '../server/start-server.ts'

export interface GatewayControl {
  state(): GatewayState
  /** The server while it runs. */
  server(): RunningServer | undefined
  /** Resolves to what came of it. Where it runs already, nothing happens. */
  start(): Promise<GatewayState>
  /** Running answers have `drainMs`; a second call shortens the time of the first. */
  stop(drainMs: number): Promise<void>
  /** While it is kept still, starts do nothing, those that wait for their turn as well: the app is ending. */
  keepStill(isKept: boolean): void
  onChange(listener: (state: GatewayState) => void): void
}

export function createGatewayControl(
  startServer: () => Promise<RunningServer>,
  problemOf: (error: unknown) => Promise<StartProblem>,
): GatewayControl {
  const listeners: ((state: GatewayState) => void)[] = []
  let state: GatewayState = { kind: 'stopped' }
  let server: RunningServer | undefined
  let isKeptStill = false
  let last: Promise<unknown> = Promise.resolve()

  const become = (next: GatewayState): GatewayState => {
    state = next
    for (const listener of listeners) listener(next)
    return next
  }
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const run = last.then(step)
    // Its own caller has the error; the next step begins all the same.
    last = run.catch(() => undefined)
    return run
  }

  return {
    state: () => state,
    server: () => server,
    start: () =>
      inTurn(async () => {
        if (server !== undefined || isKeptStill) return state
        become({ kind: 'starting' })
        try {
          server = await startServer()
          return become({ kind: 'running', address: server.addresses[0] ?? '' })
        } catch (error) {
          return become({ kind: 'failed', problem: await problemOf(error) })
        }
      }),
    stop(drainMs) {
      // Not in turn: a stop that waits for answers is cut short by the next one.
      if (state.kind === 'stopping') return server?.stop({ drainMs }) ?? Promise.resolve()
      return inTurn(async () => {
        if (server === undefined) return void become({ kind: 'stopped' })
        become({ kind: 'stopping' })
        try {
          await server.stop({ drainMs })
        } finally {
          server = undefined
          become({ kind: 'stopped' })
        }
      })
    },
    keepStill(isKept) {
      isKeptStill = isKept
    },
    onChange: (listener) => void listeners.push(listener),
  }
}
