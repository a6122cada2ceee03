// Where the gateway listens, as a person changes it from the tray or the window, beside what the environment says.
import { createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { GatewayState } from '../contract/desktop.ts'
import type { RunningServer } from '../server/start-server.ts'
import { createGatewayActions } from './gateway-actions.ts'
import { createGatewayControl, type GatewayControl } from './gateway-control.ts'
import type { PreferenceStore, Preferences } from './preferences.ts'
import type { Say } from './words.ts'

const { shown, hand } = vi.hoisted(() => ({
  shown: [] as { message: string; detail?: string; signal?: AbortSignal }[],
  /** How a dialog is answered: by its first button, where a test says nothing else. */
  hand: { answer: async (): Promise<{ response: number }> => ({ response: 0 }) },
}))
vi.mock('electron', () => ({
  dialog: {
    showMessageBox: (options: { message: string }) => {
      shown.push(options)
      return hand.answer()
    },
  },
}))

/** The names of what would be said. */
const say = Object.assign((name: string) => name, { count: (name: string) => name }) as unknown as Say

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

/** A gateway that runs, with two requests; `end` ends them. Each stop's time is noted. */
async function createDraining() {
  shown.length = 0
  const drains: number[] = []
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let starts = 0
  const server = {
    addresses: ['http://127.0.0.1:1'],
    inFlight: () => 2,
    stop: ({ drainMs }: { drainMs: number }) => {
      drains.push(drainMs)
      if (drainMs === 0) end()
      return ended
    },
    // What the control and the actions touch of it.
  } as unknown as RunningServer
  const problem = { code: 'other' as const, message: '', taken: null }
  const start = async () => {
    starts += 1
    return server
  }
  const control = createGatewayControl(start, async () => problem)
  await control.start()
  const actions = createGatewayActions({
    control,
    // Neither is asked for here.
    preferences: {} as PreferenceStore,
    say: () => say,
    wanted: () => ({ host: '127.0.0.1', port: 1 }),
    isGiven: { port: false, host: false },
  })
  return { actions, control, drains, end, starts: () => starts }
}

test('who stops it once more while requests finish is asked once, and may cut them off', async () => {
  const { actions, control, drains } = await createDraining()
  const first = actions.stop(true)
  await expect.poll(() => control.state().kind).toBe('stopping')
  const { promise: pressed, resolve: press } = Promise.withResolvers<{ response: number }>()
  hand.answer = () => pressed
  onTestFinished(() => {
    hand.answer = async () => ({ response: 0 })
  })
  const others = [actions.stop(true), actions.stop(true)]
  expect(shown.map(({ message }) => message)).toEqual(['endTitle', 'drainTitle'])
  expect(Math.min(...drains)).toBeGreaterThan(0)
  press({ response: 1 })
  expect(await Promise.all([first, ...others])).toEqual([true, true, true])
  expect(drains.at(-1)).toBe(0)
})

test('the question is taken away when the last request has ended, and an answer that comes too late does nothing', async () => {
  const { actions, control, drains, end } = await createDraining()
  const first = actions.stop()
  await expect.poll(() => control.state().kind).toBe('stopping')
  const { promise: pressed, resolve: press } = Promise.withResolvers<{ response: number }>()
  hand.answer = () => pressed
  onTestFinished(() => {
    hand.answer = async () => ({ response: 0 })
  })
  const second = actions.stop()
  end()
  expect(await Promise.all([first, second])).toEqual([true, true])
  expect(shown.at(-1)?.signal?.aborted).toBe(true)
  press({ response: 1 })
  await pressed
  await new Promise(setImmediate)
  expect(drains).not.toContain(0)
})

test('an app that is ending starts no gateway any more, also where a restart waited for its stop', async () => {
  const { actions, control, end, starts } = await createDraining()
  const restarted = actions.restart()
  await expect.poll(() => control.state().kind).toBe('stopping')
  const quit = actions.stop(true)
  const started = actions.start()
  end()
  await Promise.all([restarted, quit, started])
  expect([control.state().kind, starts()]).toEqual(['stopped', 1])
  // An update that could not be installed leaves an app that goes on.
  control.keepStill(false)
  await actions.start()
  expect([control.state().kind, starts()]).toEqual(['running', 2])
})
