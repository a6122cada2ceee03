// Work that an answer must not wait for comes after it, comes for certain, and harms nothing where it fails.
import { expect, test } from 'vitest'
import { listeningLogger } from '../../test/support/database.ts'
import { createLater } from './later.ts'

test('the work comes after everything that the turn still had to do, an answer that waits on promises included', async () => {
  const order: string[] = []
  const later = createLater(listeningLogger().logger)
  later.run(() => order.push('work'))
  await Promise.resolve().then(() => order.push('answer'))
  expect(order).toEqual(['answer'])
  await new Promise((resolve) => setImmediate(resolve))
  expect(order).toEqual(['answer', 'work'])
})

test('what is left when the server stops is done then, and once', async () => {
  let done = 0
  const later = createLater(listeningLogger().logger)
  later.run(() => {
    done += 1
  })
  later.stop()
  expect(done).toBe(1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toBe(1)
})

test('work that fails is logged, and the next is done all the same', async () => {
  const { logger, lines } = listeningLogger()
  let done = 0
  const later = createLater(logger)
  later.run(() => {
    throw new Error('no disk')
  })
  later.run(() => {
    done += 1
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect([done, lines.map(({ level }) => level)]).toEqual([1, ['error']])
})

test('a flood of work is cut, not kept', () => {
  const { logger, lines } = listeningLogger()
  let done = 0
  const later = createLater(logger)
  for (let count = 0; count < 1_100; count += 1) {
    later.run(() => {
      done += 1
    })
  }
  later.stop()
  expect([done, lines.length]).toEqual([1_000, 100])
})
