import { expect, test, vi } from 'vitest'
import { quitInOrder } from './quit.ts'

vi.mock('electron', () => ({ app: { on: () => undefined, quit: () => undefined } }))
vi.mock('./session-end.ts', () => ({ onSessionEnd: () => undefined }))

test('what was stopped for an installation that throws starts again, and may be quit once more', async () => {
  const done: string[] = []
  const quit = quitInOrder({
    gateway: {
      state: () => ({ kind: 'stopped' }),
      keepStill: (isKept) => void done.push(isKept ? 'kept still' : 'let go'),
    },
    actions: {
      start: async () => void done.push('started'),
      stop: async () => true,
      stopAtShutdown: async () => undefined,
    },
    window: { letGo: () => undefined },
    updates: { keepVersion: () => undefined },
    logger: { error: (_facts: unknown, message?: string) => void done.push(String(message)) },
  })
  const install = () => {
    throw new Error('no helper')
  }
  const tried = ['the update could not be installed', 'let go', 'started']
  await quit.toInstall(install)
  expect(done).toEqual(tried)
  await quit.toInstall(install)
  expect(done).toEqual([...tried, ...tried])
})
