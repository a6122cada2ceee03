import { afterEach, expect, test, vi } from 'vitest'
import { createIdleMemory } from './idle-memory.ts'

afterEach(() => void vi.useRealTimers())

test('memory is collected once when it has been quiet, and not while something is under way', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let isBusy = true
  let collections = 0
  const idleMemory = createIdleMemory({
    isBusy: () => isBusy,
    collect: () => {
      collections += 1
    },
  })
  vi.advanceTimersByTime(60_000)
  expect(collections).toBe(0)
  isBusy = false
  vi.advanceTimersByTime(2_000)
  expect(collections).toBe(0)
  vi.advanceTimersByTime(120_000)
  expect(collections).toBe(1)
  idleMemory.stop()
})

test('quiet is a loop that is told of little, however long its own timers take', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let events = 0
  let collections = 0
  const idleMemory = createIdleMemory({
    isBusy: () => false,
    handled: () => events,
    collect: () => {
      collections += 1
    },
  })
  const look = (told: number): void => {
    events += told
    // Work of a quarter of the time, as of timers on a slow machine.
    const end = performance.now() + 30
    while (performance.now() < end);
    vi.advanceTimersByTime(2_000)
  }
  for (let looks = 0; looks < 5; looks += 1) look(100)
  expect(collections).toBe(0)
  look(3)
  look(3)
  expect(collections).toBe(1)
  idleMemory.stop()
})

test('the collector of the engine can be reached', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const idleMemory = createIdleMemory({ isBusy: () => false })
  expect(() => vi.advanceTimersByTime(10_000)).not.toThrow()
  idleMemory.stop()
})
