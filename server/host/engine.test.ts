// When the engine is let loose on the code.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { optimizeOnceBusy } from './engine.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

test('nothing is optimized while nobody asks anything, and everything once somebody does', () => {
  let events = 5_000
  const flags: string[] = []
  optimizeOnceBusy({ handled: () => events, setFlag: (flag) => void flags.push(flag) })
  vi.advanceTimersByTime(3_600_000)
  events += 299
  vi.advanceTimersByTime(1_000)
  expect(flags).toEqual([])
  events += 1
  vi.advanceTimersByTime(1_000)
  expect(flags).toEqual(['--minimum-invocations-before-optimization=2', '--sparkplug'])
  vi.advanceTimersByTime(3_600_000)
  expect(flags).toHaveLength(2)
})
