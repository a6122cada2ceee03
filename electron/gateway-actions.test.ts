// Where the gateway listens, as a person changes it from the tray or the window, beside what the environment says.
import { createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { GatewayState } from '../contract/desktop.ts'
import { createGatewayActions } from './gateway-actions.ts'
import type { GatewayControl } from './gateway-control.ts'
import type { PreferenceStore, Preferences } from './preferences.ts'
import type { Say } from './words.ts'

const { shown } = vi.hoisted(() => ({ shown: [] as { message: string; detail?: string }[] }))
vi.mock('electron', () => ({
  dialog: {
    showMessageBox: async (options: { message: string }) => {
      shown.push(options)
      return { response: 0 }
    },
  },
}))

/** The names of what would be said. */
const say = ((name: string) => name) as unknown as Say

async function busyPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  // Listening on a port, so the address is not a pipe's.
  return (server.address() as { port: number }).port
}

interface Situation {
  readonly kind?: 'running' | 'stopped'
  /** Of the environment. */
  readonly givenPort?: number
  readonly preferredPort: number
  readonly startsAs?: GatewayState
}

function createActions({ kind = 'running', givenPort, preferredPort, startsAs }: Situation) {
  shown.length = 0
  let preferred = { port: preferredPort, isOpenToNetwork: false }
  const running: GatewayState = { kind: 'running', address: 'http://127.0.0.1:1' }
  let state: GatewayState = kind === 'running' ? running : { kind }
  // What the actions touch of the two.
  const control = {
    state: () => state,
    server: () => undefined,
    start: async () => {
      state = startsAs ?? running
      return state
    },
    stop: async () => {
      state = { kind: 'stopped' }
    },
  } as unknown as GatewayControl
  const preferences = {
    get: () => preferred,
    update: (changes: Partial<Preferences>) => {
      preferred = { ...preferred, ...changes }
    },
  } as unknown as PreferenceStore
  const actions = createGatewayActions({
    control,
    preferences,
    say: () => say,
    wanted: () => ({ host: '127.0.0.1', port: givenPort ?? preferred.port }),
    isGiven: { port: givenPort !== undefined, host: false },
  })
  return { actions, preferred: () => preferred, state: () => state }
}

test('where the environment names the port, other machines are let in at it, whatever has the preferred one', async () => {
  const preferredPort = await busyPort()
  const { actions, preferred, state } = createActions({ givenPort: 7_000, preferredPort })
  await actions.openToNetwork(true)
  expect(preferred()).toEqual({ port: preferredPort, isOpenToNetwork: true })
  expect([state().kind, shown]).toEqual(['running', []])
})

test('a port of the environment is not remembered as one that somebody chose', async () => {
  const { actions, preferred } = createActions({ givenPort: 7_000, preferredPort: 8_080 })
  expect(await actions.listenAt({ port: 7_000, isOpenToNetwork: true })).toEqual({ outcome: 'changed' })
  expect(preferred()).toEqual({ port: 8_080, isOpenToNetwork: true })
})

test('a port that cannot be had is told where other machines were to be let in', async () => {
  const port = await busyPort()
  const { actions, preferred } = createActions({ kind: 'stopped', preferredPort: port })
  await actions.openToNetwork(true)
  expect(preferred().isOpenToNetwork).toBe(false)
  expect(shown.map(({ message }) => message)).toEqual([expect.stringMatching(/^portTaken(By)?$/)])
})

test('a start that fails with the new setting is told', async () => {
  const problem = { code: 'other' as const, message: 'no such address', taken: null }
  const { actions } = createActions({ preferredPort: 8_080, startsAs: { kind: 'failed', problem } })
  await actions.openToNetwork(true)
  expect(shown).toMatchObject([{ message: 'failedTitle', detail: 'no such address' }])
})
