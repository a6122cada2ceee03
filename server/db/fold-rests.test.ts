// When a fold that nobody waits for lets others pass.
import { expect, test } from 'vitest'
import { createRests } from './fold-rests.ts'

test('it rests behind a quarter of a millisecond of work, and from then on behind the next', () => {
  let now = 0
  const restedAt: number[] = []
  const rest = createRests(
    () => now,
    () => {
      restedAt.push(now)
      now += 1
    },
  )
  for (const at of [0.1, 0.24, 0.26, 1.27, 1.4, 1.52, 2.6]) {
    now = Math.max(now, at)
    rest()
  }
  expect(restedAt).toEqual([0.26, 1.52])
})
