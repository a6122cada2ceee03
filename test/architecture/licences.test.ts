// The list of licences names everything that is shipped: also what is built into the pages, and is a development package.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { collectLicences } from '../../server/system/licences.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** The package of an import such as `recharts` or `@base-ui/react/dialog`; undefined for a file of ours or of Node. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function importedPackages(): string[] {
  const files = globSync('renderer/**/*.{ts,tsx}', { cwd: ROOT }).filter(
    (path) => !/\.test\.|vite\.config|build-config|specimen/.test(path),
  )
  // Read as a compiler does: a set-up that people paste has imports of its own, inside a text.
  const specifiers = files.flatMap((path) =>
    ts.preProcessFile(readFileSync(join(ROOT, path), 'utf8')).importedFiles.map(({ fileName }) => fileName),
  )
  const packages = specifiers.map(packageOf).filter((name) => name !== undefined)
  return [...new Set(packages)].sort()
}

test('every package that a page imports has its licence in the list', () => {
  const listed = new Set(collectLicences(ROOT).map(({ name }) => name))
  const imported = importedPackages()
  expect(imported).toContain('react')
  expect(imported.filter((name) => !listed.has(name))).toEqual([])
})
