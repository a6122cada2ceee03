// The gateway's states: one thing after another, a problem that has a name, and a stop that a second one shortens.
import { expect, test, vi } from 'vitest'
import type { RunningServer } from '../server/start-server.ts'
import { startProblemOf } from './free-port.ts'
import { createGatewayControl } from './gateway-control.ts'

const problemOf = (error: unknown) => startProblemOf(error, { host: '127.0.0.1', port: 65_535 })
const ADDRESS = 'http://127.0.0.1:8080'

function serverStopping(stop: RunningServer['stop']): RunningServer {
  // What the control touches of a server.
  return { addresses: [ADDRESS], stop } as unknown as RunningServer
}

test('starting and stopping happen one after another, however fast they are asked for', async () => {
  const stop = vi.fn(async () => undefined)
  const start = vi.fn(async () => serverStopping(stop))
  const control = createGatewayControl(start, problemOf)
  const kinds: string[] = []
  control.onChange(({ kind }) => kinds.push(kind))
  await Promise.all([control.start(), control.start(), control.stop(5), control.start()])
  expect(kinds).toEqual(['starting', 'running', 'stopping', 'stopped', 'starting', 'running'])
  expect(stop).toHaveBeenCalledExactlyOnceWith({ drainMs: 5 })
  expect(control.state()).toEqual({ kind: 'running', address: ADDRESS })
})

test('a second stop reaches the server while the first one waits', async () => {
  const end = Promise.withResolvers<void>()
  const waits: number[] = []
  const control = createGatewayControl(
    async () =>
      serverStopping(async ({ drainMs }) => {
        waits.push(drainMs)
        if (drainMs === 0) end.resolve()
        await end.promise
      }),
    problemOf,
  )
  await control.start()
  const first = control.stop(60_000)
  await vi.waitFor(() => expect(waits).toEqual([60_000]))
  await control.stop(0)
  await first
  expect([waits, control.state().kind, control.server()]).toEqual([[60_000, 0], 'stopped', undefined])
})

test.each([
  ['EADDRINUSE', 'port_taken'],
  ['EACCES', 'port_taken'],
  ['ENOENT', 'other'],
])(
  'a start that fails with %s has failed for the reason %s, and may be tried again',
  async (code, problem) => {
    const cause = Object.assign(new Error(code), { code })
    const control = createGatewayControl(() => Promise.reject(new Error('Port 8080 …', { cause })), problemOf)
    expect(await control.start()).toMatchObject({
      kind: 'failed',
      problem: {
        code: problem,
        message: 'Port 8080 …',
        taken: problem === 'port_taken' ? { port: 65_535, holder: null, next: null } : null,
      },
    })
    expect((await control.start()).kind).toBe('failed')
  },
)
