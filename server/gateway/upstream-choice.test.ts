// Who is asked, and in which order: by model, priority, load, session and breaker.
import { describe, expect, test } from 'vitest'
import { upstreamTarget } from '../../test/support/upstream-target.ts'
import { FAULTS_IN_A_ROW } from '../upstreams/circuit-breaker.ts'
import type { UpstreamTarget } from './request.ts'
import { candidatesFor, chooseNext, toServedModels } from './upstream-choice.ts'
import { dearestMultiplier, multiplierAt } from './upstream-multiplier.ts'

const named = (id: string, more: Partial<UpstreamTarget> = {}) => upstreamTarget({ id, name: id, ...more })
const serving = (...models: string[]) => toServedModels(models.map((model) => ({ model })))
const ids = (candidates: readonly UpstreamTarget[]) => candidates.map(({ id }) => id)
function breakOpen({ lane }: UpstreamTarget): void {
  for (let n = 0; n < FAULTS_IN_A_ROW; n += 1) lane.take().end({ kind: 'fault' })
}

describe('candidates', () => {
  test('are those that serve the model, by priority, and of one priority those first that name it', () => {
    const [a, b, c, d] = [
      named('all', { priority: 1 }),
      named('names-it', { priority: 1, models: serving('m') }),
      named('other', { priority: 1, models: serving('n') }),
      named('later', { priority: 2, models: serving('m') }),
    ]
    expect(ids(candidatesFor([a, b, c, d], 'm'))).toEqual(['names-it', 'all', 'later'])
    expect(ids(candidatesFor([a, b, c, d], 'x'))).toEqual(['all'])
    expect(candidatesFor([c], 'm')).toEqual([])
  })
})

describe('the next', () => {
  test('of equals is the one with the fewest requests, and never one that was tried', () => {
    const [a, b, c] = [named('a'), named('b'), named('c', { priority: 200 })]
    const place = a.lane.take()
    expect(chooseNext([a, b, c], [], undefined)).toBe(b)
    place.end('well')
    expect(chooseNext([a, b, c], [], undefined)).toBe(a)
    expect(chooseNext([a, b, c], [a, b], undefined)).toBe(c)
    expect(chooseNext([a, b, c], [a, b, c], undefined)).toBeUndefined()
  })

  test('is the one of the session, unless its breaker is open or it is full', () => {
    const [a, b] = [named('a'), named('b', { priority: 200, concurrencyMax: 1 })]
    expect(chooseNext([a, b], [], 'b')).toBe(b)
    const place = b.lane.take()
    expect(chooseNext([a, b], [], 'b')).toBe(a)
    place.end('well')
    breakOpen(b)
    expect(chooseNext([a, b], [], 'b')).toBe(a)
  })

  test('is one whose breaker is open only where nothing better is left, and nothing was tried', () => {
    const [a, b] = [named('a'), named('b', { priority: 200 })]
    breakOpen(a)
    expect(chooseNext([a, b], [], undefined)).toBe(b)
    expect(chooseNext([a, b], [b], undefined)).toBeUndefined()
    breakOpen(b)
    expect(chooseNext([a, b], [], undefined)).toBe(a)
  })

  test('is the only one whatever its breaker says, while it has a place', () => {
    const only = named('only', { concurrencyMax: 1 })
    breakOpen(only)
    expect(chooseNext([only], [], undefined)).toBe(only)
    only.lane.take()
    expect(chooseNext([only], [], undefined)).toBeUndefined()
  })
})

test('multipliers of settings and upstream become one, a begun millionth counted whole; a hold takes the dearest', () => {
  expect(multiplierAt(1_100_000, { multiplierPpm: 1_000_000 })).toBe(1_100_000)
  expect(multiplierAt(1_100_000, { multiplierPpm: 1_500_000 })).toBe(1_650_000)
  expect(multiplierAt(1_000_001, { multiplierPpm: 333_333 })).toBe(333_334)
  expect(multiplierAt(1_000_000, { multiplierPpm: 0 })).toBe(0)
  expect(dearestMultiplier(1_000_000, [{ multiplierPpm: 900_000 }, { multiplierPpm: 1_200_000 }])).toBe(
    1_200_000,
  )
})
