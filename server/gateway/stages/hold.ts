// Takes the hold: the most that a request can cost, at the price that it will be charged at, from what pays for it. Bytes
// bound the input for free and may grant the whole; where that is too much, the tokens are counted before the output limit
// is lowered to what is left, or the request refused. A plan is asked before the balance.
import type { Refusal } from '../../../contract/errors.ts'
import {
  DEFAULT_CONTEXT_WINDOW_TOKENS,
  DEFAULT_MAX_OUTPUT_TOKENS,
  DEFAULT_OUTPUT_FLOOR_TOKENS,
  DEFAULT_REASONING_OUTPUT_FLOOR_TOKENS,
} from '../../../contract/price.ts'
import type { HostedTool } from '../../../contract/request-policy.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { FundingSource } from '../../accounts/plan-funds.ts'
import { decideFundingRefusal } from '../../ledger/funding.ts'
import type { HoldAsk } from '../../ledger/hold.ts'
import { quoteFor } from '../../ledger/quote.ts'
import { reachableTiers } from '../../ledger/service-tier.ts'
import type { StageDeps } from '../deps.ts'
import { applySplices } from '../json-scan.ts'
import { outputLimitSplices } from '../output-limit.ts'
import { advance, type Held, type Reserved, type Routed } from '../request.ts'

type HoldDeps = Pick<StageDeps, 'accounts' | 'planFunds' | 'settings' | 'tokens'>
/** For the whole, or not at all. */
type Ask = HoldAsk & { readonly shareParts: undefined }

/** At once, where what is asked first pays for the bytes; else when the tokens are counted. */
export function hold(
  deps: HoldDeps,
  routed: Reserved,
): Result<Held, Refusal> | Promise<Result<Held, Refusal>> {
  const { input } = routed.facts
  const byBytes = askFor(routed, input && input.fixedTokensMax + input.textBytes)
  const sources = sourcesOf(deps, routed)
  const [first = BALANCE] = sources
  const whole = open(deps, routed, first, byBytes)
  return whole.ok ? whole : holdByTokens(deps, routed, sources, byBytes, whole.error)
}

async function holdByTokens(
  deps: HoldDeps,
  routed: Reserved,
  sources: readonly FundingSource[],
  byBytes: Ask,
  refusedByFirst: Refusal,
): Promise<Result<Held, Refusal>> {
  let byTokens: Ask | undefined
  const refusals: Refusal[] = []
  for (const source of sources) {
    const whole = source === sources[0] ? fail(refusedByFirst) : open(deps, routed, source, byBytes)
    if (whole.ok) return whole
    if (source.isUsedUp) {
      refusals.push(whole.error)
      continue
    }
    byTokens ??= await askByTokens(deps, routed, byBytes)
    const shareParts = routed.facts.isOutputLimitable ? deps.settings.current().holdShareParts : undefined
    const shared = open(deps, routed, source, { ...byTokens, shareParts })
    if (shared.ok) return shared
    refusals.push(shared.error)
  }
  return fail(decideFundingRefusal(refusals))
}

const BALANCE: FundingSource = { kind: 'balance', isUsedUp: false }
const BALANCE_ALONE: readonly FundingSource[] = [BALANCE]

/** What costs nothing takes nothing of a plan. Where the plan that a model needs has ended since, the balance answers. */
function sourcesOf({ planFunds }: HoldDeps, routed: Reserved): readonly FundingSource[] {
  const { key, facts, model, endpoint } = routed
  if (endpoint.isFree) return BALANCE_ALONE
  const sources = planFunds.sourcesFor(key.userId, { name: facts.model, model })
  return sources.length > 0 ? sources : BALANCE_ALONE
}

async function askByTokens(deps: HoldDeps, routed: Reserved, byBytes: Ask): Promise<Ask> {
  const { input } = routed.facts
  const counted = input && (await deps.tokens.countAtMost(routed.body))
  return input && counted !== undefined
    ? askFor(routed, input.fixedTokensMax + Math.min(counted, input.textBytes))
    : byBytes
}

/** What the request may cost with no more than `inputTokensMax` tokens in the body (the window, where undefined). */
function askFor(routed: Routed, inputTokensMax: number | undefined): Ask {
  const { facts, price } = routed
  const modelMax = price.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS
  const window = price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const inputTokens = inputTokensMax === undefined ? window : inputTokensMax + routed.referencedTokens
  const bounds = {
    inputTokensMax: inputTokens,
    extraOutputTokensMax: facts.extraOutputTokensMax,
    choices: facts.choices,
    ...toolBounds(routed),
    mediaMax: routed.media?.usageMax,
    serviceTiers: reachableTiers(price, facts.serviceTier),
  }
  return {
    quote: quoteFor(bounds, price, routed.multiplierPpm, routed.modelMultiplierPpm),
    fixedTokens: Math.min(inputTokens, window) + facts.extraOutputTokensMax * facts.choices,
    choices: facts.choices,
    outputTokensMax: Math.min(facts.outputTokensLimit ?? modelMax, modelMax),
    outputTokensFloor:
      price.outputFloorTokens ??
      (price.isReasoning ? DEFAULT_REASONING_OUTPUT_FLOOR_TOKENS : DEFAULT_OUTPUT_FLOOR_TOKENS),
    shareParts: undefined,
  }
}

/** Any of the calls may be of any tool that is offered. */
function toolBounds({ facts: { hosted, toolCallsMax }, toolTerms }: Routed) {
  const callsOf = (tool: HostedTool) => (hosted.places.has(tool) ? toolCallsMax : 0)
  const { isPreviewSearch, imageTool } = toolTerms
  return {
    webSearchCallsMax: callsOf('web_search'),
    isPreviewSearch,
    fileSearchCallsMax: callsOf('file_search'),
    codeInterpreterSessionsMax: callsOf('code_interpreter'),
    imageTool: imageTool && { terms: imageTool, callsMax: callsOf('image_generation') },
  }
}

function open(
  deps: Pick<StageDeps, 'accounts'>,
  routed: Reserved,
  source: FundingSource,
  ask: HoldAsk,
): Result<Held, Refusal> {
  const opened = deps.accounts.openHold({
    requestId: routed.requestId,
    userId: routed.key.userId,
    keyId: routed.key.keyId,
    keyFamily: { id: routed.key.familyId, caps: routed.key.caps },
    model: routed.model,
    priceId: routed.price.id,
    createdAt: routed.receivedAt,
    source: source.kind,
    ask,
  })
  if (!opened.ok) return opened
  const { outputTokensGranted } = opened.value
  const limit =
    outputTokensGranted < ask.outputTokensMax
      ? outputLimitSplices(routed.endpoint.dialect, routed.scan, routed.body, outputTokensGranted)
      : []
  const splices = limit.length === 0 ? routed.edits : [...routed.edits, ...limit]
  const upstreamBody = applySplices(routed.body, splices)
  return ok(advance(routed, { hold: opened.value, splices, upstreamBody }))
}
