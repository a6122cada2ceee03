// What the state of a key is called.
import { expect, test } from 'vitest'
import { keyStatus } from './key-status.ts'

const NOW = 1_800_000_000_000
const DAY = 24 * 60 * 60_000

test.each([
  ['active', null, 'active'],
  ['active', NOW + 30 * DAY, 'active'],
  ['active', NOW + 2 * DAY, 'expiresSoon'],
  ['active', NOW, 'expired'],
  ['disabled', NOW + 2 * DAY, 'disabled'],
  ['disabled', null, 'disabled'],
] as const)('a key that is %s and expires at %s is called %s', (status, expiresAt, word) => {
  expect(keyStatus({ status, expiresAt }, NOW).word).toBe(word)
})
