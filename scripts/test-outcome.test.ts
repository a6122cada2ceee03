// What `npm test` counts, and that it never calls green what has not run.
import { expect, test } from 'vitest'
import { addUp, describeOutcome, type TestReport } from './test-outcome.ts'

const CHECKS = [
  { name: 'types agree', isPassed: true },
  { name: 'nothing is unused', isPassed: false },
]

function reportOf(...statuses: readonly string[]): TestReport {
  const assertionResults = statuses.map((status, index) => ({ fullName: `test ${index}`, status }))
  const status = statuses.includes('failed') ? 'failed' : 'passed'
  return { testResults: [{ name: 'a.test.ts', status, assertionResults }] }
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

test('checks count as tests, and the last line says so alone', () => {
  const outcome = addUp(CHECKS, reportOf('passed', 'passed', 'failed', 'skipped', 'todo'), 1)
  expect(lastLine(describeOutcome(outcome))).toBe('3 passed, 2 failed, 2 skipped')
})

test('what failed and what was skipped is named', () => {
  const text = describeOutcome(addUp(CHECKS, reportOf('passed', 'failed', 'pending'), 1))
  expect(text).toContain('nothing is unused')
  expect(text).toContain('test 1')
  expect(text).toContain('test 2')
})

test('a file that breaks before its first test is a failure', () => {
  const broken = { name: 'b.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] }
  const report = { testResults: [...reportOf('passed').testResults, broken] }
  expect(addUp([], report, 1).failed).toEqual(['b.test.ts could not be run: Cannot find module'])
})

test('an error outside of every test is a failure', () => {
  expect(addUp([], reportOf('passed'), 1).failed).toEqual(['the test runner ended with code 1'])
})

test.each([
  ['no report', undefined],
  ['an empty report', { testResults: [] }],
  ['nothing but skipped tests', reportOf('skipped')],
])('%s is a failure', (_what, report) => {
  expect(addUp(CHECKS.slice(0, 1), report, 0).failed).toEqual(['no test has run'])
})

test('all green is no failure', () => {
  expect(addUp(CHECKS.slice(0, 1), reportOf('passed', 'skipped'), 0)).toEqual({
    passed: 2,
    failed: [],
    skipped: ['test 1'],
  })
})
