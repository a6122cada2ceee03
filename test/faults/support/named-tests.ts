// A list of dangers, and of the tests that meet each of them: a test that is gone or was renamed leaves its danger open.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** For each danger, in which files which titles stand; of a title, its beginning is enough. */
export type NamedTests = Readonly<Record<string, readonly (readonly [path: string, title: string])[]>>

/** The dangers without a test, and the titles that stand nowhere as those of a test. */
export function missingTests(named: NamedTests): readonly string[] {
  return Object.entries(named).flatMap(([danger, tests]) => {
    if (tests.length === 0) return [danger]
    return tests
      .filter(([path, title]) => !hasTest(path, title))
      .map(([path, title]) => `${danger}: ${path}: ${title}`)
  })
}

function hasTest(path: string, title: string): boolean {
  const file = join(ROOT, path)
  if (!existsSync(file)) return false
  const source = readFileSync(file, 'utf8')
  for (let at = source.indexOf(title); at >= 0; at = source.indexOf(title, at + 1)) {
    // The title opens the string that a call of `test`, or of what `test.each` returns, begins with.
    if (/(?:\btest(?:\.skipIf\([^)]*\))?|\))\(\s*['"`]$/.test(source.slice(0, at))) return true
  }
  return false
}
