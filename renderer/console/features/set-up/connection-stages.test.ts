// How far a connection test came.
import { expect, test } from 'vitest'
import { UPSTREAM_PROBLEMS, type UpstreamProblemCode } from '../../../../contract/upstream-problem.ts'
import { stagesOf } from './connection-stages.ts'

const drawn = (...args: Parameters<typeof stagesOf>) =>
  stagesOf(...args)
    .map(({ stage, status }) => `${stage} ${status}`)
    .join(', ')

test('a refused key was reached over a secure connection, and no models were asked for', () => {
  expect(drawn('key_rejected', true)).toBe(
    'address ok, connection ok, secure ok, answer ok, key bad, models off',
  )
})

test('without TLS there is no secure connection to tell of', () => {
  expect(drawn('connection_refused', false)).toBe(
    'address ok, connection bad, answer off, key off, models off',
  )
  expect(drawn(undefined, false)).toBe('address ok, connection ok, answer ok, key ok, models ok')
})

test('every problem of a secure connection has exactly one stage that failed', () => {
  // The members of an object literal are exactly the members of its type.
  for (const code of Object.keys(UPSTREAM_PROBLEMS) as UpstreamProblemCode[]) {
    expect(stagesOf(code, true).filter(({ status }) => status === 'bad')).toHaveLength(1)
  }
})
