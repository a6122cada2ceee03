// What a request's body says about its cost and its reach: all dialects are read into the same facts. Here are the facts, and
// the members that dialects share; the body itself is only read, the bytes that came are sent on.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { TOOL_CALLS_MAX } from '../../contract/request-policy.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { type PricedTier, serviceTierNamed } from '../ledger/service-tier.ts'
import { checkCacheLifetime, checkTools, walkMembers } from './body-walk.ts'
import { type HostedAsk, nothingHosted } from './hosted-tools.ts'
import { isObject, type JsonObject } from './json-object.ts'
import type { MediaFacts } from './media/media-facts.ts'
import { checkToolChoice } from './tool-choice.ts'
import { type FileReference, invalidParameter, paramAt, unsupported, type Walk } from './walk.ts'

export interface BodyFacts {
  readonly model: string
  readonly isStream: boolean
  /** How many answers are generated, each up to the output limit. */
  readonly choices: number
  /** How many inputs the body has that fill a context window each: prompts, or texts to embed. */
  readonly inputs: number
  /** The output limit that the request names, in tokens; 0 where nothing is generated. */
  readonly outputTokensLimit: number | undefined
  /** Whether the output can be limited at all. Where it cannot, a request is held whole or refused. */
  readonly isOutputLimitable: boolean
  /** Output beyond that limit which the request can still be billed for (rejected predictions). */
  readonly extraOutputTokensMax: number
  /** What bounds the input; `undefined` where only the context window does. */
  readonly input: InputBound | undefined
  /** Whether it names text that stands elsewhere, as long as the context window takes. */
  readonly hidesText: boolean
  /** Hosted tools that the request offers. */
  readonly hosted: Readonly<HostedAsk>
  /** A stored prompt that the request names. What stands in it is not known here. */
  readonly promptId: string | undefined
  /** Images that one of them can be given of what the request holds; undefined where they cannot be counted. */
  readonly inputImages: number | undefined
  /** Calls of them that may be made in all, by what the request says; 0 where it offers none. */
  readonly toolCallsMax: number
  /** Searches that are charged whatever the answer says of them. */
  readonly searchesFixed: number
  /** `max_tool_calls`, where it is named. */
  readonly toolCallsNamed: number | undefined
  /** The tier of service that the request asks for. Whether it has a price depends on the model. */
  readonly serviceTier: PricedTier
  /** Whether a usage chunk at the end of a stream is the client's own wish, or a dialect has none. */
  readonly wantsUsageChunk: boolean
  /** Whether the upstream keeps the answer, so that later requests may refer to its ids. */
  readonly isStored: boolean
  readonly previousResponseId: string | undefined
  /** A response whose use of the prompt cache is to be compared with this one's. */
  readonly comparedResponseId: string | undefined
  readonly itemReferences: readonly string[]
  /** Ids on items that carry their own content: clients invent them, and they refer to nothing. */
  readonly givenIds: readonly string[]
  readonly fileReferences: readonly FileReference[]
  /** Of images and sound. */
  readonly media?: MediaFacts
}

/** Facts of a body that says nothing of these things, for a dialect to name the others. */
export const PLAIN_FACTS = {
  isStream: false,
  choices: 1,
  inputs: 1,
  isOutputLimitable: true,
  extraOutputTokensMax: 0,
  hidesText: false,
  hosted: nothingHosted(),
  promptId: undefined,
  inputImages: 0,
  toolCallsMax: 0,
  searchesFixed: 0,
  toolCallsNamed: undefined,
  serviceTier: 'default',
  wantsUsageChunk: true,
  isStored: false,
  previousResponseId: undefined,
  comparedResponseId: undefined,
  itemReferences: [],
  givenIds: [],
  fileReferences: [],
} as const satisfies Partial<BodyFacts>

/** An upper bound of the input in tokens: `fixedTokensMax` and one token for each byte of text, for no token is shorter. */
export interface InputBound {
  readonly textBytes: number
  /** Images, search results and what templates add. */
  readonly fixedTokensMax: number
}

/** Reads a parsed body whose long texts were cut; `bodyBytes` is what it took as it came. */
export type BodyReader = (body: JsonObject, bodyBytes: number) => Result<BodyFacts, Refusal>

/** Chat templates and hidden instructions add tokens that no byte of the body stands for. */
export const TEMPLATE_TOKENS = 1_024
/**
 * No image costs more input than this at any detail setting of the current models (OpenAI, "Images and vision": at most
 * 10,000 patches at original detail, times the small models' factor).
 */
const IMAGE_TOKENS_MAX = 25_000
/** Search results are charged as input (OpenAI, "Web search": search content tokens). */
export const WEB_SEARCH_TOKENS_PER_CALL_MAX = 10_000
/** Where a request sets no `max_tool_calls`: more calls than any measured turn made. */
export const TOOL_CALLS_ASSUMED = 10
export const CHOICES_MAX = 128
export const OUTPUT_TOKENS_MAX = 100_000_000
const NAME_LENGTH_MAX = 200

/** Without what searches find: how many there may be is decided elsewhere. */
export function inputBound(walk: Walk, bodyBytes: number): InputBound | undefined {
  if (walk.needsFullWindow) return undefined
  return {
    textBytes: Math.max(0, bodyBytes - walk.imageBytes),
    fixedTokensMax: TEMPLATE_TOKENS + walk.images * IMAGE_TOKENS_MAX,
  }
}

const UNSAID = ok(undefined)
const FALSE = ok(false)

/** A whole number in [min, max], or undefined where the member is missing or null. */
export function integerIn(
  body: JsonObject,
  param: string,
  min: number,
  max: number,
): Result<number | undefined, Refusal> {
  const value = body[param]
  if (value === undefined || value === null) return UNSAID
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return ok(value)
  return fail(invalidParameter(param, `it has to be a whole number from ${min} to ${max}.`))
}

export function booleanIn(body: JsonObject, param: string): Result<boolean, Refusal> {
  const value = body[param]
  if (value === undefined || value === null) return FALSE
  return typeof value === 'boolean' ? ok(value) : fail(invalidParameter(param, 'it has to be true or false.'))
}

/** The model's name, or `otherwise` where the body names none. */
export function modelIn(body: JsonObject, otherwise?: string): Result<string, Refusal> {
  const model = body.model ?? otherwise
  if (model === undefined || model === '') {
    return fail(refusal('missing_parameter', undefined, { param: 'model' }))
  }
  if (typeof model === 'string' && model.length <= NAME_LENGTH_MAX) return ok(model)
  return fail(
    invalidParameter('model', `it has to be the name of a model, of at most ${NAME_LENGTH_MAX} characters.`),
  )
}

/** The id of a response, or undefined where there is none. */
export function responseIdIn(
  object: JsonObject,
  name: string,
  param = name,
): Result<string | undefined, Refusal> {
  const id = object[name]
  if (id === undefined || id === null) return ok(undefined)
  if (typeof id === 'string' && id !== '' && id.length <= NAME_LENGTH_MAX) return ok(id)
  return fail(invalidParameter(param, 'it has to be the id of a response.'))
}

/** The tier of service, or a refusal of a name that no price row knows. Batches are asked for elsewhere. */
export function serviceTierIn(body: JsonObject): Result<PricedTier, Refusal> {
  const name = body.service_tier
  if (name === undefined || name === null) return ok('default')
  const tier = typeof name === 'string' ? serviceTierNamed(name) : undefined
  return tier === undefined || tier === 'batch' ? fail(unsupportedTier(String(name))) : ok(tier)
}

export const unsupportedTier = (name: string): Refusal =>
  refusal('unsupported_service_tier', { tier: name.slice(0, 40) }, { param: 'service_tier' })

/** Whether hosted tools can be called: those that are offered, or those of a stored prompt. */
export const mayCallTools = ({ hosted, promptId }: Walk): boolean =>
  hosted.places.size > 0 || promptId !== undefined

/** The limit that a request sets on the calls of its hosted tools; without one there, it is of no account. */
export function toolCallsIn(body: JsonObject, walk: Walk): Result<number | undefined, Refusal> {
  return mayCallTools(walk) ? integerIn(body, 'max_tool_calls', 1, TOOL_CALLS_MAX) : ok(undefined)
}

/** Whether a streamed body asks for the usage chunk itself. */
export function usageChunkWanted(body: JsonObject): Result<boolean, Refusal> {
  const options = body.stream_options
  if (options === undefined || options === null) return FALSE
  if (!isObject(options)) return fail(invalidParameter('stream_options', 'it has to be an object.'))
  const wanted = booleanIn(options, 'include_usage')
  return wanted.ok
    ? wanted
    : fail(invalidParameter('stream_options.include_usage', 'it has to be true or false.'))
}

/**
 * Members by which servers of other makes run another model, or tools of their own, than a body seems to name: what is
 * priced would not be what is run. By the last ones, some ask a host that the body names with the operator's own credentials
 * (Azure OpenAI, "On Your Data"; LiteLLM, `api_base`).
 */
const OTHER_RUNS: ReadonlySet<string> = new Set([
  'models',
  'fallbacks',
  'plugins',
  'search_parameters',
  'enable_search',
  'mcp_servers',
  'tool_resources',
  'provider',
  'providerOptions',
  'preset',
  'extra_body',
  'route',
  'data_sources',
  'dataSources',
  'api_base',
  'base_url',
])

type MemberSteps = NonNullable<Parameters<typeof walkMembers>[2]>

/** What is to be thought of the members of a body: of those in `special`, which a dialect has, and of those that all share. */
export const bodyMembers = (special: MemberSteps): MemberSteps => ({
  prompt_cache_options: checkCacheLifetime,
  tools: checkTools,
  tool_choice: checkToolChoice,
  ...special,
})

/** Walks through every member of a body: those that `members` names as it says, and all others for what they hide. */
export function walkBody(walk: Walk, body: JsonObject, members: MemberSteps): Refusal | undefined {
  return refuseOtherRun(body) ?? walkMembers(walk, body, members) ?? refuseShellElsewhere(walk)
}

/** A shell that is chosen and not offered stands in a stored prompt, or was offered before: it may run anywhere. */
function refuseShellElsewhere({ shellChoice: param, hasLocalShell }: Walk): Refusal | undefined {
  return param === undefined || hasLocalShell
    ? undefined
    : refusal('unsupported_tool', { tool: 'shell' }, { param })
}

function refuseOtherRun(body: JsonObject): Refusal | undefined {
  for (const name in body) {
    if (!OTHER_RUNS.has(name)) continue
    const other = [...OTHER_RUNS].find((one) => isAskedFor(body[one]))
    if (other === undefined) return undefined
    return unsupported(other, 'what it makes an upstream run is not what the request is priced by.')
  }
  return undefined
}

const isAskedFor = (value: unknown): boolean =>
  Boolean(value) && !(Array.isArray(value) && value.length === 0)

/** A member that is refused, and why. */
export const refused =
  (problem: string) =>
  (walk: Walk): Refusal =>
    unsupported(paramAt(walk), problem)

const NO_TOOLS = { tools: refused('this endpoint has no tools.') }

/** The same for dialects whose models call nothing. */
export const bodyMembersWithoutTools = (special: MemberSteps = {}): MemberSteps =>
  bodyMembers({ ...NO_TOOLS, ...special })
