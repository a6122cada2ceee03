// The tools that an upstream runs itself: which ones a body asks for, and whether it does so in a way that has a price. Whether
// somebody may use them is decided once it is known who asks.
import type { Refusal } from '../../contract/errors.ts'
import type { HostedTool } from '../../contract/request-policy.ts'
import type { SearchKind } from '../ledger/tool-calls.ts'
import { isObject, type JsonObject } from './json-object.ts'
import type { AskedImage } from './media/image-tokens.ts'

/** What has been asked for so far. */
export interface HostedAsk {
  /** Each tool with the place where it is asked for first. */
  readonly places: Map<HostedTool, string>
  /** The preview variants have a price of their own. */
  search: SearchKind | undefined
  readonly vectorStores: { readonly id: string; readonly param: string }[]
  imageModel: string | undefined
  /** How each tool that makes images is offered. */
  readonly images: AskedImage[]
  /** Images that come along with those tools themselves. */
  imageMasks: number
  /** Why what was asked for has no price here, for whoever may use the tool at all. */
  problem: Refusal | undefined
}

export const nothingHosted = (): HostedAsk => ({
  places: new Map(),
  search: undefined,
  vectorStores: [],
  imageModel: undefined,
  images: [],
  imageMasks: 0,
  problem: undefined,
})

/** Tools that run on the client's side: whatever they do, they cost the upstream nothing. */
export const CLIENT_TOOLS: ReadonlySet<unknown> = new Set([
  'function',
  'custom',
  'local_shell',
  'apply_patch',
])

export const isClientTool = ({ type, execution, environment }: JsonObject): boolean => {
  if (type === 'tool_search') return execution === 'client'
  // Only where the client's own machine is named: else it runs in a container of the upstream's, or may.
  if (type === 'shell') return isObject(environment) && environment.type === 'local'
  return CLIENT_TOOLS.has(type) || type === 'namespace'
}

/** By its name, or that of one of its dated variants (OpenAI API reference, "Create a model response"). */
export function hostedToolNamed(type: string): HostedTool | undefined {
  if (PREVIEW_SEARCH.test(type) || SEARCH.test(type)) return 'web_search'
  return type === 'file_search' || type === 'code_interpreter' || type === 'image_generation'
    ? type
    : undefined
}

const SEARCH = /^web_search(?:_\d{4}_\d{2}_\d{2})?$/
const PREVIEW_SEARCH = /^web_search_preview(?:_\d{4}_\d{2}_\d{2})?$/

/** What a tool's members have to be; the walk says where it stands, and how a refusal is worded. */
export interface ToolPlace {
  readonly paramOf: (...more: readonly (string | number)[]) => string
  readonly refuse: (param: string, problem: string) => Refusal
  /** The same of what is no tool at all as it stands. */
  readonly invalid: (param: string, problem: string) => Refusal
  /** Notes an id that has to be the caller's own. */
  readonly refer: (id: string) => Refusal | undefined
}

/** Notes a hosted tool, and any member whose cost is not known. The other members are walked through elsewhere. */
export function noteHostedTool(ask: HostedAsk, kind: HostedTool, tool: JsonObject, place: ToolPlace): void {
  if (!ask.places.has(kind)) ask.places.set(kind, place.paramOf())
  ask.problem ??= problemOf(ask, kind, tool, place)
}

function problemOf(
  ask: HostedAsk,
  kind: HostedTool,
  tool: JsonObject,
  place: ToolPlace,
): Refusal | undefined {
  switch (kind) {
    case 'web_search':
      return noteSearch(ask, String(tool.type), place)
    case 'file_search':
      return noteVectorStores(ask, tool, place)
    case 'code_interpreter':
      return checkContainer(tool, place)
    case 'image_generation':
      return noteImageModel(ask, tool, place)
  }
}

export const searchKindOf = (type: string): SearchKind => (PREVIEW_SEARCH.test(type) ? 'preview' : 'plain')

/** Both kinds in one request would be counted as one, at one price. */
function noteSearch(ask: HostedAsk, type: string, { paramOf, refuse }: ToolPlace): Refusal | undefined {
  const search = searchKindOf(type)
  if (ask.search !== undefined && ask.search !== search) {
    return refuse(paramOf(), 'web_search and its preview variants have different prices; send one of them.')
  }
  ask.search = search
  return undefined
}

function noteVectorStores(
  ask: HostedAsk,
  { vector_store_ids: ids }: JsonObject,
  { paramOf, invalid }: ToolPlace,
): Refusal | undefined {
  const param = paramOf('vector_store_ids')
  if (!Array.isArray(ids) || ids.length === 0)
    return invalid(param, 'it has to name at least one vector store.')
  for (const [index, id] of ids.entries()) {
    if (typeof id !== 'string' || id === '')
      return invalid(param, 'each of them has to be the id of a vector store.')
    ask.vectorStores.push({ id, param: paramOf('vector_store_ids', index) })
  }
  return undefined
}

/**
 * What an automatic container may be made with: larger ones cost more, and what else there may be is not known. Whose its files
 * are is asked where every file is.
 */
const CONTAINER_MEMBERS: ReadonlySet<string> = new Set(['type', 'file_ids', 'memory_limit'])

function checkContainer(
  { container }: JsonObject,
  { paramOf, refuse, refer }: ToolPlace,
): Refusal | undefined {
  if (typeof container === 'string' && container !== '') return refer(container)
  const param = paramOf('container')
  if (!isObject(container) || container.type !== 'auto') {
    return refuse(
      param,
      'it has to be {"type":"auto"}, or the id of a container that an answer of yours has made.',
    )
  }
  const { memory_limit: memory } = container
  const other = Object.keys(container).find((name) => !CONTAINER_MEMBERS.has(name) && container[name] != null)
  if (other !== undefined) return refuse(paramOf('container', other), 'it has no price here.')
  if (memory != null && memory !== '1g') {
    return refuse(paramOf('container', 'memory_limit'), 'only "1g" has a price here.')
  }
  return undefined
}

/** A drawing made of text is made, and billed, by yet another model. */
const IMAGE_FORMATS: ReadonlySet<unknown> = new Set(['png', 'webp', 'jpeg'])

/** `partial_images` of the tool (OpenAI API reference, "Create a model response"). */
const PREVIEWS_MAX = 3

/** What it is not told, it chooses itself; previews are made where they are asked for. */
function askedImage({ size, quality, partial_images }: JsonObject): AskedImage {
  const previews = partial_images ?? 0
  const isNumber = typeof previews === 'number' && previews >= 0 && previews <= PREVIEWS_MAX
  return {
    size: typeof size === 'string' ? size : undefined,
    quality: typeof quality === 'string' ? quality : undefined,
    frames: 1,
    partialImages: isNumber ? Math.ceil(previews) : PREVIEWS_MAX,
  }
}

function noteImageModel(
  ask: HostedAsk,
  tool: JsonObject,
  { paramOf, refuse, invalid }: ToolPlace,
): Refusal | undefined {
  const { model, output_format: format } = tool
  ask.images.push(askedImage(tool))
  if (tool.input_image_mask != null) ask.imageMasks += 1
  if (typeof model !== 'string' || model === '') {
    return invalid(
      paramOf('model'),
      'it has to name the model that makes the images, so that their price is known.',
    )
  }
  if (ask.imageModel !== undefined && ask.imageModel !== model) {
    return refuse(paramOf('model'), 'one request makes images with one model.')
  }
  ask.imageModel = model
  if (format == null || IMAGE_FORMATS.has(format)) return undefined
  return refuse(paramOf('output_format'), 'only png, webp and jpeg have a price here.')
}
