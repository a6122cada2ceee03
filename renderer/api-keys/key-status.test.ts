// The states of a key.
import { expect, test } from 'vitest'
import { keyState, mayEnable, mayRotate } from './key-status.ts'

const key = { status: 'active', disabledBy: null, expiresAt: null, replacedByKeyId: null } as const
const DAY = 86_400_000

test('expiry is told by the clock, and a week before', () => {
  expect(keyState(key, 1000).word).toBe('active')
  expect(keyState({ ...key, expiresAt: 1000 }, 1000).word).toBe('expired')
  expect(keyState({ ...key, expiresAt: 1000 + 3 * DAY }, 1000).word).toBe('expiresSoon')
  expect(keyState({ ...key, expiresAt: 1000 + 30 * DAY }, 1000).word).toBe('active')
})

test('a key with a successor works until the overlap ends', () => {
  const old = { ...key, replacedByKeyId: 'next', expiresAt: 1000 }
  expect(keyState(old, 999).word).toBe('overlaps')
  expect(keyState(old, 1000).word).toBe('expired')
})

test('who switched a key off is told, and what was rotated away stays off', () => {
  const off = { ...key, status: 'disabled', disabledBy: 'rotation' } as const
  expect(keyState(off, 0).word).toBe('disabled_rotation')
  expect(mayEnable(off)).toBe(false)
  expect(mayEnable({ ...off, disabledBy: 'administrator' })).toBe(true)
  expect(mayRotate({ status: 'active', replacedByKeyId: 'next' })).toBe(false)
  expect(mayRotate({ status: 'active', replacedByKeyId: null })).toBe(true)
})
