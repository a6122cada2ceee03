// Holds what a body asks for against the policy of whoever sends it: hosted tools and how often they may be called, the tier of
// service, whether the upstream keeps the answer. What is permitted has to have a price; what is too much is refused, or, where
// lowering it changes nothing but its bound, lowered.
import { type Refusal, refusal } from '../../contract/errors.ts'
import type { PriceRow } from '../../contract/price.ts'
import { type HostedTool, type PolicyValues, TOOL_CALLS_MAX } from '../../contract/request-policy.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { imageToolTerms, previewSearchRate, type ToolTerms } from '../ledger/tool-calls.ts'
import { isTierPermitted, isToolPermitted } from '../limits/decide-policy.ts'
import { type BodyFacts, TOOL_CALLS_ASSUMED, WEB_SEARCH_TOKENS_PER_CALL_MAX } from './body-facts.ts'
import type { MeteredEndpoint } from './endpoints.ts'
import type { JsonObject } from './json-object.ts'
import type { JsonObjectScan, Splice } from './json-scan.ts'
import { imageCallTokensMax } from './media/image-tokens.ts'
import { promptTerms, withPromptTools } from './prompt-tools.ts'
import { callLimitSplice, memberSplice } from './tool-call-limit.ts'
import { unsupported } from './walk.ts'

export interface PermitAsk {
  readonly policy: PolicyValues
  readonly endpoint: Pick<MeteredEndpoint, 'dialect' | 'isFree'>
  /** The model that is run. */
  readonly model: string
  readonly price: PriceRow
  /** The price of another model, which a tool runs. */
  readonly priceOf: (model: string) => PriceRow | undefined
  /** The prices of all models, of which a stored prompt may run any as a tool. */
  readonly prices: () => readonly PriceRow[]
  readonly facts: BodyFacts
  readonly body: JsonObject
  readonly scan: JsonObjectScan
}

export interface Permitted {
  readonly facts: BodyFacts
  readonly edits: readonly Splice[]
  readonly toolTerms: ToolTerms
}

export function permit(ask: PermitAsk): Result<Permitted, Refusal> {
  const facts = withOwnSearches(ask)
  const refused =
    refusePrompt(ask.policy, facts) ??
    refuseTools(ask.policy, facts) ??
    refuseTier(ask.policy, facts) ??
    refuseStoring(ask)
  if (refused) return fail(refused)
  // What is only counted is neither run nor kept, so nothing of it needs a price.
  if (ask.endpoint.isFree) return ok({ facts, edits: NOTHING_STORED, toolTerms: NO_TERMS })
  const stored = storingOf(ask)
  // Nothing that the upstream runs itself: such facts stay as they are.
  if (stored.length === 0 && facts.hosted.places.size === 0 && facts.promptId === undefined)
    return ok({ facts, edits: stored, toolTerms: NO_TERMS })
  const calls = callsOf({ ...ask, facts })
  const named = termsOf({ ...ask, facts }, calls.max)
  if (!named.ok) return named
  const isPrompted = facts.promptId !== undefined
  const toolTerms = isPrompted ? promptTerms(ask.price, ask.prices()) : named.value
  const imageParam = facts.hosted.places.get('image_generation')
  if (imageParam !== undefined && !toolTerms.imageTool)
    return fail(unsupported(imageParam, 'no model that makes images has a price here.'))
  return ok({
    facts: {
      ...(isPrompted ? withPromptTools(ask.policy, facts, toolTerms, ask.price) : facts),
      toolCallsMax: calls.max,
      input: withSearchResults(facts, calls.max),
      isStored: facts.isStored && stored.length === 0,
    },
    edits: [...calls.edits, ...stored],
    toolTerms,
  })
}

const NO_TERMS: ToolTerms = { isPreviewSearch: false, imageTool: undefined }

/** Models of chat completions that search in every answer, whether they are asked to or not (OpenAI, "Web search"). */
const SEARCH_MODEL = /-search-(?:preview|api)(?:-|$)/

/** Chat completions say nothing of their searches: there is one in each answer, by the options or by the model. */
function withOwnSearches({ endpoint, facts, model }: PermitAsk): BodyFacts {
  if (endpoint.dialect !== 'chat') return facts
  const { places } = facts.hosted
  if (!places.has('web_search') && !SEARCH_MODEL.test(model)) return facts
  const place = places.get('web_search') ?? 'model'
  return {
    ...facts,
    hosted: { ...facts.hosted, places: new Map([['web_search', place]]), search: 'plain' },
    searchesFixed: facts.choices,
    toolCallsMax: facts.choices,
  }
}

function refuseTools(policy: PolicyValues, { hosted }: BodyFacts): Refusal | undefined {
  for (const [tool, param] of hosted.places) {
    if (!isToolPermitted(policy, tool)) return refusal('tool_not_permitted', { tool }, { param })
  }
  if (hosted.problem) return hosted.problem
  const foreign = hosted.vectorStores.find(({ id }) => !policy.vectorStoreIds.includes(id))
  // One that is not known here and one that is not for this person look alike.
  return (
    foreign && unsupported(foreign.param, 'this vector store does not exist here, or is not open to you.')
  )
}

/** Whether there is such a prompt is not told. */
function refusePrompt({ promptIds }: PolicyValues, { promptId }: BodyFacts): Refusal | undefined {
  if (promptId === undefined || promptIds.includes(promptId)) return undefined
  const named = promptId.slice(0, 100)
  return unsupported(
    'prompt.id',
    `the stored prompt ${named} is not open to you. The operator can list it in the request policy of your plan or account.`,
  )
}

const refuseTier = (policy: PolicyValues, { serviceTier }: BodyFacts): Refusal | undefined =>
  isTierPermitted(policy, serviceTier)
    ? undefined
    : refusal('service_tier_not_permitted', { tier: serviceTier }, { param: 'service_tier' })

/** Responses are kept unless they say otherwise, chat completions only where they say so. */
function isToBeStored({ endpoint: { dialect }, body: { store } }: PermitAsk): boolean {
  if (dialect === 'responses') return store !== false
  return dialect === 'chat' && store !== false && store !== null && store !== undefined
}

const refuseStoring = (ask: PermitAsk): Refusal | undefined =>
  ask.policy.store === 'refuse' && isToBeStored(ask)
    ? refusal('storing_not_permitted', undefined, { param: 'store' })
    : undefined

function storingOf(ask: PermitAsk): readonly Splice[] {
  return ask.policy.store === 'off' && isToBeStored(ask)
    ? [memberSplice(ask.scan, 'store', 'false')]
    : NOTHING_STORED
}

const NOTHING_STORED: readonly Splice[] = []

const unpriced = (param: string, tool: string): Refusal =>
  unsupported(param, `${tool} has no price for this model here.`)

function termsOf(
  { facts, price, priceOf, endpoint }: PermitAsk,
  callsMax: number,
): Result<ToolTerms, Refusal> {
  const { places, search, imageModel } = facts.hosted
  const isPreviewSearch = search === 'preview'
  const rates: Readonly<Record<Exclude<HostedTool, 'image_generation'>, number | null | undefined>> = {
    web_search: isPreviewSearch ? previewSearchRate(price) : price.webSearchNanoUsdPerCall,
    file_search: price.fileSearchNanoUsdPerCall,
    code_interpreter: price.codeInterpreterNanoUsdPerSession,
  }
  for (const [tool, param] of places) {
    // A compaction takes no limit on their calls, so only searches, which Codex has in every request, are bounded there.
    if (tool !== 'web_search' && endpoint.dialect === 'compaction') return fail(unsupported(param, NOT_HERE))
    if (tool !== 'image_generation' && rates[tool] == null) {
      return fail(
        unpriced(tool === 'web_search' ? 'tools' : param, isPreviewSearch ? 'web_search_preview' : tool),
      )
    }
  }
  const imageParam = places.get('image_generation')
  if (imageParam === undefined) return ok({ isPreviewSearch, imageTool: undefined })
  // A stored prompt may have the tool, with whichever model.
  if (imageModel === undefined && facts.promptId !== undefined)
    return ok({ isPreviewSearch, imageTool: undefined })
  if (imageModel === undefined)
    return fail(unsupported(imageParam, 'the tool has to be offered with its model.'))
  const row = priceOf(imageModel)
  const imageTool =
    row &&
    imageToolTerms(imageModel, row, {
      outputTokens: imageCallTokensMax(imageModel, facts.hosted.images),
      // With those that the calls before it have made.
      images: facts.inputImages === undefined ? undefined : facts.inputImages + callsMax - 1,
    })
  if (imageTool) return ok({ isPreviewSearch, imageTool })
  return fail(refusal('model_not_priced', { model: imageModel }, { param: imageParam }))
}

const NOT_HERE = 'this endpoint takes no limit on the calls of such a tool.'

interface Calls {
  readonly max: number
  readonly edits: readonly Splice[]
}

/**
 * How many calls the hosted tools may make in all. The limit is sent along where it is lower than what the body says, and where
 * the body says nothing, unless it offers no more than searches and nobody has set one: Codex's requests stay as they are. With a
 * stored prompt it is always sent, whatever tools that has.
 */
function callsOf({ policy, endpoint: { dialect }, facts, scan }: PermitAsk): Calls {
  const { places } = facts.hosted
  const isPrompted = facts.promptId !== undefined
  if ((places.size === 0 && !isPrompted) || facts.searchesFixed > 0)
    return { max: facts.toolCallsMax, edits: [] }
  const cap = policy.maxToolCalls
  const named = facts.toolCallsNamed
  const max = Math.min(named ?? cap ?? TOOL_CALLS_ASSUMED, cap ?? TOOL_CALLS_MAX)
  const isOnlySearch = !isPrompted && places.size === 1 && places.has('web_search')
  const isSaid = named === undefined ? cap === null && isOnlySearch : named === max
  return {
    max,
    edits: isSaid || dialect !== 'responses' ? [] : [callLimitSplice(scan, max)],
  }
}

function withSearchResults({ hosted, input }: BodyFacts, calls: number): BodyFacts['input'] {
  if (!input || !hosted.places.has('web_search')) return input
  return { ...input, fixedTokensMax: input.fixedTokensMax + calls * WEB_SEARCH_TOKENS_PER_CALL_MAX }
}
