// Notifications that lie about for a while before somebody presses one.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { notifyOperator } from './notifications.ts'
import { wordsIn } from './words.ts'

const { shown } = vi.hoisted(() => ({ shown: [] as WeakRef<{ emit(event: string): boolean }>[] }))
vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events')
  class Notification extends EventEmitter {
    static isSupported = () => true
    show() {
      shown.push(new WeakRef(this))
    }
  }
  return { Notification }
})

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** What a WeakRef was asked for is kept until the end of the turn. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve))

test('one that is pressed late opens the console all the same, and only so many are kept for that', async () => {
  const openConsole = vi.fn<() => void>()
  const notices = notifyOperator({
    events: { onEvents: () => undefined },
    updates: { onChange: () => undefined },
    say: () => wordsIn('en'),
    openConsole,
  })
  notices.slept(1)
  await nextTurn()
  collect()
  shown[0]?.deref()?.emit('click')
  expect(openConsole).toHaveBeenCalledTimes(1)

  for (let count = 0; count < 100; count += 1) notices.slept(1)
  await nextTurn()
  collect()
  expect(shown.filter((one) => one.deref() !== undefined).length).toBeLessThan(30)
})
