// That a schema without its migration is noticed, and so is a tool that could not look.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkMigrations } from './check-migrations.ts'

const ROOT = dirname(import.meta.dirname)
let copy: string

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'check-migrations-'))
  for (const path of ['package.json', 'tsconfig.json', 'contract', 'drizzle', 'server']) {
    cpSync(join(ROOT, path), join(copy, path), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
})
afterEach(() => rmSync(copy, { recursive: true, force: true }))

test('the migrations of this repository add up to its schema', async () => {
  expect(await checkMigrations(copy)).toEqual([])
})

test('a column without a migration is noticed', async () => {
  const table = join(copy, 'server/db/schema/audit.ts')
  const source = readFileSync(table, 'utf8')
  writeFileSync(
    table,
    source.replace("operation: text('operation')", "extra: text('extra'), operation: text('operation')"),
  )
  const [problem] = await checkMigrations(copy)
  expect(problem).toContain('npm run db:generate')
})

test('a schema that cannot be read is not in order', async () => {
  rmSync(join(copy, 'server/db/schema'), { recursive: true })
  expect(await checkMigrations(copy)).toHaveLength(1)
})
