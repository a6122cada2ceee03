// The second half of `npm test`, which needs Node 24: the first half is test.mjs.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runChecks } from './checks.ts'
import { runChild } from './run-child.mjs'
import { ROOT } from './setup.mjs'
import { provideNeeds } from './system-needs.ts'
import { addUp, describeOutcome, type TestReport } from './test-outcome.ts'

const REPORT = join(ROOT, 'test-results', 'tests.json')

async function runVitest(
  filters: readonly string[],
): Promise<{ code: number; report: TestReport | undefined }> {
  rmSync(REPORT, { force: true })
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
  const { code } = await runChild(process.execPath, [vitest, 'run', ...reporters, ...filters], {
    cwd: ROOT,
    output: 'inherit',
  })
  // Written by the runner that just ended; what is read of its shape stands in TestReport.
  const report = existsSync(REPORT) ? (JSON.parse(readFileSync(REPORT, 'utf8')) as TestReport) : undefined
  return { code, report }
}

const filters = process.argv.slice(2)
await provideNeeds(ROOT)
const checks = filters.length === 0 ? await runChecks(ROOT) : []
const { code, report } = await runVitest(filters)
const outcome = addUp(checks, report, code)
process.stdout.write(describeOutcome(outcome))
process.exitCode = outcome.failed.length === 0 ? 0 : 1
