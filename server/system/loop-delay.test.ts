import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createLoopDelay } from './loop-delay.ts'

test('a turn that took long is told, without the time between two looks', async () => {
  const delay = createLoopDelay()
  onTestFinished(() => delay.stop())
  expect(delay.current()).toBeNull()
  await sleep(150)
  const shortest = Math.min(...(await looks(delay, 5)))
  // An idle loop is not late by the time between two looks.
  expect(shortest).toBeLessThan(50)
  const until = performance.now() + 300
  while (performance.now() < until);
  await sleep(150)
  expect(delay.current()?.maxMs).toBeGreaterThanOrEqual(200)
})

/** Medians, one after the other. */
async function looks(delay: ReturnType<typeof createLoopDelay>, count: number): Promise<number[]> {
  const medians: number[] = []
  for (let at = 0; at < count; at += 1) {
    await sleep(60)
    medians.push(delay.current()?.p50Ms ?? Number.NaN)
  }
  return medians
}
