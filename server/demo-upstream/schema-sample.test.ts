import { describe, expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import { argumentsFor, pathIn, placeIn, sampleOf } from './schema-sample.ts'

const sample = (schema: JsonObject, prompt = '') => sampleOf(schema, { prompt, known: {} })

describe('a value made for a schema', () => {
  test('has everything that is required and nothing else', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'integer' }, c: { type: 'boolean' } },
      required: ['b', 'c'],
    }
    expect(sample(schema)).toEqual({ b: 1, c: false })
  })

  test('takes the choice that the prompt names, else the first', () => {
    const schema = { type: 'string', enum: ['celsius', 'fahrenheit'] }
    expect(sample(schema)).toBe('celsius')
    expect(sample(schema, 'in Fahrenheit please')).toBe('fahrenheit')
  })

  test('follows references, alternatives and nullable types', () => {
    const schema = {
      type: 'object',
      properties: {
        at: { $ref: '#/$defs/point' },
        note: { anyOf: [{ type: 'null' }, { const: 'x' }] },
        n: { type: ['null', 'number'] },
      },
      required: ['at', 'note', 'n'],
      $defs: { point: { type: 'array', items: { type: 'number' }, minItems: 2 } },
    }
    expect(sample(schema)).toEqual({ at: [1, 1], note: 'x', n: 1 })
  })

  test('keeps numbers in their range', () => {
    expect(sample({ type: 'integer', minimum: 5, maximum: 9 }, 'give me 100')).toBe(9)
    expect(sample({ type: 'integer', minimum: 5 })).toBe(5)
  })

  test('ends where a schema refers to itself', () => {
    const schema = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }
    expect(JSON.stringify(sample(schema)).length).toBeLessThan(200)
  })

  test('uses what is known by name', () => {
    const schema = {
      type: 'object',
      properties: { command: { type: 'string' }, note: { type: 'string' } },
      required: ['command'],
    }
    expect(argumentsFor(schema, { prompt: '', known: { command: 'ls', other: 1 } })).toEqual({
      command: 'ls',
    })
  })
})

test('places and paths are found in a prompt', () => {
  expect(placeIn('What is the weather in New York today?')).toBe('New York')
  expect(placeIn('北京的天气怎么样')).toBe('北京')
  expect(pathIn('please read src/deep/main.ts for me')).toBe('src/deep/main.ts')
  expect(pathIn('open /etc/hosts')).toBe('/etc/hosts')
  expect(pathIn('read ./a.txt')).toBe('./a.txt')
  expect(pathIn('nothing here')).toBeUndefined()
})

test('a hostile prompt is searched in linear time', () => {
  for (const prompt of ['a'.repeat(2_000), '/'.repeat(2_000), 'a.'.repeat(1_000), ' ~'.repeat(1_000)]) {
    const start = performance.now()
    pathIn(prompt)
    placeIn(prompt)
    expect(performance.now() - start).toBeLessThan(250)
  }
})
