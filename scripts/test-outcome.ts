// Adds up what `npm test` says in its last line: every check and every test, and nothing that looks green because it never
// ran.
import type { CheckOutcome } from './checks.ts'

/** What is read of the test runner's JSON report. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

export interface Outcome {
  readonly passed: number
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
}

/** @param report undefined where the runner left none */
export function addUp(
  checks: readonly CheckOutcome[],
  report: TestReport | undefined,
  exitCode: number,
): Outcome {
  const files = report?.testResults ?? []
  const tests = files.flatMap((file) => file.assertionResults)
  const passed = [
    ...checks.filter(({ isPassed }) => isPassed).map(({ name }) => name),
    ...tests.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
  ]
  const failed = [
    ...checks.filter(({ isPassed }) => !isPassed).map(({ name }) => name),
    ...tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    ...files
      .filter(isFailedAsWhole)
      .map(({ name, message }) => `${name} could not be run: ${message ?? ''}`.trim()),
  ]
  const skipped = tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName)
  const hasRun = tests.some(({ status }) => status === 'passed' || status === 'failed')
  if (!hasRun) failed.push('no test has run')
  // Such as an error that nobody awaited, outside of every test.
  else if (exitCode !== 0 && failed.length === 0) failed.push(`the test runner ended with code ${exitCode}`)
  return { passed: passed.length, failed, skipped }
}

/** A file that fails before its first test, or after its last one, fails no test. */
function isFailedAsWhole(file: TestReport['testResults'][number]): boolean {
  return file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')
}

/** The last line is for machines: `N passed, N failed, N skipped`. */
export function describeOutcome({ passed, failed, skipped }: Outcome): string {
  return [
    '',
    ...listed('Skipped', skipped),
    ...listed('Failed', failed),
    `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
    '',
  ].join('\n')
}

function listed(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${title}:`, ...names.map((name) => `  ${name}`), '']
}
