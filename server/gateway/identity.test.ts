// What an upstream learns of who asks: a pseudonym, and a cache key that nobody else can name.
import { describe, expect, test } from 'vitest'
import type { Dialect } from './endpoints.ts'
import { formIdentitySplices, identitySplices } from './identity.ts'
import type { JsonObject } from './json-object.ts'
import { applySplices, scanObject } from './json-scan.ts'

const pseudonyms = {
  of: (userId: string) => `pseudonym-of-${userId}`.padEnd(24, '.'),
  digest: () => 'd'.repeat(39),
}
const ANN = pseudonyms.of('ann')

function sent(text: string, dialect: Dialect = 'responses', userId = 'ann'): JsonObject {
  const body = Buffer.from(text)
  const scan = scanObject(body)
  if (!scan.ok) throw new Error('it is an object')
  const splices = identitySplices(pseudonyms, { dialect }, userId, JSON.parse(text), scan.value)
  return JSON.parse(applySplices(body, splices).toString())
}

describe.each(['responses', 'chat'] as const)('a body of %s', (dialect) => {
  test('without any of it gets a pseudonym, and a cache key of the person’s own', () => {
    expect(sent('{"model":"m"}', dialect)).toEqual({
      model: 'm',
      safety_identifier: ANN,
      prompt_cache_key: ANN,
    })
  })

  test('keeps its cache key behind the pseudonym, so that no two people share one', () => {
    const text = '{"prompt_cache_key":"thread-1","model":"m"}'
    expect(sent(text, dialect).prompt_cache_key).toBe(`${ANN}-thread-1`)
    expect(sent(text, dialect, 'bob').prompt_cache_key).toBe(`${pseudonyms.of('bob')}-thread-1`)
    // Whoever knows the pseudonym of another person cannot speak for them.
    expect(sent(`{"prompt_cache_key":"${ANN}-thread-1"}`, dialect, 'bob').prompt_cache_key).not.toBe(
      `${ANN}-thread-1`,
    )
  })

  test('never has a cache key that is longer than the upstream takes', () => {
    const fits = 'x'.repeat(64 - ANN.length - 1)
    expect(sent(JSON.stringify({ prompt_cache_key: fits }), dialect).prompt_cache_key).toBe(`${ANN}-${fits}`)
    const hashed = String(sent(JSON.stringify({ prompt_cache_key: `${fits}x` }), dialect).prompt_cache_key)
    expect([hashed, hashed.length]).toEqual([`${ANN}-${'d'.repeat(39)}`, 64])
  })

  test('cannot speak for anyone else', () => {
    expect(sent('{"safety_identifier":"bob","user":"bob@example.test","model":"m"}', dialect)).toMatchObject({
      safety_identifier: ANN,
      user: ANN,
      model: 'm',
    })
    for (const odd of ['null', '7', '["x"]', '{"a":1}', '""']) {
      const body = sent(`{"prompt_cache_key":${odd},"safety_identifier":${odd},"model":"m"}`, dialect)
      expect(body).toEqual({ prompt_cache_key: ANN, safety_identifier: ANN, model: 'm' })
    }
  })
})

test('an endpoint is told no more than it knows', () => {
  expect(sent('{"model":"m","prompt_cache_key":"a"}', 'compaction').prompt_cache_key).toBe(`${ANN}-a`)
  expect(sent('{"model":"m"}', 'compaction')).toEqual({ model: 'm' })
  expect(sent('{"model":"m","user":"bob"}', 'embeddings')).toEqual({ model: 'm', user: ANN })
  expect(sent('{"model":"m","user":null}', 'completions')).toEqual({ model: 'm', user: null })
  expect(sent('{"model":"m","user":"bob"}', 'images')).toEqual({ model: 'm', user: ANN })
  expect(sent('{"model":"m","user":"bob"}', 'moderations')).toEqual({ model: 'm', user: 'bob' })
})

test('a form that names somebody names the pseudonym, and what is no name of anybody stays', () => {
  const fields = [
    { name: 'prompt', value: 'bob', start: 10, end: 13 },
    { name: 'user', value: 'bob', start: 20, end: 23 },
  ]
  expect(formIdentitySplices(pseudonyms, { dialect: 'images' }, 'ann', fields)).toEqual([
    { start: 20, end: 23, text: ANN },
  ])
  expect(formIdentitySplices(pseudonyms, { dialect: 'transcriptions' }, 'ann', fields)).toEqual([])
})
