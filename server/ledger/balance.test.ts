// What is available.
import { expect, test } from 'vitest'
import { availableNanoUsd } from './balance.ts'

test('available is balance plus credit limit minus open holds', () => {
  const state = { balanceNanoUsd: 500, creditLimitNanoUsd: 200, openHoldsNanoUsd: 100 }
  expect(availableNanoUsd(state)).toBe(600)
})

test('an account that uses its whole credit has nothing available', () => {
  expect(availableNanoUsd({ balanceNanoUsd: -200, creditLimitNanoUsd: 200, openHoldsNanoUsd: 0 })).toBe(0)
})

test('a credit limit lowered under what is owed makes it negative', () => {
  expect(availableNanoUsd({ balanceNanoUsd: -200, creditLimitNanoUsd: 50, openHoldsNanoUsd: 10 })).toBe(-160)
})
