// Guessing is slowed down: wrong attempts run a name's bucket dry, time fills it, and strangers cannot fill the memory.
import { expect, test } from 'vitest'
import { createAttemptThrottle } from './attempt-throttle.ts'

function throttleAt(start = 0) {
  const clock = { nowMs: start, monotonicMs: () => clock.nowMs }
  return { clock, throttle: createAttemptThrottle(clock, { attemptsMax: 3, refillMs: 1000 }) }
}
const isTaken = (attempt: object) => 'giveBack' in attempt

test('the attempt after the last allowed one has to wait, and is told how long', () => {
  const { clock, throttle } = throttleAt()
  expect([1, 2, 3].map(() => isTaken(throttle.take('ada')))).toEqual([true, true, true])
  clock.nowMs += 400
  expect(throttle.take('ada')).toEqual({ retryAfterMs: 600 })
  expect(isTaken(throttle.take('grace'))).toBe(true)
  clock.nowMs += 600
  expect(isTaken(throttle.take('ada'))).toBe(true)
  expect(isTaken(throttle.take('ada'))).toBe(false)
})

test('an attempt that is given back costs nothing', () => {
  const { throttle } = throttleAt()
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const taken = throttle.take('ada')
    if ('giveBack' in taken) taken.giveBack()
    else throw new Error('an attempt that was given back was counted')
  }
})

test('ten thousand strangers do not make it forget who is guessing now', () => {
  const { throttle } = throttleAt()
  for (let attempt = 0; attempt < 3; attempt += 1) throttle.take('ada')
  for (let stranger = 0; stranger < 20_000; stranger += 1) {
    throttle.take(`stranger ${stranger}`)
    if (stranger % 1000 === 0) expect(isTaken(throttle.take('ada'))).toBe(false)
  }
})
