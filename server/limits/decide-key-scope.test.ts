// What a key that was narrowed may still be used for.
import { expect, test } from 'vitest'
import { decideKeyScope } from './decide-key-scope.ts'

const NOW = 1_800_000_000_000
const open = { expiresAt: null, allowedModels: null }

test('a key without limits of its own may use every model for ever', () => {
  expect(decideKeyScope(open, 'gpt-6-sol', NOW)).toBeUndefined()
})

test('a key is dead from the millisecond of its expiry on', () => {
  expect(decideKeyScope({ ...open, expiresAt: NOW + 1 }, 'gpt-6-sol', NOW)).toBeUndefined()
  expect(decideKeyScope({ ...open, expiresAt: NOW }, 'gpt-6-sol', NOW)).toEqual({ code: 'api_key_expired' })
})

test('a model that a key may not use does not exist for it', () => {
  const key = { ...open, allowedModels: ['gpt-6-sol'] }
  expect(decideKeyScope(key, 'gpt-6-sol', NOW)).toBeUndefined()
  expect(decideKeyScope(key, 'gpt-6', NOW)).toEqual({
    code: 'model_not_found',
    param: 'model',
    details: { model: 'gpt-6' },
  })
})

test('a key that allows no model allows none, whatever its list was meant to say', () => {
  expect(decideKeyScope({ ...open, allowedModels: [] }, 'gpt-6-sol', NOW)).toMatchObject({
    code: 'model_not_found',
  })
})

test('an expired key is told so before its model is looked at', () => {
  expect(decideKeyScope({ expiresAt: 1, allowedModels: [] }, 'x', NOW)).toMatchObject({
    code: 'api_key_expired',
  })
})
