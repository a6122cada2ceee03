// A canary tree is a folder of small files that break rules on purpose, to show that a check still sees each of them. A
// file says in its first line which rules it breaks.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const BREAKS = '// breaks: '

export interface Breach {
  /** Relative to the tree, with `/` on every system. */
  readonly file: string
  readonly rule: string
}

export function breachesByDesign(canaryDir: string): readonly Breach[] {
  const files = readdirSync(canaryDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return files.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name)
    const [line = ''] = readFileSync(path, 'utf8').split('\n')
    const rules = line.startsWith(BREAKS) ? line.slice(BREAKS.length).split(', ') : []
    return rules.map((rule) => ({ file: path.slice(canaryDir.length + 1).replaceAll('\\', '/'), rule }))
  })
}

/**
 * Both ways: what is broken has to be reported, and nothing else may be. Every rule has to be broken somewhere. Returns
 * the problems, in words.
 */
export function compareWithCanary(
  expected: readonly Breach[],
  reported: readonly Breach[],
  rules: readonly string[],
): readonly string[] {
  return [
    ...rules
      .filter((rule) => !expected.some((breach) => breach.rule === rule))
      .map((rule) => `No file of the canary tree breaks the rule ${rule}.`),
    ...expected
      .filter((breach) => !reported.some((other) => isSame(breach, other)))
      .map(({ file, rule }) => `Canary: ${file} breaks ${rule}, and nobody noticed.`),
    ...reported
      .filter((breach) => !expected.some((other) => isSame(breach, other)))
      .map(({ file, rule }) => `Canary: ${file} was reported for ${rule}, which it does not break.`),
  ]
}

function isSame(one: Breach, other: Breach): boolean {
  return one.file === other.file && one.rule === other.rule
}
