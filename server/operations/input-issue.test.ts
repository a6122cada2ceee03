import { expect, test } from 'vitest'
import { z } from 'zod'
import { refusalOfInput } from './input-issue.ts'

const schema = z.strictObject({
  email: z.string().min(3).max(10),
  count: z.number().min(1).max(5).optional(),
  role: z.enum(['admin', 'user']).optional(),
  names: z.array(z.string()).min(1).max(2).optional(),
  either: z.union([z.string(), z.number()]).optional(),
})

test.each<[name: string, input: unknown, reason: string, problem: string]>([
  ['a member that is missing', {}, 'missing', 'email: is missing'],
  ['an input that is none', 'x', 'wrong_type', 'expected object, received string'],
  ['a member of another kind', { email: 4 }, 'wrong_type', 'email: expected string, received number'],
  [
    'none of several kinds',
    { email: 'abc', either: true },
    'wrong_type',
    'either: is not of the kind that is expected here',
  ],
  ['a text that is too short', { email: 'a' }, 'too_short', 'email: has to have 3 or more characters'],
  [
    'a text that is too long',
    { email: 'a'.repeat(11) },
    'too_long',
    'email: has to have at most 10 characters',
  ],
  ['a number that is too small', { email: 'abc', count: 0 }, 'too_small', 'count: has to be at least 1'],
  ['a number that is too big', { email: 'abc', count: 9 }, 'too_big', 'count: has to be at most 5'],
  ['a list without entries', { email: 'abc', names: [] }, 'too_few', 'names: has to have 1 or more entries'],
  [
    'a word that is none of them',
    { email: 'abc', role: 'x' },
    'not_one_of',
    'role: has to be one of: admin, user',
  ],
  ['an unknown member', { email: 'abc', extra: 1 }, 'unknown_member', 'is not known here: extra'],
])('%s is told by name, in words of ours', (_, input, reason, problem) => {
  const refused = refusalOfInput(schema.safeParse(input).error ?? { issues: [] })
  expect(refused).toMatchObject({ code: 'invalid_input', details: { reason, problem } })
})

test('the entry of a list is told by its place', () => {
  const refused = refusalOfInput(schema.safeParse({ email: 'abc', names: ['a', 2] }).error ?? { issues: [] })
  expect(refused.details).toMatchObject({ problem: 'names.1: expected string, received number' })
})
