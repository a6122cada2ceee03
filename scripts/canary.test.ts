// What is said when a check has gone blind, or sees too much.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { breachesByDesign, compareWithCanary } from './canary.ts'

const breach = { file: 'server/a.ts', rule: 'no-x' }

test('a check that sees every canary and nothing else is in order', () => {
  expect(compareWithCanary([breach], [breach], ['no-x'])).toEqual([])
})

test('a check that no longer sees a canary is found out', () => {
  expect(compareWithCanary([breach], [], ['no-x'])).toEqual([
    'Canary: server/a.ts breaks no-x, and nobody noticed.',
  ])
})

test('a rule that sees a canary of another rule instead is found out', () => {
  expect(compareWithCanary([breach], [{ file: 'server/a.ts', rule: 'no-y' }], ['no-x'])).toHaveLength(2)
})

test('a rule without a canary is found out', () => {
  expect(compareWithCanary([breach], [breach], ['no-x', 'no-y'])).toEqual([
    'No file of the canary tree breaks the rule no-y.',
  ])
})

test('a file says in its first line which rules it breaks', () => {
  const dir = mkdtempSync(join(tmpdir(), 'canary-'))
  try {
    mkdirSync(join(dir, 'deep'))
    writeFileSync(join(dir, 'deep', 'a.ts'), '// breaks: no-x, no-y\n')
    writeFileSync(join(dir, 'b.ts'), '// breaks nothing\n')
    expect(breachesByDesign(dir)).toEqual([
      { file: 'deep/a.ts', rule: 'no-x' },
      { file: 'deep/a.ts', rule: 'no-y' },
    ])
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
