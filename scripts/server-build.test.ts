// What the build makes of imports of Node's own parts; the bundle itself is started by other tests.
import { expect, test } from 'vitest'
import { beginsWith, startsOneThread, takeWithoutImport, waitsForNoImporter } from './server-build.ts'

function built(code: string): string {
  const { renderChunk } = takeWithoutImport()
  if (typeof renderChunk !== 'function') throw new Error('the plugin has no such step')
  // It looks at nothing but the text.
  return String((renderChunk as (text: string) => unknown)(code))
}

test('parts of Node are taken by name, as a whole, or both, and everything else is imported as before', () => {
  const lines = [
    'import { createServer, request as ask } from "node:http";',
    'import * as fs from "node:fs";',
    'import net, { Socket } from "node:net";',
    'import { own } from "./chunk.mjs";',
  ]
  expect(built(lines.join('\n'))).toBe(
    [
      'const { createServer, request: ask } = process.getBuiltinModule("node:http");',
      'const fs = process.getBuiltinModule("node:fs");',
      'const net = process.getBuiltinModule("node:net");',
      'const { Socket } = process.getBuiltinModule("node:net");',
      'import { own } from "./chunk.mjs";',
    ].join('\n'),
  )
})

test('a package with machine code is required from where the chunk lies', () => {
  const [first, second] = built('import Database from "better-sqlite3";').split('\n')
  expect(first).toContain('createRequire(import.meta.url)')
  expect(second).toBe('const Database = requireHere("better-sqlite3");')
})

test('where the server begins imports nothing else of the bundle, whose code would run before it', () => {
  const { generateBundle } = beginsWith('headless')
  if (typeof generateBundle !== 'function') throw new Error('the plugin has no such step')
  const build = (imports: readonly string[]) => {
    const complaints: string[] = []
    const entry = { type: 'chunk', isEntry: true, name: 'headless', fileName: 'headless.mjs', imports }
    const bundle = { 'headless.mjs': entry, 'server-1.mjs': { type: 'chunk', name: 'server', imports: [] } }
    const context = { error: (message: string) => void complaints.push(message) }
    // It looks at no more of a bundle, and asks no more of what it runs in.
    generateBundle.call(context as never, {} as never, bundle as never, true)
    return complaints
  }
  expect(build(['node:path'])).toEqual([])
  expect(build(['node:path', 'server-1.mjs'])).toEqual([
    'headless.mjs is to run before all else, and imports server-1.mjs.',
  ])
})

test('what a thread begins with is imported by the file of that thread alone', () => {
  const { generateBundle } = startsOneThread()
  if (typeof generateBundle !== 'function') throw new Error('the plugin has no such step')
  const build = (importsOfChecker: readonly string[]) => {
    const complaints: string[] = []
    const chunk = (
      name: string,
      fileName: string,
      imports: readonly string[],
      moduleIds: readonly string[],
    ) => ({
      type: 'chunk',
      name,
      fileName,
      imports,
      moduleIds,
    })
    const bundle = {
      'writer-1.mjs': chunk(
        'writer',
        'writer-1.mjs',
        [],
        ['/server/db/writer-worker.ts', '/server/db/mark.ts'],
      ),
      'writer-worker.mjs': chunk('writer-worker', 'writer-worker.mjs', ['writer-1.mjs'], []),
      'checker.mjs': chunk('checker', 'checker.mjs', importsOfChecker, []),
    }
    const context = { error: (message: string) => void complaints.push(message) }
    // It looks at no more of a bundle, and asks no more of what it runs in.
    generateBundle.call(context as never, {} as never, bundle as never, true)
    return complaints
  }
  expect(build([])).toEqual([])
  expect(build(['writer-1.mjs'])).toEqual(['checker.mjs imports writer-1.mjs, and would run writer-worker.'])
})

test('a file that waits outside of any function is imported by no other', () => {
  const { generateBundle } = waitsForNoImporter()
  if (typeof generateBundle !== 'function') throw new Error('the plugin has no such step')
  const build = (code: string) => {
    const complaints: string[] = []
    const bundle = {
      'server-1.mjs': { type: 'chunk', fileName: 'server-1.mjs', imports: [], code },
      'demo-1.mjs': { type: 'chunk', fileName: 'demo-1.mjs', imports: ['server-1.mjs'], code: '' },
      'page.css': { type: 'asset' },
    }
    const context = { error: (message: string) => void complaints.push(message) }
    // It looks at no more of a bundle, and asks no more of what it runs in.
    generateBundle.call(context as never, {} as never, bundle as never, true)
    return complaints
  }
  expect(build('async function main() {\n\tawait run();\n}\nvar awaited = main();\n')).toEqual([])
  for (const code of [
    'await main();',
    'var db = await open();',
    'const { a } = await b;',
    'for await (const a of b) c(a);',
  ])
    expect(build(`var x = 1;\n${code}\n`)).toEqual([
      'server-1.mjs waits for something, and demo-1.mjs imports it.',
    ])
})
