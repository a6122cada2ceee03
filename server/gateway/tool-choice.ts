// Which tools a body wants to be used: a wish that names a hosted tool asks for it, as offering it does.
import type { Refusal } from '../../contract/errors.ts'
import { refuseTool, walkList, within, wrongType } from './body-walk.ts'
import { CLIENT_TOOLS, hostedToolNamed } from './hosted-tools.ts'
import { isObject } from './json-object.ts'
import { paramAt, type Walk } from './walk.ts'

/** What a choice of tools may name: what it names has to be in `tools` as well, where it is checked closely. */
const CHOICES: ReadonlySet<unknown> = new Set([...CLIENT_TOOLS, 'namespace', 'tool_search'])

/** `tool_choice`: a word, one tool, or a list of those that are allowed. One that is hosted is refused even as a wish. */
export function checkToolChoice(walk: Walk, choice: unknown): Refusal | undefined {
  if (!isObject(choice)) return undefined
  const refused = wrongType(walk, choice)
  if (refused) return refused
  if (choice.type !== 'allowed_tools') return checkChoice(walk, choice)
  // Chat completions put the list into an object of its own.
  const inner = isObject(choice.allowed_tools) ? choice.allowed_tools : choice
  return within(walk, 'tools', inner.tools, (at, tools) =>
    Array.isArray(tools) ? walkList(at, tools, checkChoice) : undefined,
  )
}

function checkChoice(walk: Walk, choice: unknown): Refusal | undefined {
  if (!isObject(choice)) return undefined
  const refused = wrongType(walk, choice)
  if (refused) return refused
  if (typeof choice.type !== 'string' || CHOICES.has(choice.type)) return undefined
  if (choice.type === 'shell') {
    walk.shellChoice ??= paramAt(walk)
    return undefined
  }
  const kind = hostedToolNamed(choice.type)
  if (kind === undefined) return refuseTool(walk, choice.type)
  if (!walk.hosted.places.has(kind)) walk.hosted.places.set(kind, paramAt(walk))
  return undefined
}
