// Understands a body: which model it runs and at what price, whether its references belong to the caller, and which bytes
// have to change before it is sent on.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { DEFAULT_CONTEXT_WINDOW_TOKENS, type PriceRow } from '../../../contract/price.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { isTierPriced } from '../../ledger/service-tier.ts'
import { decideKeyScope } from '../../limits/decide-key-scope.ts'
import { type BodyFacts, unsupportedTier } from '../body-facts.ts'
import { BODY_READERS } from '../body-readers.ts'
import { unsupported } from '../body-walk.ts'
import type { StageDeps } from '../deps.ts'
import { additionOf, type JsonObjectScan, memberOf, type Splice, scanObject } from '../json-scan.ts'
import { parseBody } from '../parsed-body.ts'
import type { Read, Routed } from '../request.ts'

type RouteDeps = Pick<StageDeps, 'settings' | 'prices' | 'models' | 'unpriced' | 'ownedIds' | 'planFunds'>

export function route(deps: RouteDeps, read: Read): Result<Routed, Refusal> {
  const parsed = parseBody(read.body)
  if (!parsed.ok) return parsed
  const { scan, value } = parsed.value
  const { dialect, isFree } = read.endpoint
  const readFacts = BODY_READERS[dialect](value, read.body.length)
  if (!readFacts.ok) return readFacts
  const facts = isFree ? costNothing(readFacts.value) : readFacts.value
  const settings = deps.settings.current()
  const target = Object.hasOwn(settings.modelAliases, facts.model)
    ? settings.modelAliases[facts.model]
    : undefined
  const model = target ?? facts.model
  const asked = { name: facts.model, model }
  const isPaidFor = deps.planFunds.sourcesFor(read.key.userId, asked).length > 0
  const outOfScope = decideKeyScope(isPaidFor ? read.key.allowedModels : [], asked)
  if (outOfScope) return fail(outOfScope)
  const named = { model: facts.model }
  // The same answer as for a model that does not exist: nobody learns what is kept from them.
  if (!deps.models.isAllowed(model, read.key))
    return fail(refusal('model_not_found', named, { param: 'model' }))
  const price = deps.prices.priceOf(model, read.receivedAt)
  if (!price) {
    deps.unpriced.note(model, read.key.userId, read.receivedAt)
    return fail(refusal('model_not_priced', named, { param: 'model' }))
  }
  if (facts.webSearchCallsMax > 0 && price.webSearchNanoUsdPerCall == null) {
    return fail(unsupported('tools', 'web_search has no price for this model here.'))
  }
  if (!isTierPriced(price, facts.serviceTier)) return fail(unsupportedTier(String(value.service_tier)))
  const referenced = checkOwnership(deps, read.key.userId, facts, price)
  if (!referenced.ok) return referenced
  const alias = target === undefined ? undefined : facts.model
  const isUsageInjected = facts.isStream && !facts.wantsUsageChunk
  const edits = [
    ...(alias === undefined ? [] : [modelSplice(scan, model)]),
    ...(isUsageInjected ? [usageSplice(scan, read.body)] : []),
  ]
  return ok({
    ...read,
    facts,
    model,
    alias,
    price: forInputs(price, facts.inputs),
    // What the upstream gives away costs nothing here either, at whatever price its model has.
    multiplierPpm: isFree ? 0 : settings.multiplierPpm,
    modelMultiplierPpm: deps.models.multiplierPpm(model),
    scan,
    edits,
    isUsageInjected,
    referencedTokens: isFree ? 0 : referenced.value,
  })
}

/** Nothing of it is billed, so nothing of it counts against what may be used. */
const costNothing = (facts: BodyFacts): BodyFacts => ({
  ...facts,
  input: { textBytes: 0, fixedTokensMax: 0 },
  outputTokensLimit: 0,
  extraOutputTokensMax: 0,
  webSearchCallsMax: 0,
})

/** Several inputs fill a context window each, and all of them are charged. */
function forInputs(price: PriceRow, inputs: number): PriceRow {
  if (inputs === 1) return price
  return { ...price, contextWindowTokens: windowOf(price) * inputs }
}

const windowOf = (price: PriceRow): number => price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS

/**
 * Refuses ids that are not the caller's own, and tells how many tokens those that are bring into the input. Something whose
 * usage never came may bring along as much as the window takes.
 */
function checkOwnership(
  deps: Pick<RouteDeps, 'ownedIds'>,
  userId: string,
  facts: BodyFacts,
  price: PriceRow,
): Result<number, Refusal> {
  let tokens = 0
  for (const id of facts.itemReferences) {
    const item = deps.ownedIds.find('item', id)
    if (item?.userId !== userId) {
      return fail(refusal('item_not_found', { id: id.slice(0, 100) }, { param: 'input' }))
    }
    tokens += item.tokens ?? windowOf(price)
  }
  const { previousResponseId, comparedResponseId } = facts
  if (comparedResponseId !== undefined) {
    const refused = refuseForeign(
      deps,
      userId,
      comparedResponseId,
      'prompt_cache_options.comparison_response_id',
    )
    if (refused) return fail(refused)
  }
  if (previousResponseId === undefined) return ok(tokens)
  const refused = refuseForeign(deps, userId, previousResponseId, 'previous_response_id')
  if (refused) return fail(refused)
  return ok(tokens + (deps.ownedIds.find('response', previousResponseId)?.tokens ?? windowOf(price)))
}

function refuseForeign(
  deps: Pick<RouteDeps, 'ownedIds'>,
  userId: string,
  responseId: string,
  param: string,
): Refusal | undefined {
  if (deps.ownedIds.find('response', responseId)?.userId === userId) return undefined
  return refusal('previous_response_not_found', { id: responseId.slice(0, 100) }, { param })
}

/** Where a body names no model, its dialect has one that is meant then, and an alias may stand for that one too. */
function modelSplice(scan: JsonObjectScan, model: string): Splice {
  const member = memberOf(scan, 'model')
  const text = JSON.stringify(model)
  return member
    ? { start: member.valueStart, end: member.valueEnd, text }
    : additionOf(scan, `"model":${text}`)
}

/** Asks the upstream for the usage chunk, whatever `stream_options` says or whether it is there at all. */
function usageSplice(scan: JsonObjectScan, body: Buffer): Splice {
  const options = memberOf(scan, 'stream_options')
  if (!options) return additionOf(scan, '"stream_options":{"include_usage":true}')
  const inner = scanObject(body, options.valueStart, options.valueEnd)
  if (!inner.ok) return { start: options.valueStart, end: options.valueEnd, text: '{"include_usage":true}' }
  const include = memberOf(inner.value, 'include_usage')
  if (include) return { start: include.valueStart, end: include.valueEnd, text: 'true' }
  return additionOf(inner.value, '"include_usage":true')
}
