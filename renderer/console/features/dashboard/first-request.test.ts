// Which model the first request asks.
import { expect, test } from 'vitest'
import { firstRequest, sampleModel } from './first-request.ts'

const priced = (model: string, origin: 'shipped' | 'demo' = 'shipped') => ({
  model,
  price: { id: model, origin, effectiveFrom: 0 },
})

test('a small model that answers with text, and that this upstream has', () => {
  const models = [
    priced('text-embedding-3-small'),
    priced('gpt-5.6'),
    priced('gpt-5.6-mini'),
    { model: 'gpt-unpriced-mini', price: null },
    priced('demo-embedding', 'demo'),
    priced('demo-large', 'demo'),
  ]
  expect(sampleModel(models, false)).toBe('gpt-5.6-mini')
  expect(sampleModel(models, true)).toBe('demo-large')
  expect(sampleModel([], true)).toBeUndefined()
})

test('the key stands in the command once there is one', () => {
  expect(firstRequest('http://gate:1', undefined, 'm')).toContain("'Authorization: Bearer sk-cg-…'")
  expect(firstRequest('http://gate:1', 'sk-cg-1-2', 'm')).toContain("'Authorization: Bearer sk-cg-1-2'")
})
