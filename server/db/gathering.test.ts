import { stat } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { GATHERED_MS_MAX, Gathering } from './gathering.ts'

function gathering(handled: () => number) {
  const clock = { ms: 1_000 }
  let begun = 0
  const made = new Gathering(
    () => {
      begun += 1
    },
    handled,
    () => clock.ms,
  )
  return { gathering: made, clock, begun: () => begun }
}

test('a group begins in the first turn in which the event loop had nothing else to do', async () => {
  const handled = [3, 5, 6, 6]
  const { gathering: made, begun } = gathering(() => handled.shift() ?? 0)
  made.start()
  for (let turn = 0; turn < 3; turn += 1) await nextTurn()
  expect(handled).toEqual([6])
  expect(begun()).toBe(0)
  await nextTurn()
  expect(begun()).toBe(1)
})

test('a group waits for no more than some milliseconds where the event loop always has something to do', async () => {
  let events = 0
  const {
    gathering: made,
    clock,
    begun,
  } = gathering(() => {
    events += 1
    return events
  })
  made.start()
  for (let turn = 0; turn < 20; turn += 1) await nextTurn()
  expect(begun()).toBe(0)
  clock.ms += GATHERED_MS_MAX / 2
  await nextTurn()
  expect(begun()).toBe(0)
  clock.ms += GATHERED_MS_MAX / 2
  await nextTurn()
  expect(begun()).toBe(1)
})

test('a group that is to wait for a later turn waits for it where nothing happens meanwhile', async () => {
  const { gathering: made, begun } = gathering(() => 7)
  made.start(4)
  for (let turn = 0; turn < 3; turn += 1) await nextTurn()
  expect(begun()).toBe(0)
  await nextTurn()
  expect(begun()).toBe(1)
})

test('a group begins once, however often it was started, and the next one after it', async () => {
  const { gathering: made, begun } = gathering(() => 7)
  made.start()
  made.start()
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
  expect(begun()).toBe(1)
  made.start()
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
  expect(begun()).toBe(2)
})

test('the engine tells how many events its loop has handled', async () => {
  const before = performance.nodeTiming.uvMetricsInfo.events
  await stat(import.meta.filename)
  // It counts them at the end of a turn.
  await nextTurn()
  expect(performance.nodeTiming.uvMetricsInfo.events).toBeGreaterThan(before)
})
