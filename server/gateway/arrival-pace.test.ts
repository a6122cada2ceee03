// How long a sender has for its bytes, where it is partly us who keep it waiting.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ArrivalPace } from './arrival-pace.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const BOUNDS = { bytesMax: 1_000_000, windowMs: 100, windowBytesMin: 1_000, totalMs: 10_000 }

function pace() {
  const onSlow = vi.fn()
  return { onSlow, pace: new ArrivalPace(BOUNDS, onSlow) }
}

test('time in which we take nothing is given back to the sender', () => {
  const { onSlow, pace: sender } = pace()
  sender.pause()
  vi.advanceTimersByTime(390)
  sender.resume()
  // The window that ends now had ten milliseconds in which something could come.
  vi.advanceTimersByTime(80)
  expect(onSlow).not.toHaveBeenCalled()
  vi.advanceTimersByTime(20)
  expect(onSlow).toHaveBeenCalledTimes(1)
})

test('a sender that drips is too slow, also where every drop takes us a moment', () => {
  const { onSlow, pace: sender } = pace()
  for (let drop = 0; drop < 20 && onSlow.mock.calls.length === 0; drop++) {
    sender.piece(1)
    sender.pause()
    vi.advanceTimersByTime(5)
    sender.resume()
    vi.advanceTimersByTime(15)
  }
  expect(onSlow).toHaveBeenCalledTimes(1)
})

test('a sender that keeps its pace is let be, until its time is over', () => {
  const { onSlow, pace: sender } = pace()
  for (let ms = 0; ms < BOUNDS.totalMs - 1; ms += 50) {
    sender.piece(500)
    vi.advanceTimersByTime(50)
  }
  expect(onSlow).toHaveBeenCalledTimes(1)
})
