// Checks that the committed migrations add up to the schema in server/db/schema: a column that someone added without
// `npm run db:generate` would exist in the types alone.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { runChild } from './run-child.mjs'

/** What the tool says in this one case; its exit code says nothing, since it is 0 even where it crashed. */
const NO_CHANGE = 'No schema changes'

/** Resolves to the problems, in words; empty where everything is in order. */
export async function checkMigrations(root: string): Promise<readonly string[]> {
  // Within the repository, because the tool takes the folder for a relative one.
  mkdirSync(join(root, 'dist'), { recursive: true })
  const copy = mkdtempSync(join(root, 'dist', 'migrations-'))
  try {
    cpSync(join(root, 'drizzle'), copy, { recursive: true })
    const tool = join(root, 'node_modules', 'drizzle-kit', 'bin.cjs')
    const places = ['--schema', './server/db/schema/*.ts', '--out', relative(root, copy)]
    const args = [tool, 'generate', '--dialect', 'sqlite', ...places]
    const { output } = await runChild(process.execPath, args, { cwd: root, output: 'collect' })
    if (output.includes(NO_CHANGE)) return []
    return [
      `The schema and its migrations differ; \`npm run db:generate\` writes the one that is missing.\n${output.trim()}`,
    ]
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
