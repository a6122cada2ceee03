// What narrows a key, as it is typed.
import { expect, test } from 'vitest'
import { isNarrowingSound, modelNames, NOT_NARROWED, toNarrowing, unknownNames } from './narrowing.ts'

test('models are named in lines or with commas, each of them once; none at all is all of them', () => {
  expect(
    toNarrowing({ ...NOT_NARROWED, models: ' gpt-5.6\n gpt-5.6-mini, gpt-5.6\n' }).allowedModels,
  ).toEqual(['gpt-5.6', 'gpt-5.6-mini'])
  expect(toNarrowing(NOT_NARROWED)).toEqual({
    allowedModels: null,
    caps: { dayNanoUsd: null, monthNanoUsd: null, totalNanoUsd: null },
    limits: [],
  })
})

test('a cap is an amount from zero, or none', () => {
  expect(isNarrowingSound({ ...NOT_NARROWED, day: 0 })).toBe(true)
  expect(isNarrowingSound({ ...NOT_NARROWED, day: -1 })).toBe(false)
  expect(isNarrowingSound({ ...NOT_NARROWED, total: Number.NaN })).toBe(false)
  expect(isNarrowingSound({ ...NOT_NARROWED, limits: { concurrent: 0 } })).toBe(false)
})

test('a slip in a name is found among those that are known', () => {
  const typed = modelNames('demo-smrt, demo-fast\n demo-fast')
  expect(typed).toEqual(['demo-smrt', 'demo-fast'])
  expect(unknownNames(typed, ['demo-smart', 'demo-fast'])).toEqual(['demo-smrt'])
})
