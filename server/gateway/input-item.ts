// One item of a response's input: what it carries, and whether it carries anything at all, for an item that does not is
// looked up by its id at the upstream, where everybody's items are.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { walkMembers, walkParts, wrongType } from './body-walk.ts'
import { isObject, type JsonObject } from './json-object.ts'
import { invalidParameter, noteOwn, noteUnbounded, paramAt, unsupported, type Walk } from './walk.ts'

export function walkItem(walk: Walk, item: unknown): Refusal | undefined {
  if (!isObject(item)) return invalidParameter(paramAt(walk), 'every item has to be an object.')
  const refused = wrongType(walk, item) ?? noteReference(walk, item)
  if (refused) return refused
  if (REFUSED_TYPES.has(item.type))
    return refusal('unsupported_tool', { tool: 'mcp' }, { param: paramAt(walk) })
  const isKnown = item.type == null || item.type === 'item_reference' || CARRIED_IN.has(item.type)
  if (!isKnown) noteUnbounded(walk)
  if (item.type === 'image_generation_call') walk.hidesImages = true
  return walkMembers(walk, item, item.type === 'code_interpreter_call' ? PARTS_OF_A_RUN : PARTS)
}

/** `reasoning` stands in an item that changes the configuration from there on. */
const PARTS = { content: walkParts, output: walkParts, summary: walkParts, reasoning: checkReasoning }

/** The container that it ran in, which has to be the caller's own. */
const PARTS_OF_A_RUN = {
  ...PARTS,
  container_id: (walk: Walk, id: unknown) =>
    typeof id === 'string' && id !== ''
      ? noteOwn(walk, id)
      : invalidParameter(paramAt(walk), 'it has to be the id of a container.'),
}

/** How a model is to reason. Other modes than the standard one may run it several times over. */
export function checkReasoning(walk: Walk, reasoning: unknown): Refusal | undefined {
  if (!isObject(reasoning)) return invalidParameter(paramAt(walk), 'it has to be an object.')
  const { mode } = reasoning
  if (mode === undefined || mode === null || mode === 'standard') return walkMembers(walk, reasoning)
  return unsupported(paramAt(walk, 'mode'), 'only "standard" has a price here.')
}

/** Answers to a question that only a hosted tool asks, by the id of the question. */
const REFUSED_TYPES: ReadonlySet<unknown> = new Set(['mcp_approval_request', 'mcp_approval_response'])

/**
 * The members in which an item of each type carries what it stands for (OpenAI API reference, "Create a model response").
 * What a type that is not listed costs or refers to is not known.
 */
const CARRIED_IN: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['message', ['content']],
  ['reasoning', ['encrypted_content', 'content']],
  ['compaction', ['encrypted_content']],
  ['image_generation_call', ['result']],
  ['function_call', ['arguments']],
  ['function_call_output', ['output']],
  ['custom_tool_call', ['input']],
  ['custom_tool_call_output', ['output']],
  ['local_shell_call', ['action']],
  ['local_shell_call_output', ['output']],
  ['shell_call', ['action']],
  ['shell_call_output', ['output']],
  ['apply_patch_call', ['operation']],
  ['apply_patch_call_output', ['status', 'output']],
  ['computer_call', ['action', 'actions']],
  ['computer_call_output', ['output']],
  ['tool_search_call', ['arguments']],
  ['tool_search_output', ['tools']],
  ['additional_tools', ['tools']],
  ['web_search_call', ['action']],
  ['file_search_call', ['queries', 'results']],
  ['code_interpreter_call', ['code', 'outputs']],
  ['mcp_list_tools', ['tools']],
  ['mcp_call', ['arguments', 'output']],
  ['program', ['code']],
  ['program_output', ['result']],
  ['configuration_update', ['reasoning', 'text']],
  // Codex asks for a compaction by it; it stands for nothing else.
  ['compaction_trigger', ['type']],
])

/** What a call says or gives may be empty. */
const EMPTY_OR_NOT: ReadonlySet<string> = new Set(['arguments', 'input', 'output', 'tools'])

/** Members that say what an item is, and nothing of what it holds. */
const BARE: ReadonlySet<string> = new Set(['type', 'id', 'status', 'role', 'phase', 'object', 'created_by'])

function noteReference(walk: Walk, item: JsonObject): Refusal | undefined {
  const { id } = item
  const hasId = typeof id === 'string' && id !== ''
  // The type of a reference may be left out (OpenAI's schema has it as optional): then an id is all the item has.
  const isReference =
    item.type === 'item_reference' || (item.type == null && item.role == null && item.content == null)
  if (isReference && !hasId) return refusal('missing_parameter', undefined, { param: paramAt(walk, 'id') })
  if (!hasId) return undefined
  if (isReference || !carriesItself(item)) return noteOwn(walk, id)
  walk.givenIds.push(id)
  return undefined
}

function carriesItself(item: JsonObject): boolean {
  const names = CARRIED_IN.get(item.type ?? 'message')
  if (names) return names.some((name) => isCarried(name, item[name]))
  return Object.keys(item).some((name) => !BARE.has(name) && isCarried(name, item[name]))
}

function isCarried(name: string, value: unknown): boolean {
  if (value === undefined || value === null) return false
  if (EMPTY_OR_NOT.has(name)) return true
  if (Array.isArray(value)) return value.length > 0
  return typeof value === 'object' ? Object.keys(value).length > 0 : Boolean(value)
}
