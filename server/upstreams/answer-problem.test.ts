// What counts as trouble of the upstream in the answer to somebody's request, and what as trouble of the request.
import { expect, test } from 'vitest'
import { troubleOf } from './answer-problem.ts'

const trouble = (status: number, body: unknown, isOperators = false) => {
  const answer = {
    status,
    body: Buffer.from(JSON.stringify(body)),
    location: undefined,
    type: 'application/json',
  }
  return troubleOf('http://127.0.0.1:8000/v1', answer, isOperators)?.code
}

test('a request that is refused for its own sake is none of the upstream’s troubles, in whatever shape that is said', () => {
  const said = [
    { error: { message: 'n is 1' } },
    { error: 'n is 1' },
    { detail: 'n is 1' },
    { message: 'n is 1' },
    [{ error: { message: 'n is 1' } }],
  ]
  for (const body of said) for (const status of [400, 422]) expect(trouble(status, body)).toBeUndefined()
})

test('a path that is not there, and an answer without a reason, are', () => {
  expect(trouble(404, { detail: 'Not Found' })).toBe('wrong_path')
  expect(trouble(400, {})).toBe('not_openai')
  expect(trouble(401, { detail: 'no' })).toBe('key_rejected')
})

test('a reason in another shape that speaks of the operator is one too: whoever sent the request is told that it was told', () => {
  for (const body of [{ error: 'no such key' }, { detail: 'no such key' }, { message: 'no such key' }])
    expect(trouble(400, body, true)).toBe('not_openai')
  expect(trouble(404, { error: 'no such model' }, false)).toBeUndefined()
})
