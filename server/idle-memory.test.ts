import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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

describe('quiet is a loop', () => {
  let events = 0
  let collections = 0
  let idleMemory: ReturnType<typeof createIdleMemory>
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    events = 0
    collections = 0
    idleMemory = createIdleMemory({
      isBusy: () => false,
      handled: () => events,
      collect: () => {
        collections += 1
      },
    })
  })
  afterEach(() => idleMemory.stop())

  function look(told: number, workMs: number): void {
    events += told
    const end = performance.now() + workMs
    while (performance.now() < end);
    vi.advanceTimersByTime(2_000)
  }

  test('that is told of little, however long its own timers take', () => {
    for (let looks = 0; looks < 5; looks += 1) look(100, 30)
    expect(collections).toBe(0)
    look(3, 30)
    look(3, 30)
    expect(collections).toBe(1)
  })

  test('that has little to do, however much it is told of', () => {
    look(100, 0)
    look(100, 0)
    expect(collections).toBe(1)
  })

  test('that did no heavy work, of which there is something to collect later', () => {
    look(0, 0)
    look(0, 0)
    expect(collections).toBe(1)
    for (let looks = 0; looks < 3; looks += 1) look(3, 120)
    for (let looks = 0; looks < 149; looks += 1) look(0, 0)
    expect(collections).toBe(1)
    look(0, 0)
    expect(collections).toBe(2)
  })
})

test('the collector of the engine can be reached', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const idleMemory = createIdleMemory({ isBusy: () => false })
  expect(() => vi.advanceTimersByTime(10_000)).not.toThrow()
  idleMemory.stop()
})
