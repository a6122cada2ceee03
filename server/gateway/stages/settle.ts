// Ends a hold: in a charge by what was measured, or in a release, and says when that is on disk, together with the usage row.
import { DEFAULT_CONTEXT_WINDOW_TOKENS } from '../../../contract/price.ts'
import type { ChargeReason, UsageRow } from '../../../contract/usage.ts'
import { mediaIn } from '../../ledger/media-charge.ts'
import { isAnsweredUnpriced } from '../../ledger/service-tier.ts'
import { countedTokens, decideSettlement } from '../../ledger/settle.ts'
import { isUsual, type TokenUsage } from '../../ledger/token-usage.ts'
import { NO_TOOL_CALLS, type ToolCalls } from '../../ledger/tool-calls.ts'
import type { StageDeps } from '../deps.ts'
import { NOTHING_USED } from '../outcome.ts'
import type { Relayed } from '../relayed.ts'
import type { Held, Identified, Sending } from '../request.ts'

/** Its upstream is missing where nothing was sent. */
type Ended = Held & Partial<Pick<Sending, 'upstream'>>
type SettleDeps = Pick<StageDeps, 'accounts' | 'clock' | 'logger'>

export interface Settled {
  /** What stands for this request from now on. */
  readonly row: UsageRow
  /** What it counts in limits. */
  readonly tokens: number
  /** Resolves when it is on disk. */
  readonly landed: Promise<void>
}

export function settle(deps: SettleDeps, held: Ended, relayed: Relayed): Settled {
  const { measured } = relayed
  const decision = decideSettlement({
    ending: relayed.ending,
    reported: measured.reported,
    rawReported: measured.rawReported,
    estimated: measured.estimated,
    requestBytes: held.body.length,
    relayedTextBytes: measured.textBytes,
    unseenInputTokens: unseenTokensOf(held),
    holdNanoUsd: held.hold.amountNanoUsd,
    availableBeyondHoldNanoUsd: deps.accounts.availableBeyond(held.hold),
    rates: held.price,
    multiplierPpm: held.multiplierPpm,
    modelMultiplierPpm: held.modelMultiplierPpm,
    serviceTier: measured.serviceTier,
    askedServiceTier: held.facts.serviceTier,
    upstreamResponseId: measured.responseId,
    choices: held.facts.choices,
    toolCalls: toolCallsOf(held, relayed),
    toolTerms: held.toolTerms,
  })
  if (isAnsweredUnpriced(held.price, measured.serviceTier)) {
    const { requestId, model } = held
    deps.logger.warn(
      { event: 'unpriced_service_tier', requestId, model, serviceTier: measured.serviceTier },
      'an answer came in a tier of service that has no price; it is charged at the tiers that were reckoned with',
    )
  }
  const costNanoUsd = decision.kind === 'charge' ? decision.charge.amountNanoUsd : 0
  const reason = decision.kind === 'charge' ? decision.charge.reason : decision.reason
  const row = usageRowOf(deps, held, relayed, decision.usage, costNanoUsd, reason)
  const landed =
    decision.kind === 'charge'
      ? deps.accounts.settle(held.hold, decision.charge, row)
      : deps.accounts.release(held.hold, row)
  const isFlagged = decision.kind === 'charge' && decision.charge.isFlagged
  return { row, tokens: countedTokens({ isFlagged }, row, held.hold.tokens), landed }
}

/** What its hold reckoned with beside its bytes. A text that stands elsewhere may be as long as the window. */
const unseenTokensOf = ({ facts, price, referencedTokens }: Ended): number =>
  facts.hidesText ? (price.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS) : referencedTokens

/** Where an answer says nothing of its searches, each one that was begun has those that are known to be made. */
function toolCallsOf({ facts }: Ended, { ending, measured }: Relayed): ToolCalls {
  if (facts.searchesFixed === 0) return measured.tools.calls()
  const hasAnswered = ending !== 'upstream_failed' || measured.reported || measured.textBytes > 0
  return hasAnswered ? { ...NO_TOOL_CALLS, webSearchCalls: facts.searchesFixed } : NO_TOOL_CALLS
}

function usageRowOf(
  deps: Pick<StageDeps, 'clock'>,
  held: Ended,
  relayed: Relayed,
  usage: TokenUsage,
  costNanoUsd: number,
  reason: ChargeReason,
): UsageRow {
  const { firstByteMonoMs } = relayed
  const row = {
    requestId: held.requestId,
    createdAt: held.receivedAt,
    userId: held.key.userId,
    keyId: held.key.keyId,
    endpoint: held.endpoint.name,
    model: held.facts.model,
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.cachedInputTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    outputTokens: usage.outputTokens,
    reasoningTokens: usage.reasoningTokens,
    webSearchCalls: usage.webSearchCalls,
    costNanoUsd,
    status: relayed.status,
    errorCode: relayed.errorCode,
    reason,
    durationMs: Math.round(deps.clock.monotonicMs() - held.startedMonoMs),
    firstTokenMs: firstByteMonoMs === undefined ? null : Math.round(firstByteMonoMs - held.startedMonoMs),
    stream: held.facts.isStream,
    isDemo: (held.upstream ?? held.candidates[0])?.isDemo ?? false,
    source: held.hold.planSubscriptionId === null ? 'balance' : 'plan',
    planSubscriptionId: held.hold.planSubscriptionId,
    upstream: held.upstream?.name ?? null,
  } satisfies UsageRow
  // Few have anything that is not counted in tokens.
  const media = isUsual(usage) ? undefined : mediaIn(usage)
  return media ? { ...row, media } : row
}

const rowStart = (request: Identified) => ({
  requestId: request.requestId,
  createdAt: request.receivedAt,
  userId: request.key.userId,
  keyId: request.key.keyId,
  endpoint: request.endpoint.name,
})

/** The row of a request that was refused before it had a hold. */
export function refusedRow(
  deps: Pick<StageDeps, 'clock'>,
  request: Identified,
  refused: {
    readonly code: string
    readonly status: number
    readonly model: string
    readonly isDemo: boolean
  },
): UsageRow {
  return {
    ...rowStart(request),
    ...NOTHING_USED,
    model: refused.model,
    status: refused.status,
    errorCode: refused.code,
    reason: 'refused',
    durationMs: Math.round(deps.clock.monotonicMs() - request.startedMonoMs),
    firstTokenMs: null,
    stream: false,
    isDemo: refused.isDemo,
  }
}
