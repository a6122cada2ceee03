// A stored prompt that a request names. There is nothing to store one with, so that whatever is named as OpenAI names them is
// there: it says its own name, its version, and what it was filled with.
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Turn } from './conversation.ts'
import { asObject, asString, type JsonObject } from './json.ts'
import { promptNotFound, type Refused } from './openai-error.ts'
import { anObject, aString, checkMembers } from './parameters.ts'
import { contentOf } from './parts.ts'

const ID = /^pmpt_\w+$/
const MEMBERS = { id: aString, version: aString, variables: anObject }

/** As if it had been said before the input; nothing where none is named. */
export function promptTurns({ prompt: named }: JsonObject): Result<readonly Turn[], Refused> {
  const prompt = asObject(named)
  if (!prompt) return ok([])
  const refused = checkMembers(prompt, MEMBERS, 'prompt.')
  if (refused) return fail(refused)
  const id = asString(prompt.id) ?? ''
  if (!ID.test(id)) return fail(promptNotFound(id))
  const version = asString(prompt.version)
  const title = `Stored prompt ${id}${version === undefined ? '' : `, version ${version}`}`
  const filled = Object.entries(asObject(prompt.variables) ?? {}).map(([name, value]) => ({
    name,
    ...contentOf(value),
  }))
  return ok([
    {
      kind: 'user',
      text: [title, ...filled.map(({ name, text }) => `${name}: ${text}`)].join('\n'),
      imageTokens: filled.reduce((sum, { imageTokens }) => sum + imageTokens, 0),
    },
  ])
}
