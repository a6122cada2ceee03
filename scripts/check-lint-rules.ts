// Proves on the canary tree that every lint rule that we switched on still sees a breach. Rules in a linter's nursery are
// renamed and reworked, and an unawaited promise is how a charge gets lost.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { breachesByDesign, compareWithCanary } from './canary.ts'
import { runChild } from './run-child.mjs'

interface LintResult {
  readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: string } }[]
}

type RuleGroups = Readonly<Record<string, unknown>>

/** Resolves to the problems, in words; empty where everything is in order. */
export async function checkLintRules(root: string): Promise<readonly string[]> {
  const canaryDir = join(root, 'test', 'architecture', 'canary', 'lint')
  // The normal run leaves the canary alone; a copy elsewhere, under the same settings, it does not.
  const copy = mkdtempSync(join(tmpdir(), 'lint-canary-'))
  try {
    cpSync(canaryDir, copy, { recursive: true })
    for (const name of ['biome.json', '.gitignore']) cpSync(join(root, name), join(copy, name))
    const tool = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
    const args = [tool, 'lint', '--reporter=json', '--max-diagnostics=none', '.']
    const { stdout, output } = await runChild(process.execPath, args, { cwd: copy, output: 'collect' })
    const reported = parseResult(stdout, output).diagnostics.map(({ category, location }) => ({
      file: location.path.replaceAll('\\', '/'),
      rule: category.slice(category.lastIndexOf('/') + 1),
    }))
    return compareWithCanary(breachesByDesign(canaryDir), reported, rulesSwitchedOn(join(root, 'biome.json')))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function parseResult(stdout: string, output: string): LintResult {
  try {
    // The shape is the tool's own, documented as its JSON reporter.
    return JSON.parse(stdout) as LintResult
  } catch {
    throw new Error(`The linter could not run:\n${output}`)
  }
}

function rulesSwitchedOn(configPath: string): readonly string[] {
  // Our own file, checked by the linter itself whenever it runs.
  const config = JSON.parse(readFileSync(configPath, 'utf8')) as {
    readonly linter: { readonly rules: RuleGroups }
    readonly overrides: readonly { readonly linter?: { readonly rules: RuleGroups } }[]
  }
  const groups = [config.linter.rules, ...config.overrides.map((override) => override.linter?.rules ?? {})]
  return groups
    .flatMap((rules) => Object.values(rules))
    .flatMap((group) => (typeof group === 'object' && group !== null ? Object.entries(group) : []))
    .filter(([, setting]) => levelOf(setting) === 'error')
    .map(([rule]) => rule)
}

/** A rule with options is an object. */
const levelOf = (setting: unknown): unknown =>
  typeof setting === 'object' && setting !== null && 'level' in setting ? setting.level : setting
