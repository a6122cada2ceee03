import { expect, test } from 'vitest'
import { paceOf } from './pace.ts'

const day = { from: 1_000, to: 2_000, spentNanoUsd: 30 }

test('a day that is a quarter over will have cost four times as much', () => {
  expect(paceOf(day, 1_250)).toBe(120)
})

test('nothing is said in the first hours, after the end, and where nothing was spent', () => {
  const said = [paceOf(day, 1_050), paceOf(day, 2_000), paceOf({ ...day, spentNanoUsd: 0 }, 1_500)]
  expect(said).toEqual([undefined, undefined, undefined])
})
