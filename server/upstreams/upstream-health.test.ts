// When the upstream counts as well or ill, and what is remembered of what went wrong.
import { expect, test } from 'vitest'
import type { UpstreamProblem } from '../../contract/upstream-problem.ts'
import { createUpstreamHealth } from './upstream-health.ts'

function open() {
  let now = 1_000
  const changes: unknown[] = []
  const clock = { now: () => now++ }
  const health = createUpstreamHealth({ clock, onChange: (...change) => changes.push(change) })
  return { health, changes }
}
const problem = (code: UpstreamProblem['code'], host = 'h'): UpstreamProblem => ({ code, details: { host } })

test('is unknown at first, well with the first answer, and ill after three failures in a row', () => {
  const { health, changes } = open()
  expect(health.state()).toMatchObject({ isHealthy: null, lastSuccessAt: null })
  health.noteSuccess()
  for (let n = 0; n < 2; n += 1) health.noteFailure(problem('connection_reset'), 'req')
  expect(health.state().isHealthy).toBe(true)
  health.noteSuccess()
  for (let n = 0; n < 3; n += 1) health.noteFailure(problem('connection_reset'), 'req')
  health.noteFailure(problem('connection_reset'), 'req')
  health.noteSuccess()
  expect(changes).toEqual([
    [true, null],
    [false, 'connection_reset'],
    [true, null],
  ])
})

test('is ill at once where only the operator can mend it', () => {
  const { health, changes } = open()
  health.noteFailure(problem('key_rejected'), null)
  expect(changes).toEqual([[false, 'key_rejected']])
})

test('the same trouble is listed once and counted, the last first, and only so much is kept', () => {
  const { health } = open()
  health.noteFailure(problem('upstream_error'), 'req_1')
  health.noteFailure(problem('connection_reset'), 'req_2')
  health.noteFailure(problem('upstream_error'), 'req_3')
  expect(health.state().errors).toMatchObject([
    { code: 'upstream_error', count: 2, firstAt: 1000, lastAt: 1002, requestId: 'req_3' },
    { code: 'connection_reset', count: 1 },
  ])
  for (let n = 0; n < 50; n += 1) health.noteFailure(problem('dns_failed', `host-${n}`), null)
  expect(health.state().errors).toHaveLength(20)
  health.reset()
  expect(health.state()).toEqual({ isHealthy: null, lastSuccessAt: null, lastFailureAt: null, errors: [] })
})
