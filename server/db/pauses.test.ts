import { expect, test } from 'vitest'
import { Pauses } from './pauses.ts'

function pauses() {
  const clock = { ms: 1_000 }
  const slept: number[] = []
  const made = new Pauses(
    () => clock.ms,
    (ms) => {
      slept.push(clock.ms)
      clock.ms += ms
    },
  )
  return { pauses: made, clock, slept }
}

test('who writes much pauses for a moment behind each fifth of a millisecond of work', () => {
  const { pauses: made, clock, slept } = pauses()
  made.begin()
  for (let statement = 0; statement < 10; statement += 1) {
    clock.ms += 0.07
    made.pause()
  }
  expect(slept.map((ms) => Math.round((ms - 1_000) * 100))).toEqual([21, 44, 67])
})

test('pauses come to an end where others take the core in each of them', () => {
  const { pauses: made, clock, slept } = pauses()
  made.begin()
  for (let statement = 0; statement < 100; statement += 1) {
    clock.ms += 3
    made.pause()
  }
  expect(slept.length).toBeGreaterThan(10)
  expect(slept.length).toBeLessThan(20)
})

test('nobody pauses before there is something to write', () => {
  const { pauses: made, slept } = pauses()
  made.pause()
  expect(slept).toEqual([])
})

test('a pause is a sleep', () => {
  const times = [0, 1, 1]
  const made = new Pauses(() => times.shift() ?? 1)
  made.begin()
  const awakeMs = performance.now()
  made.pause()
  expect(performance.now() - awakeMs).toBeGreaterThanOrEqual(0.02)
})
