// The end of a session on Windows, of which the system tells windows alone.
import type { EventEmitter } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { onSessionEnd } from './session-end.ts'

const { windows } = vi.hoisted(() => ({ windows: [] as EventEmitter[] }))
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  class BaseWindow extends Emitter {
    constructor() {
      super()
      windows.push(this)
    }
  }
  return { BaseWindow, powerMonitor: new Emitter() }
})

const before = process.listeners('SIGTERM')
afterEach(() => {
  windows.length = 0
  for (const listener of process.listeners('SIGTERM'))
    if (!before.includes(listener)) process.off('SIGTERM', listener)
})

test('Windows is asked to wait, and the app ends once, whether or not it had a window open', () => {
  const end = vi.fn<() => void>()
  onSessionEnd(end, 'win32')
  const preventDefault = vi.fn<() => void>()
  windows[0]?.emit('query-session-end', { preventDefault })
  windows[0]?.emit('session-end', { preventDefault })
  expect([end.mock.calls.length, preventDefault.mock.calls.length]).toEqual([1, 2])
})

test('elsewhere there is no window for it', () => {
  onSessionEnd(() => undefined, 'darwin')
  expect(windows).toEqual([])
})
