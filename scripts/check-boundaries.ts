// Holds every import of the real tree against the table in .dependency-cruiser.cjs, and proves on the canary tree that each
// rule of the table still sees a breach: a rule that sees nothing looks just as green as one that finds nothing.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Breach, breachesByDesign, compareWithCanary } from './canary.ts'
import { runChild } from './run-child.mjs'

const OUR_FOLDERS = ['contract', 'server', 'electron', 'renderer']

interface Reported extends Breach {
  readonly to: string
}

interface CruiseResult {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: {
    readonly violations: readonly {
      readonly from: string
      readonly to: string
      readonly rule: { readonly name: string }
    }[]
  }
}

/** Resolves to the problems, in words; empty where everything is in order. */
export async function checkBoundaries(root: string): Promise<readonly string[]> {
  const canaryDir = join(root, 'test', 'architecture', 'canary', 'boundaries')
  const real = await cruise(root, root)
  const canary = await cruise(root, canaryDir)
  return [
    ...(real.moduleCount === 0 ? ['No module of the real tree was seen.'] : []),
    ...real.breaches.map(({ file, rule, to }) => `${file} must not import ${to} (${rule}).`),
    ...compareWithCanary(breachesByDesign(canaryDir), canary.breaches, ruleNames(root)),
  ]
}

/** Looks at the product's folders under `dir` with the tool and the table of `root`. */
async function cruise(root: string, dir: string) {
  const tool = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs')
  const config = join(root, '.dependency-cruiser.cjs')
  const folders = OUR_FOLDERS.filter((folder) => existsSync(join(dir, folder)))
  const args = [
    '--config',
    config,
    '--ts-config',
    join(root, 'tsconfig.json'),
    '--output-type',
    'json',
    ...folders,
  ]
  const { stdout, output } = await runChild(process.execPath, [tool, ...args], {
    cwd: dir,
    output: 'collect',
  })
  const { modules, summary } = parseResult(stdout, output)
  const ours = modules.filter(({ source }) => OUR_FOLDERS.some((folder) => source.startsWith(`${folder}/`)))
  const breaches = summary.violations.map(
    ({ from, rule, to }): Reported => ({ file: from, rule: rule.name, to }),
  )
  return { moduleCount: ours.length, breaches }
}

function parseResult(stdout: string, output: string): CruiseResult {
  try {
    // The shape is the tool's own, documented as its JSON output.
    return JSON.parse(stdout) as CruiseResult
  } catch {
    throw new Error(`The import check could not run:\n${output}`)
  }
}

function ruleNames(root: string): readonly string[] {
  // Our own file, which exports such a list.
  const table = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
    readonly forbidden: readonly { readonly name: string }[]
  }
  return table.forbidden.map(({ name }) => name)
}
