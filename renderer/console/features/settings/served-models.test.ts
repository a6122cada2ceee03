import { expect, test } from 'vitest'
import { parseServedModels, servedModelsText } from './served-models.ts'

test('models are typed one on a line, with the name that they have there behind an equals sign', () => {
  const models = [{ model: 'gpt-6-sol' }, { model: 'house', upstreamModel: 'vendor/model:7b' }]
  expect(parseServedModels('  gpt-6-sol \n\nhouse=vendor/model:7b\n')).toEqual(models)
  expect(parseServedModels(servedModelsText(models))).toEqual(models)
})

test('no line stands for every model', () => {
  expect(parseServedModels(' \n')).toBeNull()
  expect(servedModelsText(null)).toBe('')
})

test.each(['= there', 'here =', 'a = b = c', 'twice\ntwice'])('%j is no list of models', (text) => {
  expect(parseServedModels(text)).toBeUndefined()
})
