// Whatever the contract refuses at a field has a code that screens translate: every schema of the catalogue is walked, and
// every sentence of its own that it can give is one of the list. So is whatever a handler refuses.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { CATALOGUE } from '../../contract/catalogue.ts'
import { desktopCalls } from '../../contract/desktop.ts'
import { inputProblemOf } from '../../contract/input-problems.ts'
import { refusalOfInput } from '../../server/operations/input-issue.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** What a schema or a check finds by itself is told by its kind; only what it calls otherwise has to be listed. */
const TOLD_BY_KIND = new Set(['min_length', 'max_length', 'greater_than', 'less_than', 'number_format'])

/** Of every schema and check below this one: its own sentence, where it has one. */
function ownTexts(node: unknown, seen = new Set<unknown>()): string[] {
  if (typeof node !== 'object' || node === null || seen.has(node)) return []
  seen.add(node)
  const internals = (node as { readonly _zod?: { readonly def: Readonly<Record<string, unknown>> } })._zod
  if (internals === undefined) return Object.values(node).flatMap((member) => ownTexts(member, seen))
  const { error, ...parts } = internals.def
  const isToldByKind = TOLD_BY_KIND.has(String(parts['check']))
  const text: unknown = typeof error === 'function' && !isToldByKind ? error({}) : undefined
  return [
    ...(typeof text === 'string' ? [text] : []),
    ...Object.values(parts).flatMap((part) => ownTexts(part, seen)),
  ]
}

test('every sentence that a schema of an input gives is one of the list', () => {
  const inputs = [...CATALOGUE.values(), ...Object.values(desktopCalls)].map(({ input }) => input)
  const texts = [...new Set(inputs.flatMap((input) => ownTexts(input)))]
  expect(texts.length).toBeGreaterThan(25)
  expect(texts.filter((text) => inputProblemOf(text) === undefined)).toEqual([])
})

test('the walk finds a sentence wherever it stands', () => {
  const schema = z
    .strictObject({
      list: z.array(z.string().regex(/a/, 'one')).optional(),
      either: z.union([z.null(), z.record(z.string(), z.string().refine(Boolean, 'two'))]),
      later: z.string().transform(Number).pipe(z.number().refine(Boolean, 'three')).default(1),
    })
    .refine(Boolean, { path: ['list'], error: 'four' })
  expect(ownTexts(schema).sort()).toEqual(['four', 'one', 'three', 'two'])
})

test.each([
  [z.strictObject({ name: z.string() }), {}, 'missing', {}],
  [z.strictObject({ name: z.string() }), { name: 1 }, 'wrong_type', {}],
  [z.strictObject({ name: z.string().min(3) }), { name: 'a' }, 'too_short', { min: 3 }],
  [z.strictObject({ name: z.int().max(3) }), { name: 4 }, 'too_big', { max: 3 }],
  [z.strictObject({ name: z.array(z.int()).max(1) }), { name: [1, 2] }, 'too_many', { max: 1 }],
  [z.strictObject({ name: z.enum(['a', 'b']) }), { name: 'c' }, 'not_one_of', { options: 'a, b' }],
  [z.strictObject({ name: z.union([z.int(), z.null()]) }), { name: 'c' }, 'wrong_type', {}],
])('what a schema finds by itself has a code (%#)', (schema, input, reason, values) => {
  const { error } = schema.safeParse(input)
  expect(refusalOfInput(error as z.ZodError)).toMatchObject({
    code: 'invalid_input',
    param: 'name',
    details: { reason, ...values },
  })
})

test('handlers refuse an input by a code of the list, never by a sentence alone', () => {
  const files = globSync('server/**/*.ts', { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'))
  const bare = files.filter((path) => readFileSync(join(ROOT, path), 'utf8').includes("'invalid_input',"))
  expect(bare).toEqual([])
})
