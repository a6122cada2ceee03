// The bounds on reading on behind clients that have left: by time, by bytes, by person, and by all of them together.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Drain, type DrainBounds, Drains } from './drains.ts'

const ROOMY: DrainBounds = { drainSecondsMax: 60, drainBytesMax: 1_000, drainsPerUserMax: 10, drainsMax: 10 }

/** What was cut, in order, such as `ann-2 user`. */
function draining(bounds: Partial<DrainBounds> = {}) {
  const cut: string[] = []
  let current = { ...ROOMY, ...bounds }
  const drains = new Drains(() => current)
  const leave = (userId: string, name: string): Drain => {
    const drain = { userId, cutDrain: (bound: string) => void cut.push(`${name} ${bound}`) }
    drains.begin(drain)
    return drain
  }
  return {
    drains,
    cut,
    leave,
    set(next: Partial<DrainBounds>) {
      current = { ...current, ...next }
    },
  }
}

describe('a drain', () => {
  test('is cut when its time is over, and counted by its bound', async () => {
    const { drains, cut, leave } = draining({ drainSecondsMax: 0.02 })
    leave('ann', 'ann-1')
    expect(cut).toEqual([])
    expect(drains.count).toBe(1)
    await sleep(60)
    expect(cut).toEqual(['ann-1 seconds'])
    expect(drains.count).toBe(0)
    expect(drains.cuts).toEqual({ seconds: 1, bytes: 0, user: 0, total: 0 })
  })

  test('that ended in time is not cut later', async () => {
    const { drains, cut, leave } = draining({ drainSecondsMax: 0.02 })
    drains.end(leave('ann', 'ann-1'))
    await sleep(60)
    expect(cut).toEqual([])
  })

  test('is cut by the first byte beyond its bytes, once', () => {
    const { drains, cut, leave } = draining()
    const drain = leave('ann', 'ann-1')
    drains.read(drain, 600)
    drains.read(drain, 400)
    expect(cut).toEqual([])
    drains.read(drain, 1)
    drains.read(drain, 1)
    expect(cut).toEqual(['ann-1 bytes'])
  })

  test('of which one person has too many is cut at once, and the earlier ones go on', () => {
    const { drains, cut, leave } = draining({ drainsPerUserMax: 2 })
    for (const name of ['ann-1', 'ann-2', 'ann-3']) leave('ann', name)
    leave('bob', 'bob-1')
    expect(cut).toEqual(['ann-3 user'])
    expect(drains.count).toBe(3)
  })

  test('frees its place when it ends', () => {
    const { drains, cut, leave } = draining({ drainsPerUserMax: 1 })
    drains.end(leave('ann', 'ann-1'))
    leave('ann', 'ann-2')
    expect(cut).toEqual([])
  })

  test('of which there are too many altogether costs whoever has the most of them', () => {
    const { cut, leave } = draining({ drainsMax: 3 })
    for (const name of ['ann-1', 'ann-2', 'ann-3']) leave('ann', name)
    leave('bob', 'bob-1')
    expect(cut).toEqual(['ann-3 total'])
    leave('cyd', 'cyd-1')
    expect(cut).toEqual(['ann-3 total', 'ann-2 total'])
    leave('dan', 'dan-1')
    // All have one now: the latest is the one too many.
    expect(cut.at(-1)).toBe('dan-1 total')
  })

  test('is held against the bounds as they are now', () => {
    const { drains, cut, leave, set } = draining()
    const drain = leave('ann', 'ann-1')
    drains.read(drain, 500)
    set({ drainBytesMax: 400, drainsPerUserMax: 1 })
    leave('ann', 'ann-2')
    drains.read(drain, 1)
    expect(cut).toEqual(['ann-2 user', 'ann-1 bytes'])
  })
})
