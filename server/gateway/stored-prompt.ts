// A stored prompt that a body names: which one, and what its variables are filled with. What stands in it is kept at the
// upstream, so that neither its length nor its tools are known here; who may use it is decided once it is known who asks.
import type { Refusal } from '../../contract/errors.ts'
import { walkParts, within } from './body-walk.ts'
import { isObject, type JsonObject } from './json-object.ts'
import { invalidParameter, noteElsewhere, paramAt, unsupported, type Walk } from './walk.ts'

/** `ResponsePrompt` (OpenAI API reference, "Create a model response"). */
const MEMBERS: ReadonlySet<string> = new Set(['id', 'version', 'variables'])
const VARIABLE_TYPES: ReadonlySet<unknown> = new Set(['input_text', 'input_image', 'input_file'])
const ID_LENGTH_MAX = 200

export function checkPrompt(walk: Walk, prompt: unknown): Refusal | undefined {
  if (!isObject(prompt)) return invalidParameter(paramAt(walk), 'it has to be an object.')
  const { id, version, variables } = prompt
  if (typeof id !== 'string' || id === '' || id.length > ID_LENGTH_MAX)
    return invalidParameter(paramAt(walk, 'id'), 'it has to be the id of a stored prompt.')
  if (version !== undefined && version !== null && typeof version !== 'string')
    return invalidParameter(paramAt(walk, 'version'), 'it has to be a text.')
  const other = Object.keys(prompt).find((name) => !MEMBERS.has(name) && prompt[name] != null)
  if (other !== undefined)
    return unsupported(paramAt(walk, other), 'what it makes of a stored prompt is not known here.')
  walk.promptId = id
  noteElsewhere(walk)
  return variables === undefined || variables === null
    ? undefined
    : within(walk, 'variables', variables, checkVariables)
}

function checkVariables(walk: Walk, variables: unknown): Refusal | undefined {
  if (!isObject(variables)) return invalidParameter(paramAt(walk), 'it has to be an object.')
  return checkEach(walk, variables)
}

/** Their names are the prompt's own and mean nothing here. */
function checkEach(walk: Walk, variables: JsonObject): Refusal | undefined {
  for (const name in variables) {
    const refused = within(walk, name, variables[name], checkVariable)
    if (refused) return refused
  }
  return undefined
}

function checkVariable(walk: Walk, value: unknown): Refusal | undefined {
  if (typeof value === 'string') return undefined
  return isObject(value) && VARIABLE_TYPES.has(value.type)
    ? walkParts(walk, value)
    : invalidParameter(paramAt(walk), 'it has to be a text, an input_text, an input_image or an input_file.')
}
