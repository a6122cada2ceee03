// Walks through everything in a body that can carry a tool, the id of something kept upstream, an image, a file or a sound,
// however deep it lies. What cannot be bounded or is not permitted is refused by its place in the body.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { HostedTool } from '../../contract/request-policy.ts'
import { DEPTH_MAX } from './body-scan.ts'
import { bytesOfText } from './body-text.ts'
import { hostedToolNamed, isClientTool, noteHostedTool } from './hosted-tools.ts'
import { isObject, type JsonObject } from './json-object.ts'
import {
  invalidParameter,
  noteElsewhere,
  noteOwn,
  noteUnbounded,
  paramAt,
  unsupported,
  type Walk,
} from './walk.ts'

/** What is to be thought of a member by its name, wherever it stands. */
const MEMBERS: ReadonlyMap<string, 'free' | 'stored' | 'file' | 'tools' | 'breakpoint'> = new Map([
  // JSON of the client's own making: a schema may well have a property called "file_id".
  ...(
    [
      'arguments',
      'parameters',
      'schema',
      'json_schema',
      'input_schema',
      'output_schema',
      'metadata',
      'client_metadata',
      'internal_chat_message_metadata_passthrough',
      'logit_bias',
    ] as const
  ).map((name) => [name, 'free'] as const),
  // Ids of what is kept upstream under the operator's account: nobody here knows whose those are.
  ...(
    [
      'file_ids',
      'container',
      'container_id',
      'vector_store_ids',
      'skill_id',
      'skills',
      'connector_id',
    ] as const
  ).map((name) => [name, 'stored'] as const),
  ['file_id', 'file'],
  ['tools', 'tools'],
  ['prompt_cache_breakpoint', 'breakpoint'],
])

type Step = (walk: Walk, value: unknown) => Refusal | undefined

/** One step further down; on a refusal the path stays where it was made. */
export function within(walk: Walk, step: string | number, value: unknown, check: Step): Refusal | undefined {
  if (walk.path.length > DEPTH_MAX) return invalidParameter(paramAt(walk), 'it is nested too deeply.')
  walk.path.push(step)
  const refused = check(walk, value)
  if (!refused) walk.path.pop()
  return refused
}

export function walkList(walk: Walk, list: readonly unknown[], check: Step): Refusal | undefined {
  for (let index = 0; index < list.length; index += 1) {
    const refused = within(walk, index, list[index], check)
    if (refused) return refused
  }
  return undefined
}

/** Anything: what lies in it is walked through. */
export const walkValue: Step = (walk, value) => {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return walkList(walk, value, walkValue)
  return isObject(value) ? (noteKind(walk, value, false) ?? walkMembers(walk, value)) : undefined
}

/** Every member of an object but those that `check` is given instead, and answers for. */
export function walkMembers(
  walk: Walk,
  object: JsonObject,
  special: Readonly<Record<string, Step>> = NOTHING_SPECIAL,
): Refusal | undefined {
  for (const name in object) {
    const value = object[name]
    if (value === null || value === undefined) continue
    const check = Object.hasOwn(special, name) ? special[name] : checkOf(name, value)
    const refused = check && within(walk, name, value, check)
    if (refused) return refused
  }
  return undefined
}

const NOTHING_SPECIAL = {}

function checkOf(name: string, value: unknown): Step | undefined {
  switch (MEMBERS.get(name)) {
    case 'free':
      return undefined
    case 'stored':
      return refuseStored
    case 'file':
      return noteFile
    case 'tools':
      return checkTools
    case 'breakpoint':
      return checkCacheLifetime
    case undefined:
      return typeof value === 'object' ? walkValue : undefined
  }
}

const FILE_REFERENCES_MAX = 500
const FILE_ID_LENGTH_MAX = 200

/** What a file brings into the input is bounded by the window alone, unless it is an image, which was counted as one. */
const noteFile: Step = (walk, id) => {
  if (!walk.fileReferences) return refuseStored(walk, id)
  if (typeof id !== 'string' || id === '' || id.length > FILE_ID_LENGTH_MAX)
    return invalidParameter(paramAt(walk), 'it has to be the id of a file.')
  if (walk.fileReferences.length === FILE_REFERENCES_MAX)
    return invalidParameter(paramAt(walk), `a request names at most ${FILE_REFERENCES_MAX} files.`)
  walk.fileReferences.push({ id, param: paramAt(walk) })
  if (!walk.isInImage) noteElsewhere(walk)
  return undefined
}

const refuseStored: Step = (walk, value) =>
  Array.isArray(value) && value.length === 0
    ? undefined
    : unsupported(
        paramAt(walk),
        'files, containers and stores that are kept at the upstream cannot be used through this gateway.',
      )

/** What is kept in the prompt cache for longer than the usual half hour costs more, and no row says how much. */
export const checkCacheLifetime: Step = (walk, options) => {
  if (!isObject(options)) return invalidParameter(paramAt(walk), 'it has to be an object.')
  if (options.ttl === undefined || options.ttl === null || options.ttl === '30m') return undefined
  return unsupported(paramAt(walk, 'ttl'), 'only "30m" has a price here.')
}

/** The content of a message or the output of a tool: a text, one part, or a list of parts. */
export const walkParts: Step = (walk, content) =>
  Array.isArray(content) ? walkList(walk, content, walkPart) : walkPart(walk, content)

const walkPart: Step = (walk, part) => {
  if (!isObject(part)) return walkValue(walk, part)
  const refused = wrongType(walk, part) ?? noteKind(walk, part, true)
  if (refused) return refused
  walk.isInImage = part.type === 'input_image'
  const inner = walkMembers(walk, part)
  walk.isInImage = false
  return inner
}

/** A type is a text, or is left out. */
export function wrongType(walk: Walk, { type }: JsonObject): Refusal | undefined {
  if (type === undefined || type === null || typeof type === 'string') return undefined
  return invalidParameter(paramAt(walk, 'type'), 'it has to be a text.')
}

/** Parts that cost by their bytes alone. */
const TEXT_TYPES: ReadonlySet<unknown> = new Set([
  'input_text',
  'output_text',
  'text',
  'refusal',
  'summary_text',
  'reasoning_text',
])

function noteKind(walk: Walk, object: JsonObject, isPart: boolean): Refusal | undefined {
  const { type } = object
  switch (type) {
    case 'input_image':
    case 'image_url':
    case 'image':
    case 'computer_screenshot':
      noteImage(walk, object, isPart)
      return undefined
    case 'input_audio':
    case 'audio':
      return unsupported(paramAt(walk), 'audio has no price here yet.')
    case 'input_file':
    case 'file':
      if (object.file_url == null) noteUnbounded(walk)
      else noteElsewhere(walk)
      return undefined
    default:
      // What an unknown part costs is not known (a server of another make may take videos), so the whole window is held.
      if (isPart && typeof type === 'string' && !TEXT_TYPES.has(type)) noteUnbounded(walk)
      return undefined
  }
}

function noteImage(walk: Walk, { image_url: image }: JsonObject, isPart: boolean): void {
  walk.images += 1
  const url = isObject(image) ? image.url : image
  // Elsewhere than in a part its base64 may be taken for text.
  if (isPart && typeof url === 'string' && url.startsWith('data:')) walk.imageBytes += bytesOfText(url)
}

/** Deeper than any client nests them. */
const NAMESPACE_DEPTH_MAX = 4

/** Passes tools that run on the client, notes those that are hosted and have prices, and refuses every other by its name. */
export const checkTools: Step = (walk, tools) => {
  if (tools === undefined || tools === null) return undefined
  if (!Array.isArray(tools)) return invalidParameter(paramAt(walk), 'it has to be a list of tools.')
  if (walk.toolDepth > NAMESPACE_DEPTH_MAX) {
    return invalidParameter(paramAt(walk), 'namespaces are nested too deeply.')
  }
  walk.toolDepth += 1
  const refused = walkList(walk, tools, checkTool)
  walk.toolDepth -= 1
  return refused
}

const checkTool: Step = (walk, tool) => {
  if (!isObject(tool) || typeof tool.type !== 'string') {
    return invalidParameter(
      isObject(tool) ? paramAt(walk, 'type') : paramAt(walk),
      'every tool has to be an object with a "type", which is a text.',
    )
  }
  if (isClientTool(tool)) {
    const isShell = tool.type === 'shell'
    if (isShell) walk.hasLocalShell = true
    return walkMembers(walk, tool, isShell ? LOCAL_SHELL : NOTHING_SPECIAL)
  }
  const kind = hostedToolNamed(tool.type)
  if (kind === undefined) return refuseTool(walk, tool.type)
  // What they find or make comes back as input, and nothing says beforehand how much of it.
  if (kind !== 'web_search') walk.needsFullWindow = true
  noteHostedTool(walk.hosted, kind, tool, {
    paramOf: (...more) => paramAt(walk, ...more),
    refuse: unsupported,
    invalid: invalidParameter,
    refer: (id) => noteOwn(walk, id),
  })
  return walkMembers(walk, tool, NAMED_BY[kind])
}

/** Its skills lie on the client's side as well, unless one is named by an id. */
const LOCAL_SHELL: Readonly<Record<string, Step>> = {
  environment: (walk, environment) =>
    isObject(environment) ? walkMembers(walk, environment, { skills: walkValue }) : undefined,
}

const noteFiles: Step = (walk, ids) => {
  if (ids === undefined || ids === null) return undefined
  return Array.isArray(ids)
    ? walkList(walk, ids, noteFile)
    : invalidParameter(paramAt(walk), 'it has to be a list of ids of files.')
}

/** A container by its id was looked at by `noteHostedTool`, and so was what a new one is made with, but for the files in it. */
const walkContainer: Step = (walk, container) =>
  isObject(container) ? within(walk, 'file_ids', container.file_ids, noteFiles) : undefined

/** What is kept upstream and may be named in a tool. */
const NAMED_BY: Readonly<Record<HostedTool, Readonly<Record<string, Step>>>> = {
  web_search: {},
  file_search: { vector_store_ids: () => undefined },
  code_interpreter: { container: walkContainer },
  image_generation: {},
}

export const refuseTool = (walk: Walk, type: string): Refusal =>
  refusal('unsupported_tool', { tool: type.slice(0, 60) }, { param: paramAt(walk) })
