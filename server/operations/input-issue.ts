// What a schema says about an input, as a refusal: the first problem, by the member that has it, as a code that screens translate.
import type { z } from 'zod'
import type { Refusal } from '../../contract/errors.ts'
import { type InputProblem, inputProblemOf, inputRefusal } from '../../contract/input-problems.ts'

type Issue = z.core.$ZodIssue
type Found = readonly [reason: InputProblem, values?: Readonly<Record<string, string | number>>]

/** Values are left out of it: one may be a password. */
export function refusalOfInput({ issues: [issue] }: Pick<z.ZodError, 'issues'>): Refusal {
  if (issue === undefined) return inputRefusal('does_not_fit')
  const param = issue.path.join('.')
  const own = inputProblemOf(issue.message)
  if (own !== undefined) return inputRefusal(own, param, {}, issue.message)
  const [reason, values] = reasonOf(issue)
  return inputRefusal(reason, param, values, SCHEMAS_WORDS.has(reason) ? wordsOf(issue) : undefined)
}

/** Where the library says more than the code does: what was expected, and what came. */
const SCHEMAS_WORDS: ReadonlySet<InputProblem> = new Set(['wrong_type', 'does_not_fit'])

/** Undefined where it says nothing but that the input is invalid. */
function wordsOf({ message }: Issue): string | undefined {
  const words = message.replace(/^Invalid input(?:: )?/, '').slice(0, 300)
  return words === '' ? undefined : words
}

function reasonOf(issue: Issue): Found {
  switch (issue.code) {
    case 'invalid_type':
      // What is not there has no kind.
      return [/received undefined$/.test(issue.message) ? 'missing' : 'wrong_type']
    case 'too_small':
      return [tooSmall(issue.origin), { min: Number(issue.minimum) }]
    case 'too_big':
      return [tooBig(issue.origin), { max: Number(issue.maximum) }]
    case 'invalid_value':
      return ['not_one_of', { options: issue.values.join(', ') }]
    case 'unrecognized_keys':
      return ['unknown_member', { names: issue.keys.join(', ').slice(0, 100) }]
    case 'invalid_union':
      return ['wrong_type']
    default:
      return ['does_not_fit']
  }
}

function tooSmall(origin: string): InputProblem {
  if (origin === 'string') return 'too_short'
  return origin === 'array' || origin === 'set' ? 'too_few' : 'too_small'
}

function tooBig(origin: string): InputProblem {
  if (origin === 'string') return 'too_long'
  return origin === 'array' || origin === 'set' ? 'too_many' : 'too_big'
}
