// Takes the hold: the most that a request can cost, at the price that it will be charged at, from what pays for it. Bytes
// bound the input for free and may grant the whole; where that is too much, the tokens are counted before the output limit
// and the calls of hosted tools are lowered to what is left, or the request refused. A plan is asked before the balance.
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
import { givenAtMost } from '../../ledger/tool-calls.ts'
import { WEB_SEARCH_TOKENS_PER_CALL_MAX } from '../body-facts.ts'
import type { StageDeps } from '../deps.ts'
import { applySplices } from '../json-scan.ts'
import { outputLimitSplices } from '../output-limit.ts'
import type { Filling, Held, Reserved, Routed } from '../request.ts'
import { callsToTry, withCallLimit } from '../tool-call-limit.ts'

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
  const { holdShareParts } = deps.settings.current()
  const shareParts = routed.facts.isOutputLimitable ? holdShareParts : undefined
  const tries = callsToTry(routed.endpoint, routed.facts, holdShareParts)
  let asks: readonly HoldAsk[] | undefined
  const refusals: Refusal[] = []
  for (const source of sources) {
    const whole = source === sources[0] ? fail(refusedByFirst) : open(deps, routed, source, byBytes)
    if (whole.ok) return whole
    if (source.isUsedUp) {
      refusals.push(whole.error)
      continue
    }
    if (!asks) {
      const inputTokensMax = await countInput(deps, routed)
      asks = tries.map((calls) => ({ ...askFor(routed, inputTokensMax, calls), shareParts }))
    }
    const shared = openShared(deps, routed, source, tries, asks)
    if (shared.ok) return shared
    refusals.push(shared.error)
  }
  return fail(decideFundingRefusal(refusals))
}

/** With as many calls of tools as it pays for; the refusal says what one would have cost. */
function openShared(
  deps: HoldDeps,
  routed: Reserved,
  source: FundingSource,
  tries: readonly number[],
  asks: readonly HoldAsk[],
): Result<Held, Refusal> {
  let refused: Result<Held, Refusal> | undefined
  for (const [index, ask] of asks.entries()) {
    const shared = open(deps, routed, source, ask, tries[index])
    if (shared.ok) return shared
    refused = shared
  }
  if (!refused) throw new Error('all calls that are asked for are tried first')
  return refused
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

/** The tokens of the input as counted, as their bytes where counting failed; undefined where the window bounds them alone. */
async function countInput(deps: HoldDeps, { body, facts: { input } }: Routed): Promise<number | undefined> {
  if (!input) return undefined
  const counted = await deps.tokens.countAtMost(body)
  return input.fixedTokensMax + Math.min(counted ?? input.textBytes, input.textBytes)
}

/**
 * What the request may cost with no more than `inputTokensMax` tokens in the body (the window, where undefined) and so many
 * calls of tools, whose results were counted for all.
 */
function askFor(routed: Routed, inputTokensMax: number | undefined, calls = routed.facts.toolCallsMax): Ask {
  const { facts, price } = routed
  const left = facts.hosted.places.has('web_search') ? facts.toolCallsMax - calls : 0
  const modelMax = price.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS
  const window = price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const inputTokens =
    inputTokensMax === undefined
      ? window
      : inputTokensMax + routed.referencedTokens - left * WEB_SEARCH_TOKENS_PER_CALL_MAX
  const bounds = {
    ...toolBounds(routed, calls),
    inputTokensMax: inputTokens,
    extraOutputTokensMax: facts.extraOutputTokensMax,
    choices: facts.choices,
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
function toolBounds({ facts: { hosted, inputImages }, toolTerms }: Routed, calls: number) {
  const callsOf = (tool: HostedTool) => (hosted.places.has(tool) ? calls : 0)
  const { isPreviewSearch, imageTool } = toolTerms
  return {
    webSearchCallsMax: callsOf('web_search'),
    isPreviewSearch,
    fileSearchCallsMax: callsOf('file_search'),
    codeInterpreterSessionsMax: callsOf('code_interpreter'),
    imageTool: imageTool && {
      // Each call may be given what those before it have made.
      terms:
        inputImages === undefined ? imageTool : givenAtMost(imageTool, inputImages + Math.max(0, calls - 1)),
      callsMax: callsOf('image_generation'),
    },
  }
}

function open(
  deps: Pick<StageDeps, 'accounts'>,
  routed: Reserved,
  source: FundingSource,
  ask: HoldAsk,
  calls = routed.facts.toolCallsMax,
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
    isAnsweredWhole: !routed.facts.isStream,
  })
  if (!opened.ok) return opened
  const { outputTokensGranted } = opened.value
  const limit =
    outputTokensGranted < ask.outputTokensMax
      ? outputLimitSplices(routed.endpoint.dialect, routed.scan, routed.body, outputTokensGranted)
      : []
  const edits =
    calls < routed.facts.toolCallsMax ? withCallLimit(routed.scan, routed.edits, calls) : routed.edits
  const splices = limit.length === 0 ? edits : [...edits, ...limit]
  const upstreamBody = applySplices(routed.body, splices)
  const held = routed as Filling<Reserved, Omit<Held, keyof Reserved>>
  held.hold = opened.value
  held.splices = splices
  held.upstreamBody = upstreamBody
  return ok(held)
}
