// Inputs that are texts or lists of token numbers, one or many: the prompts of a legacy completion, what is to be embedded.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { JsonObject } from './json-object.ts'
import { invalidParameter } from './walk.ts'

/** OpenAI takes no more in one request ("Create embeddings"). */
export const INPUTS_MAX = 2_048

const isText = (value: unknown): boolean => typeof value === 'string'
const isToken = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0
const isTokenList = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isToken)

/** How many inputs `name` holds: one text or list of token numbers is one. 0 where the member is missing or null. */
export function inputsIn(body: JsonObject, name: string): Result<number, Refusal> {
  const value = body[name]
  if (value === undefined || value === null) return ok(0)
  if (isText(value) || isTokenList(value)) return ok(1)
  const isList = Array.isArray(value) && value.length > 0 && (value.every(isText) || value.every(isTokenList))
  if (!isList) {
    return fail(
      invalidParameter(name, 'it has to be a text, a list of texts, or one or more lists of token numbers.'),
    )
  }
  if (value.length > INPUTS_MAX) return fail(invalidParameter(name, `it has at most ${INPUTS_MAX} entries.`))
  return ok(value.length)
}

/** The same where there has to be one. */
export function requiredInputsIn(body: JsonObject, name: string): Result<number, Refusal> {
  const inputs = inputsIn(body, name)
  return inputs.ok && inputs.value === 0
    ? fail(refusal('missing_parameter', undefined, { param: name }))
    : inputs
}
