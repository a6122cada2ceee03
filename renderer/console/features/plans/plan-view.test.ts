// In which state a batch of codes is, and what its file holds.
import { expect, test } from 'vitest'
import { type BatchRow, batchState, codesCsv } from './plan-view.ts'

const batch = (more: Partial<BatchRow>): BatchRow => ({
  id: 'b',
  name: 'n',
  prefix: '',
  kind: 'balance',
  amountNanoUsd: 1,
  planId: null,
  planName: null,
  count: 2,
  redeemed: 0,
  disabled: 0,
  expiresAt: null,
  createdAt: 0,
  createdBy: null,
  disabledAt: null,
  ...more,
})

test.each([
  [{}, 'active'],
  [{ redeemed: 1, disabled: 1 }, 'used'],
  [{ expiresAt: 10 }, 'expired'],
  [{ expiresAt: 11 }, 'active'],
  [{ expiresAt: 10, disabledAt: 5 }, 'disabled'],
] as const)('a batch with %j is %s', (more, state) => {
  expect(batchState(batch(more), 10)).toBe(state)
})

test('a file of codes has a head and one code a line', () => {
  expect(codesCsv(['CG-AB', 'CG-CD'])).toBe('code\r\nCG-AB\r\nCG-CD\r\n')
})
