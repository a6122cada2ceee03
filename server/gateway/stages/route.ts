// Understands a body: which model it runs and at what price, whether its references belong to the caller, and which bytes
// have to change before it is sent on.
import { isUtf8 } from 'node:buffer'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { DEFAULT_CONTEXT_WINDOW_TOKENS, type PriceRow } from '../../../contract/price.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { isTierPriced } from '../../ledger/service-tier.ts'
import { decideKeyScope } from '../../limits/decide-key-scope.ts'
import { type BodyFacts, unsupported, unsupportedTier } from '../body-facts.ts'
import { readChatBody } from '../chat-body.ts'
import type { StageDeps } from '../deps.ts'
import { isObject } from '../json-object.ts'
import { additionOf, type JsonObjectScan, memberOf, type Splice, scanObject } from '../json-scan.ts'
import type { Read, Routed } from '../request.ts'
import { readResponsesBody } from '../responses-body.ts'

type RouteDeps = Pick<StageDeps, 'settings' | 'prices' | 'models' | 'unpriced' | 'ownedIds'>

export function route(deps: RouteDeps, read: Read): Result<Routed, Refusal> {
  const parsed = parseBody(read.body)
  if (!parsed.ok) return parsed
  const { scan, value } = parsed.value
  const readFacts = read.endpoint.dialect === 'chat' ? readChatBody : readResponsesBody
  const facts = readFacts(value, read.body.length)
  if (!facts.ok) return facts
  const settings = deps.settings.current()
  const target = Object.hasOwn(settings.modelAliases, facts.value.model)
    ? settings.modelAliases[facts.value.model]
    : undefined
  const model = target ?? facts.value.model
  const outOfScope = decideKeyScope(read.key.allowedModels, { name: facts.value.model, model })
  if (outOfScope) return fail(outOfScope)
  const named = { model: facts.value.model }
  // The same answer as for a model that does not exist: nobody learns what is kept from them.
  if (!deps.models.isAllowed(model, read.key))
    return fail(refusal('model_not_found', named, { param: 'model' }))
  const price = deps.prices.priceOf(model, read.receivedAt)
  if (!price) {
    deps.unpriced.note(model, read.key.userId, read.receivedAt)
    return fail(refusal('model_not_priced', named, { param: 'model' }))
  }
  if (facts.value.webSearchCallsMax > 0 && price.webSearchNanoUsdPerCall == null) {
    return fail(unsupported('tools', 'web_search has no price for this model here.'))
  }
  if (!isTierPriced(price, facts.value.serviceTier)) return fail(unsupportedTier(String(value.service_tier)))
  const referenced = checkOwnership(deps, read.key.userId, facts.value, price)
  if (!referenced.ok) return referenced
  const alias = target === undefined ? undefined : facts.value.model
  const isUsageInjected = facts.value.isStream && !facts.value.wantsUsageChunk
  const edits = [
    ...(alias === undefined ? [] : [modelSplice(scan, model)]),
    ...(isUsageInjected ? [usageSplice(scan, read.body)] : []),
  ]
  return ok({
    ...read,
    facts: facts.value,
    model,
    alias,
    price,
    multiplierPpm: settings.multiplierPpm,
    modelMultiplierPpm: deps.models.multiplierPpm(model),
    scan,
    edits,
    isUsageInjected,
    referencedTokens: referenced.value,
  })
}

interface ParsedBody {
  readonly scan: JsonObjectScan
  readonly value: Readonly<Record<string, unknown>>
}

function parseBody(body: Buffer): Result<ParsedBody, Refusal> {
  if (!isUtf8(body)) return fail(refusal('invalid_json', { problem: 'it is not UTF-8.' }))
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (error) {
    // The message of V8 names the position; it may quote a few characters of the body, which the client sent itself.
    return fail(
      refusal('invalid_json', { problem: error instanceof Error ? error.message.slice(0, 200) : '' }),
    )
  }
  if (!isObject(value)) return fail(refusal('invalid_json', { problem: 'it has to be an object.' }))
  const scan = scanObject(body)
  if (scan.ok) return ok({ scan: scan.value, value })
  if (scan.error.kind === 'duplicate')
    return fail(refusal('duplicate_member', undefined, { param: scan.error.name.slice(0, 100) }))
  return fail(refusal('invalid_json', { problem: 'it cannot be read.' }))
}

/** Refuses ids that are not the caller's own, and tells how many tokens a referenced response brings along. */
function checkOwnership(
  deps: Pick<RouteDeps, 'ownedIds'>,
  userId: string,
  facts: BodyFacts,
  price: PriceRow,
): Result<number, Refusal> {
  for (const id of facts.itemReferences) {
    if (deps.ownedIds.find('item', id)?.userId !== userId) {
      return fail(refusal('item_not_found', { id: id.slice(0, 100) }, { param: 'input' }))
    }
  }
  if (facts.previousResponseId === undefined) return ok(0)
  const previous = deps.ownedIds.find('response', facts.previousResponseId)
  // A response whose usage never came may bring along as much as the window takes.
  const unknownTokens = price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  if (previous?.userId === userId) return ok(previous.tokens ?? unknownTokens)
  const id = facts.previousResponseId.slice(0, 100)
  return fail(refusal('previous_response_not_found', { id }, { param: 'previous_response_id' }))
}

function modelSplice(scan: JsonObjectScan, model: string): Splice {
  const member = memberOf(scan, 'model')
  if (!member) throw new Error('a body whose model was read has a member "model"')
  return { start: member.valueStart, end: member.valueEnd, text: JSON.stringify(model) }
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
