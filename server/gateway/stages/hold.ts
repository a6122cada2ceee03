// Takes the hold: the most that a request can cost, at the price that it will be charged at. Bytes bound the input for
// free and may grant the whole; where that is too much, the tokens are counted before the output limit is lowered to what
// the account can bear, or the request refused.

import type { Refusal } from '../../../contract/errors.ts'
import {
  DEFAULT_CONTEXT_WINDOW_TOKENS,
  DEFAULT_MAX_OUTPUT_TOKENS,
  DEFAULT_OUTPUT_FLOOR_TOKENS,
  DEFAULT_REASONING_OUTPUT_FLOOR_TOKENS,
} from '../../../contract/price.ts'
import { ok, type Result } from '../../../contract/result.ts'
import type { HoldAsk } from '../../ledger/hold.ts'
import { quoteFor } from '../../ledger/quote.ts'
import { reachableTiers } from '../../ledger/service-tier.ts'
import type { StageDeps } from '../deps.ts'
import { applySplices } from '../json-scan.ts'
import { outputLimitSplices } from '../output-limit.ts'
import type { Held, Reserved, Routed } from '../request.ts'

type HoldDeps = Pick<StageDeps, 'accounts' | 'settings' | 'tokens'>

export async function hold(deps: HoldDeps, routed: Reserved): Promise<Result<Held, Refusal>> {
  const { input } = routed.facts
  const byBytes = askFor(routed, input && input.fixedTokensMax + input.textBytes)
  const whole = open(deps, routed, { ...byBytes, shareParts: undefined })
  if (whole.ok) return whole
  const counted = input && (await deps.tokens.countAtMost(routed.body))
  const byTokens =
    input && counted !== undefined
      ? askFor(routed, input.fixedTokensMax + Math.min(counted, input.textBytes))
      : byBytes
  const shareParts = routed.facts.isOutputLimitable ? deps.settings.current().holdShareParts : undefined
  return open(deps, routed, { ...byTokens, shareParts })
}

/** What the request may cost with no more than `inputTokensMax` tokens in the body (the window, where undefined). */
function askFor(routed: Routed, inputTokensMax: number | undefined): Omit<HoldAsk, 'shareParts'> {
  const { facts, price } = routed
  const modelMax = price.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS
  const window = price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const inputTokens = inputTokensMax === undefined ? window : inputTokensMax + routed.referencedTokens
  const bounds = {
    inputTokensMax: inputTokens,
    extraOutputTokensMax: facts.extraOutputTokensMax,
    choices: facts.choices,
    webSearchCallsMax: facts.webSearchCallsMax,
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
  }
}

function open(deps: Pick<StageDeps, 'accounts'>, routed: Reserved, ask: HoldAsk): Result<Held, Refusal> {
  const opened = deps.accounts.openHold({
    requestId: routed.requestId,
    userId: routed.key.userId,
    keyId: routed.key.keyId,
    keyFamily: { id: routed.key.familyId, caps: routed.key.caps },
    model: routed.model,
    priceId: routed.price.id,
    createdAt: routed.receivedAt,
    ask,
  })
  if (!opened.ok) return opened
  const { outputTokensGranted } = opened.value
  const limit =
    outputTokensGranted < ask.outputTokensMax
      ? outputLimitSplices(routed.endpoint.dialect, routed.scan, routed.body, outputTokensGranted)
      : []
  return ok({
    ...routed,
    hold: opened.value,
    upstreamBody: applySplices(routed.body, [...routed.edits, ...limit]),
  })
}
