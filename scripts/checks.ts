// Everything that `npm run check` holds the repository against, each check counted as one test by `npm test`.
import { join } from 'node:path'
import { checkBoundaries } from './check-boundaries.ts'
import { checkLintRules } from './check-lint-rules.ts'
import { checkLockfile } from './check-lockfile.ts'
import { checkMigrations } from './check-migrations.ts'
import { runChild } from './run-child.mjs'

export interface CheckOutcome {
  readonly name: string
  readonly isPassed: boolean
}

interface Check {
  readonly name: string
  /** Resolves to what is wrong, in words; empty where nothing is. */
  readonly run: (root: string) => Promise<readonly string[]>
}

const CHECKS: readonly Check[] = [
  { name: 'types agree', run: tool('typescript/lib/tsc.js', '-p', '.') },
  { name: 'types of the screens agree', run: tool('typescript/lib/tsc.js', '-p', 'renderer') },
  { name: 'types of the bridge agree', run: tool('typescript/lib/tsc.js', '-p', 'electron/preload') },
  {
    name: 'code is formatted and free of lint',
    run: tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--colors=off', '.'),
  },
  { name: 'every lint rule still sees its canary', run: checkLintRules },
  { name: 'imports keep to the table, and every rule sees its canary', run: checkBoundaries },
  { name: 'nothing is unused', run: tool('knip/bin/knip.js', '--no-progress') },
  { name: 'the migrations add up to the schema', run: checkMigrations },
  { name: 'lockfiles install everywhere, licences are permissive', run: checkLockfiles },
]

/** Two cores: more at a time only makes each of them slower. */
const AT_A_TIME = 2

/** Runs all checks and writes each outcome to stdout as it comes. Never rejects: a check that cannot run has failed. */
export async function runChecks(root: string): Promise<readonly CheckOutcome[]> {
  const waiting = [...CHECKS]
  const outcomes: CheckOutcome[] = []
  async function work(): Promise<void> {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      outcomes.push(await runCheck(check, root))
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  return outcomes
}

async function runCheck({ name, run }: Check, root: string): Promise<CheckOutcome> {
  const startedAt = performance.now()
  const problems = await run(root).catch((error: unknown) => [String(error)])
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const isPassed = problems.length === 0
  process.stdout.write(`${isPassed ? '✓' : '✗'} ${name} (${seconds} s)\n`)
  for (const problem of problems) process.stdout.write(`${problem.replaceAll(/^/gm, '    ')}\n`)
  return { name, isPassed }
}

/** A program of node_modules, run with this Node; whatever it prints is the problem where it fails. */
function tool(program: string, ...args: readonly string[]): Check['run'] {
  return async (root) => {
    const path = join(root, 'node_modules', program)
    const { code, output } = await runChild(process.execPath, [path, ...args], {
      cwd: root,
      output: 'collect',
    })
    return code === 0 ? [] : [output.trim() || `${program} ended with code ${code}`]
  }
}

function checkLockfiles(root: string): Promise<readonly string[]> {
  return Promise.resolve([...checkLockfile(root, '.', true), ...checkLockfile(root, 'test/clients', false)])
}
