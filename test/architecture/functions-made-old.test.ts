// V8 makes a function in its old memory where its text is assigned to a member (`a.b = () => …`), and with it stays all that it
// refers to until the next full collection: of a request, everything (docs/adr/0171-no-function-assigned.md).
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
/** What runs for a request. */
const FOLDERS = ['accounts', 'db', 'events', 'gateway', 'ledger', 'limits', 'upstreams', 'wire']
/** A member, a kind of `=`, and the beginning of a function. */
const ASSIGNED_FUNCTION =
  /\.#?\w+(?:\[[^\]]*\])?\s*(?:\?\?|\|\||&&)?=\s*(?:async\s*)?(?:function\b|(?:\([^()]*\)(?:\s*:\s*[\w<>[\]| ]+)?|\w+)\s*=>)/

const findIn = (text: string): string | undefined => ASSIGNED_FUNCTION.exec(text)?.[0]

test('what is looked for is found, and nothing else', () => {
  for (const text of [
    'live.onCut = (refused) => tell(refused)',
    'this.#tell = async () => {}',
    'entry.written = (error?: unknown): void => {',
    'hold.whenLost ??= function () {',
    'a.b =\n  (c) => d',
    'a.b[c] = d => e',
  ])
    expect([text, findIn(text) !== undefined]).toEqual([text, true])
  for (const text of [
    'readonly #look = (): void => {',
    'const tell = (error) => {}',
    'entry.written = tell',
    'const isOver = a.b === c.find((d) => d)',
    'live.whenCut((refused) => tell(refused))',
    'a.b = c.map((d) => d)',
  ])
    expect([text, findIn(text)]).toEqual([text, undefined])
})

test('nothing that runs for a request assigns the text of a function to a member', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, 'server', folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join('server', folder, name),
    ),
  ).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  expect(files.length).toBeGreaterThan(100)
  const found = files.flatMap((name) => {
    const assigned = findIn(readFileSync(join(ROOT, name), 'utf8'))
    return assigned === undefined ? [] : [`${name}: ${assigned}`]
  })
  expect(found).toEqual([])
})
