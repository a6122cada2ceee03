// Inputs that are texts or token numbers, one or many, as legacy completions and embeddings take them.
import { fail, ok, type Result } from '../../contract/result.ts'
import { emptyArray, type Refused, wrongType } from './openai-error.ts'
import { tokensOf } from './words.ts'

export interface TextInput {
  /** Token numbers mean nothing here, so they stand for themselves. */
  readonly text: string
  readonly tokens: number
}

const isTokenList = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => Number.isInteger(entry))

const ofText = (text: string): TextInput => ({ text, tokens: tokensOf(text) })
const ofTokens = (tokens: readonly number[]): TextInput => ({
  text: tokens.join(' '),
  tokens: tokens.length,
})

export function textInputsOf(value: unknown, param: string): Result<readonly TextInput[], Refused> {
  if (typeof value === 'string') return ok([ofText(value)])
  if (isTokenList(value)) return ok([ofTokens(value)])
  if (!Array.isArray(value)) return fail(wrongType(param, 'a string or an array', value))
  if (value.length === 0) return fail(emptyArray(param))
  const inputs: TextInput[] = []
  for (const [index, entry] of value.entries()) {
    if (typeof entry === 'string') inputs.push(ofText(entry))
    else if (isTokenList(entry)) inputs.push(ofTokens(entry))
    else return fail(wrongType(`${param}[${index}]`, 'a string or an array of integers', entry))
  }
  return ok(inputs)
}

export const tokensIn = (inputs: readonly TextInput[]): number =>
  inputs.reduce((sum, { tokens }) => sum + tokens, 0)
