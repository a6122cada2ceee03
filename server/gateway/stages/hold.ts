// Takes the hold: the most that a request can cost, at the price that it will be charged at. Bytes bound the input for
// free and may grant; where they do not fit into what is available, the tokens are counted before anyone is refused.

import type { Refusal } from '../../../contract/errors.ts'
import { DEFAULT_CONTEXT_WINDOW_TOKENS, DEFAULT_MAX_OUTPUT_TOKENS } from '../../../contract/price.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { NanoUsd } from '../../ledger/money.ts'
import { quoteWorstCase } from '../../ledger/quote.ts'
import type { StageDeps } from '../deps.ts'
import type { Held, Routed } from '../request.ts'

export async function hold(
  deps: Pick<StageDeps, 'accounts' | 'tokens'>,
  routed: Routed,
): Promise<Result<Held, Refusal>> {
  const { input } = routed.facts
  const byBytes = open(deps, routed, quote(routed, input && input.fixedTokensMax + input.textBytes))
  if (byBytes.ok || !input) return byBytes
  const counted = await deps.tokens.countAtMost(routed.body)
  return counted === undefined ? byBytes : open(deps, routed, quote(routed, input.fixedTokensMax + counted))
}

/** The worst case in nano-dollars, with no more than `inputTokensMax` tokens in the body (the window, where undefined). */
function quote(routed: Routed, inputTokensMax: number | undefined): NanoUsd {
  const { facts, price } = routed
  const modelMax = price.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS
  const window = price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  return quoteWorstCase(
    {
      inputTokensMax: inputTokensMax === undefined ? window : inputTokensMax + routed.referencedTokens,
      outputTokensMax: Math.min(facts.outputTokensLimit ?? modelMax, modelMax) + facts.extraOutputTokensMax,
      choices: facts.choices,
      webSearchCallsMax: facts.webSearchCallsMax,
    },
    price,
    routed.multiplierPpm,
  )
}

function open(
  deps: Pick<StageDeps, 'accounts'>,
  routed: Routed,
  amountNanoUsd: NanoUsd,
): Result<Held, Refusal> {
  const opened = deps.accounts.openHold({
    requestId: routed.requestId,
    userId: routed.key.userId,
    keyId: routed.key.keyId,
    amountNanoUsd,
    model: routed.model,
    priceId: routed.price.id,
    createdAt: routed.receivedAt,
  })
  return opened.ok ? ok({ ...routed, hold: opened.value }) : fail(opened.error)
}
