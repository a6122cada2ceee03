// How long the machine is kept from falling asleep.
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Activity, IDLE } from './activity.ts'
import { AWAKE_AFTERWARDS_MS, stayAwake } from './awake.ts'

test('the machine stays awake while answers run and ten minutes longer, counted from the last one', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const calls: string[] = []
  let tell = (_: Activity): void => undefined
  stayAwake(
    {
      onActivity: (listener) => {
        tell = listener
      },
    },
    {
      start: (kind) => calls.push(kind),
      stop: (id) => calls.push(`stopped ${id}`) > 0,
    },
  )
  const run = (running: number) => tell({ ...IDLE, running })
  run(1)
  run(2)
  run(0)
  vi.advanceTimersByTime(AWAKE_AFTERWARDS_MS - 1)
  run(1)
  run(0)
  vi.advanceTimersByTime(AWAKE_AFTERWARDS_MS - 1)
  expect(calls).toEqual(['prevent-app-suspension'])
  vi.advanceTimersByTime(1)
  expect(calls).toEqual(['prevent-app-suspension', 'stopped 1'])
  run(1)
  expect(calls.at(-1)).toBe('prevent-app-suspension')
})
