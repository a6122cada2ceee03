// Understands a body: which model it runs and at what price, whether its references belong to the caller, and which bytes
// have to change before it is sent on.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { PRIMARY_UPSTREAM } from '../../../contract/operations/upstreams.ts'
import { DEFAULT_CONTEXT_WINDOW_TOKENS, type PriceRow } from '../../../contract/price.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { OwnedKind } from '../../accounts/owned-ids.ts'
import type { OwnedIdRow } from '../../db/repositories/owned-ids.ts'
import { isTierPriced } from '../../ledger/service-tier.ts'
import { decideKeyScope, isModelAllowed } from '../../limits/decide-key-scope.ts'
import { type BodyFacts, unsupportedTier } from '../body-facts.ts'
import { BODY_READERS } from '../body-readers.ts'
import type { StageDeps } from '../deps.ts'
import { formIdentitySplices, identitySplices } from '../identity.ts'
import type { JsonObject } from '../json-object.ts'
import { additionOf, type JsonObjectScan, memberOf, type Splice, scanObject } from '../json-scan.ts'
import { type PricedMedia, priceMedia } from '../media/price-media.ts'
import { modelSplice } from '../model-splice.ts'
import { parseBody } from '../parsed-body.ts'
import { type Permitted, permit } from '../permit.ts'
import type { Filling, Read, Routed, UpstreamTarget } from '../request.ts'
import { sessionOf } from '../session-affinity.ts'
import { candidatesFor } from '../upstream-choice.ts'
import { dearestMultiplier } from '../upstream-multiplier.ts'
import { subjectOf } from './reserve.ts'

type RouteDeps = Pick<
  StageDeps,
  'settings' | 'prices' | 'models' | 'unpriced' | 'ownedIds' | 'planFunds' | 'policyBook' | 'pseudonyms'
>

export function route(deps: RouteDeps, read: Read): Result<Routed, Refusal> {
  const parsed = parseBody(read.body)
  if (!parsed.ok) return parsed
  const { scan, value } = parsed.value
  const { dialect, isFree } = read.endpoint
  const readFacts = BODY_READERS[dialect](value, read.body.length)
  if (!readFacts.ok) return readFacts
  const asks = readFacts.value
  // Whatever it is refused for from here on, its row has the model that was asked for.
  const routed = read as Filling<Read, Omit<Routed, keyof Read>>
  routed.facts = asks
  const settings = deps.settings.current()
  const target = Object.hasOwn(settings.modelAliases, asks.model)
    ? settings.modelAliases[asks.model]
    : undefined
  const model = target ?? asks.model
  const asked = { name: asks.model, model }
  const isPaidFor = deps.planFunds.sourcesFor(read.key.userId, asked).length > 0
  const outOfScope = decideKeyScope(isPaidFor ? read.key.allowedModels : [], asked)
  if (outOfScope) return fail(outOfScope)
  const named = { model: asks.model }
  // The same answer as for a model that does not exist: nobody learns what is kept from them.
  if (!deps.models.isAllowed(model, read.key))
    return fail(refusal('model_not_found', named, { param: 'model' }))
  const price = deps.prices.priceOf(model, read.receivedAt)
  if (!price) {
    deps.unpriced.note(model, read.key.userId, read.receivedAt)
    return fail(refusal('model_not_priced', named, { param: 'model' }))
  }
  const terms = termsFor(deps, read, { facts: asks, model, price, body: value, scan })
  if (!terms.ok) return terms
  const { facts, media, toolTerms } = terms.value
  const referenced = checkOwnership(deps, read.key.userId, facts, price)
  if (!referenced.ok) return referenced
  const candidates = candidatesAt(candidatesFor(read.upstreams, model), referenced.value.madeAt)
  const [first] = candidates
  // Whatever it refers to was made where this model is not served, or where no request goes any more.
  if (!first) return fail(referenced.value.refusal ?? refusal('model_not_found', named, { param: 'model' }))
  const settingsMultiplierPpm = isFree ? 0 : settings.multiplierPpm
  const alias = target === undefined ? undefined : facts.model
  const isUsageInjected = facts.isStream && !facts.wantsUsageChunk
  const edits = editsOf(
    terms.value.edits,
    scan,
    alias === undefined ? undefined : model,
    isUsageInjected ? read.body : undefined,
  )
  routed.facts = facts
  routed.model = model
  routed.alias = alias
  routed.price = forInputs(price, facts.inputs)
  routed.candidates = candidates
  routed.session = candidates.length > 1 ? sessionOf(read.key.userId, value) : undefined
  // What the upstream gives away costs nothing here either, at whatever price its model has.
  routed.settingsMultiplierPpm = settingsMultiplierPpm
  routed.multiplierPpm = dearestMultiplier(settingsMultiplierPpm, candidates)
  routed.modelMultiplierPpm = deps.models.multiplierPpm(model)
  routed.toolTerms = toolTerms
  routed.scan = scan
  routed.edits = edits
  routed.identity = identityIn(deps, read, candidates, value, scan)
  routed.isUsageInjected = isUsageInjected
  routed.referencedTokens = isFree ? 0 : referenced.value.tokens
  routed.media = media
  return ok(routed)
}

const NO_SPLICES: readonly Splice[] = []

/** What is permitted to change, the name of the model behind an alias, and the asking for the usage. */
function editsOf(
  permitted: readonly Splice[],
  scan: JsonObjectScan,
  model: string | undefined,
  bodyWithoutUsage: Buffer | undefined,
): readonly Splice[] {
  if (model === undefined && bodyWithoutUsage === undefined) return permitted
  const edits = [...permitted]
  if (model !== undefined) edits.push(modelSplice(scan, model))
  if (bodyWithoutUsage !== undefined) edits.push(usageSplice(scan, bodyWithoutUsage))
  return edits
}

interface Asked {
  readonly facts: BodyFacts
  /** The model to run. */
  readonly model: string
  readonly price: PriceRow
  readonly body: JsonObject
  readonly scan: JsonObjectScan
}

/** What is asked for as far as it is permitted, and as far as it has a price: hosted tools, images, sound, the tier of service. */
function termsFor(
  deps: RouteDeps,
  read: Read,
  asked: Asked,
): Result<PricedMedia & Pick<Permitted, 'edits' | 'toolTerms'>, Refusal> {
  const permitted = permit({
    ...asked,
    policy: deps.policyBook.effectiveFor(subjectOf(deps, read.key)),
    endpoint: read.endpoint,
    priceOf: (other) => priceForTool(deps, read, other),
    prices: () => deps.prices.models(read.receivedAt),
  })
  if (!permitted.ok) return permitted
  const { edits, toolTerms } = permitted.value
  const facts = read.endpoint.isFree ? costNothing(permitted.value.facts) : permitted.value.facts
  const priced = priceMedia(deps, { ...asked, read, facts })
  if (!priced.ok) return priced
  if (!isTierPriced(asked.price, facts.serviceTier)) {
    return fail(unsupportedTier(String(asked.body.service_tier)))
  }
  return ok({ ...priced.value, edits, toolTerms })
}

function identityIn(
  { pseudonyms }: RouteDeps,
  read: Read,
  candidates: readonly UpstreamTarget[],
  body: JsonObject,
  scan: JsonObjectScan,
): readonly Splice[] {
  if (!candidates.some(({ identifiesUsers }) => identifiesUsers)) return NO_SPLICES
  const { endpoint, key, upload } = read
  return upload
    ? formIdentitySplices(pseudonyms, endpoint, key.userId, upload.content.fields)
    : identitySplices(pseudonyms, endpoint, key.userId, body, scan)
}

/** A model that a tool runs has to be open to whoever asks, as if it had been asked for itself. */
function priceForTool({ models, prices }: RouteDeps, { key, receivedAt }: Read, model: string) {
  const isOpen = models.isAllowed(model, key) && isModelAllowed(key.allowedModels, { name: model, model })
  return isOpen ? prices.priceOf(model, receivedAt) : undefined
}

/** Nothing of it is billed, so nothing of it counts against what may be used. */
const costNothing = (facts: BodyFacts): BodyFacts => ({
  ...facts,
  input: { textBytes: 0, fixedTokensMax: 0 },
  outputTokensLimit: 0,
  extraOutputTokensMax: 0,
  toolCallsMax: 0,
  searchesFixed: 0,
})

/** Several inputs fill a context window each, and all of them are charged. */
function forInputs(price: PriceRow, inputs: number): PriceRow {
  if (inputs === 1) return price
  return { ...price, contextWindowTokens: windowOf(price) * inputs }
}

const windowOf = (price: PriceRow): number => price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS

interface Referenced {
  /** What it brings into the input. */
  readonly tokens: number
  /** The ids of the upstreams where it was made, null for the primary one; empty where nothing is referred to. */
  readonly madeAt: ReadonlySet<string | null>
  /** What a request is answered that cannot be sent to where all of it was made. */
  readonly refusal: Refusal | undefined
}

/**
 * Refuses ids that are not the caller's own, and tells how many tokens those that are bring into the input. Something whose
 * usage never came may bring along as much as the window takes.
 */
function checkOwnership(
  deps: Pick<RouteDeps, 'ownedIds'>,
  userId: string,
  facts: BodyFacts,
  price: PriceRow,
): Result<Referenced, Refusal> {
  if (!refersToOwn(facts)) return NOTHING_REFERENCED
  let tokens = 0
  let absent: Refusal | undefined
  const madeAt = new Set<string | null>()
  const find = (
    kind: OwnedKind,
    id: string,
    refused: Refusal,
    elsewhere = refused,
  ): Result<OwnedIdRow, Refusal> => {
    const row = deps.ownedIds.find(kind, id)
    if (row?.userId !== userId) return fail(refused)
    madeAt.add(row.upstreamId)
    absent = elsewhere
    return ok(row)
  }
  for (const id of facts.itemReferences) {
    const item = find('item', id, refusal('item_not_found', { id: id.slice(0, 100) }, { param: 'input' }))
    if (!item.ok) return item
    tokens += item.value.tokens ?? windowOf(price)
  }
  for (const { id, param } of facts.fileReferences) {
    const named = { id: id.slice(0, 100) }
    const elsewhere = refusal('file_unavailable', named, { param })
    const file = find('file', id, refusal('file_not_found', named, { param }), elsewhere)
    if (!file.ok) return file
  }
  const { previousResponseId, comparedResponseId } = facts
  if (comparedResponseId !== undefined) {
    const param = 'prompt_cache_options.comparison_response_id'
    const compared = find('response', comparedResponseId, notFound(comparedResponseId, param))
    if (!compared.ok) return compared
  }
  if (previousResponseId !== undefined) {
    const refused = notFound(previousResponseId, 'previous_response_id')
    const previous = find('response', previousResponseId, refused)
    if (!previous.ok) return previous
    tokens += previous.value.tokens ?? windowOf(price)
  }
  return ok({ tokens, madeAt, refusal: absent })
}

const NOTHING_REFERENCED = ok<Referenced>({ tokens: 0, madeAt: new Set(), refusal: undefined })

const refersToOwn = ({
  itemReferences,
  fileReferences,
  previousResponseId,
  comparedResponseId,
}: BodyFacts): boolean =>
  itemReferences.length > 0 ||
  fileReferences.length > 0 ||
  previousResponseId !== undefined ||
  comparedResponseId !== undefined

const notFound = (responseId: string, param: string): Refusal =>
  refusal('previous_response_not_found', { id: responseId.slice(0, 100) }, { param })

/** What was made at one upstream is known there alone. */
function candidatesAt(
  candidates: readonly UpstreamTarget[],
  madeAt: ReadonlySet<string | null>,
): readonly UpstreamTarget[] {
  if (madeAt.size === 0) return candidates
  const [place] = madeAt
  return madeAt.size > 1 ? [] : candidates.filter(({ id }) => id === (place ?? PRIMARY_UPSTREAM))
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
