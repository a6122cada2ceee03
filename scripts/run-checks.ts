// The second half of `npm run check`, which needs Node 24: the first half is check.mjs.
import { runChecks } from './checks.ts'
import { ROOT } from './setup.mjs'

const outcomes = await runChecks(ROOT)
const failed = outcomes.filter(({ isPassed }) => !isPassed)
process.stdout.write(`${outcomes.length - failed.length} of ${outcomes.length} checks passed.\n`)
process.exitCode = failed.length === 0 ? 0 : 1
