// What a request's body says about its cost and its reach. Both dialects are read into the same facts; what cannot be
// bounded or is not permitted is refused here, by name. The body itself is only read: the bytes that came are sent on.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { type PricedTier, serviceTierNamed } from '../ledger/service-tier.ts'
import { isObject, type JsonObject } from './json-object.ts'

export interface BodyFacts {
  readonly model: string
  readonly isStream: boolean
  /** How many answers are generated, each up to the output limit. */
  readonly choices: number
  /** The output limit that the request names, in tokens. */
  readonly outputTokensLimit: number | undefined
  /** Output beyond that limit which the request can still be billed for (rejected predictions). */
  readonly extraOutputTokensMax: number
  /** What bounds the input; `undefined` where only the context window does. */
  readonly input: InputBound | undefined
  /** Hosted web searches that may be made; 0 where the tool is not offered. */
  readonly webSearchCallsMax: number
  /** The tier of service that the request asks for. Whether it has a price depends on the model. */
  readonly serviceTier: PricedTier
  /** Chat only: whether the client asked for the usage chunk itself. */
  readonly wantsUsageChunk: boolean
  /** Whether the upstream keeps the answer, so that later requests may refer to its ids. */
  readonly isStored: boolean
  readonly previousResponseId: string | undefined
  readonly itemReferences: readonly string[]
}

/** An upper bound of the input in tokens: `fixedTokensMax` and one token for each byte of text, for no token is shorter. */
export interface InputBound {
  readonly textBytes: number
  /** Images, search results and what templates add. */
  readonly fixedTokensMax: number
}

/** Chat templates and hidden instructions add tokens that no byte of the body stands for. */
const TEMPLATE_TOKENS = 1_024
/**
 * No image costs more input than this at any detail setting of the current models (OpenAI, "Images and vision": at most
 * 10,000 patches at original detail, times the small models' factor).
 */
const IMAGE_TOKENS_MAX = 25_000
/** Search results are charged as input (OpenAI, "Web search": search content tokens). */
const WEB_SEARCH_TOKENS_PER_CALL_MAX = 10_000
/** Where a request sets no `max_tool_calls`: more searches than any measured turn made. */
const WEB_SEARCH_CALLS_ASSUMED = 10
const WEB_SEARCH_CALLS_MAX = 100
const CHOICES_MAX = 128

/** Deeper than any client nests them. */
const NAMESPACE_DEPTH_MAX = 4

/** Tools that run on the client's side: whatever they do, they cost the upstream nothing. */
const CLIENT_TOOLS = new Set(['function', 'custom', 'local_shell', 'apply_patch'])

/** Collects, while a body is walked, what its bytes alone do not say. */
export interface Walk {
  images: number
  /** Bytes of base64 that are images, and cost by the image and not by the byte. */
  imageBytes: number
  needsFullWindow: boolean
  hasWebSearch: boolean
  readonly itemReferences: string[]
}

export const startWalk = (): Walk => ({
  images: 0,
  imageBytes: 0,
  needsFullWindow: false,
  hasWebSearch: false,
  itemReferences: [],
})

export function noteImage(walk: Walk, url: unknown): void {
  walk.images += 1
  if (typeof url === 'string' && url.startsWith('data:')) walk.imageBytes += url.length
}

export function inputBound(walk: Walk, bodyBytes: number, webSearchCallsMax: number): InputBound | undefined {
  if (walk.needsFullWindow) return undefined
  return {
    textBytes: Math.max(0, bodyBytes - walk.imageBytes),
    fixedTokensMax:
      TEMPLATE_TOKENS + walk.images * IMAGE_TOKENS_MAX + webSearchCallsMax * WEB_SEARCH_TOKENS_PER_CALL_MAX,
  }
}

export const invalidParameter = (param: string, problem: string): Refusal =>
  refusal('invalid_parameter', { problem }, { param })

export const unsupported = (param: string, problem: string): Refusal =>
  refusal('unsupported_parameter', { problem }, { param })

/** A whole number in [min, max], or undefined where the member is missing or null. */
export function integerIn(
  body: JsonObject,
  param: string,
  min: number,
  max: number,
): Result<number | undefined, Refusal> {
  const value = body[param]
  if (value === undefined || value === null) return ok(undefined)
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return ok(value)
  return fail(invalidParameter(param, `it has to be a whole number from ${min} to ${max}.`))
}

export function booleanIn(body: JsonObject, param: string): Result<boolean, Refusal> {
  const value = body[param]
  if (value === undefined || value === null) return ok(false)
  return typeof value === 'boolean' ? ok(value) : fail(invalidParameter(param, 'it has to be true or false.'))
}

export function modelIn(body: JsonObject): Result<string, Refusal> {
  const model = body.model
  if (model === undefined || model === null || model === '') {
    return fail(refusal('missing_parameter', undefined, { param: 'model' }))
  }
  if (typeof model === 'string' && model.length <= 200) return ok(model)
  return fail(invalidParameter('model', 'it has to be the name of a model, of at most 200 characters.'))
}

export const choicesIn = (body: JsonObject) => integerIn(body, 'n', 1, CHOICES_MAX)

/** The tier of service, or a refusal of a name that no price row knows. Batches are asked for elsewhere. */
export function serviceTierIn(body: JsonObject): Result<PricedTier, Refusal> {
  const name = body.service_tier
  if (name === undefined || name === null) return ok('default')
  const tier = typeof name === 'string' ? serviceTierNamed(name) : undefined
  return tier === undefined || tier === 'batch' ? fail(unsupportedTier(String(name))) : ok(tier)
}

export const unsupportedTier = (name: string): Refusal =>
  refusal('unsupported_service_tier', { tier: name.slice(0, 40) }, { param: 'service_tier' })

/** What is kept in the prompt cache for longer than the usual half hour costs more, and no row says how much. */
export function checkCacheOptions(body: JsonObject): Refusal | undefined {
  const options = body.prompt_cache_options
  if (options === undefined || options === null) return undefined
  if (!isObject(options)) return invalidParameter('prompt_cache_options', 'it has to be an object.')
  if (options.ttl === undefined || options.ttl === null || options.ttl === '30m') return undefined
  return unsupported('prompt_cache_options.ttl', 'only "30m" has a price here.')
}

/** Passes tools that run on the client, notes `web_search`, and refuses every other hosted tool by its name. */
export function checkTools(tools: unknown, param: string, walk: Walk, depth = 0): Refusal | undefined {
  if (tools === undefined || tools === null) return undefined
  if (!Array.isArray(tools)) return invalidParameter(param, 'it has to be a list of tools.')
  if (depth > NAMESPACE_DEPTH_MAX) return invalidParameter(param, 'namespaces are nested too deeply.')
  for (const tool of tools) {
    const refused = checkTool(tool, param, walk, depth)
    if (refused) return refused
  }
  return undefined
}

function checkTool(tool: unknown, param: string, walk: Walk, depth: number): Refusal | undefined {
  if (!isObject(tool) || typeof tool.type !== 'string') {
    return invalidParameter(param, 'every tool has to be an object with a "type".')
  }
  if (CLIENT_TOOLS.has(tool.type)) return undefined
  if (tool.type === 'namespace') return checkTools(tool.tools, `${param}.tools`, walk, depth + 1)
  if (tool.type === 'tool_search' && tool.execution === 'client') return undefined
  if (tool.type === 'web_search') {
    walk.hasWebSearch = true
    return undefined
  }
  return refusal('unsupported_tool', { tool: tool.type.slice(0, 60) }, { param })
}

/** How many hosted searches a request may make: its own limit, or more than any turn is known to make. */
export function webSearchCallsIn(body: JsonObject, walk: Walk): Result<number, Refusal> {
  if (!walk.hasWebSearch) return ok(0)
  const named = integerIn(body, 'max_tool_calls', 1, WEB_SEARCH_CALLS_MAX)
  return named.ok ? ok(named.value ?? WEB_SEARCH_CALLS_ASSUMED) : named
}

export const OUTPUT_TOKENS_MAX = 100_000_000
