// Which models a key that was narrowed may still be used for.
import { expect, test } from 'vitest'
import { decideKeyScope } from './decide-key-scope.ts'

const SOL = { name: 'gpt-6-sol', model: 'gpt-6-sol' }
const ALIAS = { name: 'ours', model: 'gpt-6-sol' }
const refused = (model: string) => ({ code: 'model_not_found', param: 'model', details: { model } })

test('a key without a list may use every model', () => {
  expect(decideKeyScope(null, SOL)).toBeUndefined()
})

test('a model that a key may not use does not exist for it', () => {
  expect(decideKeyScope(['gpt-6-sol'], SOL)).toBeUndefined()
  expect(decideKeyScope(['gpt-6-sol'], { name: 'gpt-6', model: 'gpt-6' })).toEqual(refused('gpt-6'))
})

test('a list may name an alias, which then allows its model under that name alone', () => {
  expect(decideKeyScope(['ours'], ALIAS)).toBeUndefined()
  expect(decideKeyScope(['ours'], SOL)).toEqual(refused('gpt-6-sol'))
})

test('a model is allowed by whatever alias it is asked for, and the refusal says the name that was sent', () => {
  expect(decideKeyScope(['gpt-6-sol'], ALIAS)).toBeUndefined()
  expect(decideKeyScope(['gpt-6'], ALIAS)).toEqual(refused('ours'))
})

test('a key that allows no model allows none, whatever its list was meant to say', () => {
  expect(decideKeyScope([], SOL)).toEqual(refused('gpt-6-sol'))
})
