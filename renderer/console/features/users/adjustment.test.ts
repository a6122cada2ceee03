// What the dialog sends.
import { expect, test } from 'vitest'
import { type Adjustment, toChange } from './adjustment.ts'

const typed: Adjustment = { direction: 'add', kind: 'gift', amountNanoUsd: 5, note: 'thanks' }

test('what is added is of its kind, and what is taken away is a correction whatever was chosen before', () => {
  expect(toChange('u', typed)).toEqual({ userId: 'u', amountNanoUsd: 5, note: 'thanks', kind: 'gift' })
  expect(toChange('u', { ...typed, direction: 'take' })).toMatchObject({
    amountNanoUsd: -5,
    kind: 'correction',
  })
})
