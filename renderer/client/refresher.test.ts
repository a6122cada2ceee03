// How often a busy gateway is asked: never twice at once, and the last event always counts.
import { expect, test, vi } from 'vitest'
import { createRefresher } from './refresher.ts'

test('what is wanted while an answer is on its way is asked once more after it, and not before a rest', async () => {
  vi.useFakeTimers()
  let answer: () => void = () => {}
  const refresh = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)))
  const { want, stop } = createRefresher(refresh, 1_000)
  want()
  want()
  want()
  expect(refresh).toHaveBeenCalledTimes(1)
  answer()
  await vi.advanceTimersByTimeAsync(999)
  expect(refresh).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(refresh).toHaveBeenCalledTimes(2)
  answer()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(refresh).toHaveBeenCalledTimes(2)
  want()
  expect(refresh).toHaveBeenCalledTimes(3)
  want()
  stop()
  answer()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(refresh).toHaveBeenCalledTimes(3)
  vi.useRealTimers()
})
