// Decides how a hold ends: in which charge, for what reason, or in none. Each way in which a request can end has one rule.
import { DEFAULT_CONTEXT_WINDOW_TOKENS, type PriceRates } from '../../contract/price.ts'
import type { ChargeReason } from '../../contract/usage.ts'
import { chargeFor } from './charge.ts'
import { estimateFinishedUsage, estimateUsage } from './estimate.ts'
import { type NanoUsd, ONE_MILLION, type PartsPerMillion, sumNanoUsd } from './money.ts'
import type { ReportedUsage } from './reported-usage.ts'
import { chargedTiers, type PricedTier } from './service-tier.ts'
import { type FurtherUsage, furtherUsageOf, isAbsurd, NO_USAGE, type TokenUsage } from './token-usage.ts'
import { NO_TOOL_CALLS, type ToolCalls, type ToolTerms, withToolCalls } from './tool-calls.ts'

/**
 * How a request that had a hold came to its end.
 * - `finished`: the upstream brought its answer to the end, and the client received it.
 * - `client_left`: the client hung up, and the upstream was read to its end.
 * - `drain_cut`: the client hung up, and reading on came to its bound before the upstream's end.
 * - `upstream_failed`: the upstream broke off, or never answered.
 * - `upstream_refused`: the upstream answered with an error instead of a response.
 * - `unsent`: the client hung up, or lost access, before anything was sent.
 */
export type Ending =
  | 'finished'
  | 'client_left'
  | 'drain_cut'
  | 'upstream_failed'
  | 'upstream_refused'
  | 'unsent'

export interface SettlementInput {
  readonly ending: Ending
  /** What the upstream reported; undefined where it reported nothing. */
  readonly reported: ReportedUsage | undefined
  /** The report as JSON, kept on the charge. */
  readonly rawReported: string | null
  /** What is taken for the usage where none was reported; left out, the published formula says. */
  readonly estimated?: TokenUsage | undefined
  readonly requestBytes: number
  readonly relayedTextBytes: number
  /** Input that the request brings along without holding it, as the hold reckoned with it; 0 where left out. */
  readonly unseenInputTokens?: number
  readonly holdNanoUsd: NanoUsd
  /** What the account has available while this hold is still open. */
  readonly availableBeyondHoldNanoUsd: NanoUsd
  readonly rates: PriceRates
  readonly multiplierPpm: PartsPerMillion
  /** That of the model, beside the one of the settings; 1,000,000 where left out. */
  readonly modelMultiplierPpm?: PartsPerMillion
  /** The tier that the answer names, as it names it; null where it names none. */
  readonly serviceTier: string | null
  /** The tier that the request asked for; left out, the standard one. */
  readonly askedServiceTier?: PricedTier
  readonly upstreamResponseId: string | null
  /** The request's `n`; 1 where left out. */
  readonly choices?: number
  /** Calls of hosted tools that were seen in the answer; none where left out. */
  readonly toolCalls?: ToolCalls
  readonly toolTerms?: ToolTerms
}

/** A charge as it is kept for ever: enough to explain and to compute it again. */
export interface Charge {
  readonly amountNanoUsd: NanoUsd
  /** What the upstream's usage came to beyond what the account could bear; the operator's loss. */
  readonly writeOffNanoUsd: NanoUsd
  readonly reason: ChargeReason
  readonly multiplierPpm: PartsPerMillion
  /** That of the model; both were applied. 1,000,000 where left out. */
  readonly modelMultiplierPpm?: PartsPerMillion
  /** Usage as the upstream reported it, JSON, or null where it reported none. */
  readonly reportedUsage: string | null
  /** Whether the reported usage could not be true and was bounded by the hold. */
  readonly isFlagged: boolean
  readonly upstreamResponseId: string | null
  readonly serviceTier: string | null
  /** The tier whose rates were charged: what the answer names may have no price, and it may name none. */
  readonly pricedTier: PricedTier
  /** What was used beyond the counts that every usage row has; null for nothing. */
  readonly furtherUsage: FurtherUsage | null
}

/** What a charge counts in the quotas of a plan and in limits: usage that cannot be true, at most what the hold reckoned with. */
export const countedTokens = (
  { isFlagged }: Pick<Charge, 'isFlagged'>,
  { inputTokens, outputTokens }: Pick<TokenUsage, 'inputTokens' | 'outputTokens'>,
  heldTokens: number,
): number => (isFlagged ? Math.min(inputTokens + outputTokens, heldTokens) : inputTokens + outputTokens)

export type SettlementDecision =
  | { readonly kind: 'charge'; readonly charge: Charge; readonly usage: TokenUsage }
  | { readonly kind: 'release'; readonly reason: ChargeReason; readonly usage: TokenUsage }

/** What a request owes, before asking what the account can bear. */
interface Due {
  readonly amountNanoUsd: NanoUsd
  readonly reason: ChargeReason
  readonly isFlagged: boolean
  readonly usage: TokenUsage
  readonly pricedTier: PricedTier
}

/**
 * The end of a hold. Usage that can be true is charged exactly; everything else is charged at most the hold. Of what is
 * due, the account pays what keeps its balance at or above its credit limit, and the rest is the operator's write-off.
 */
export function decideSettlement(input: SettlementInput): SettlementDecision {
  const due = dueFor(input)
  if (due === undefined) {
    const reason = input.ending === 'unsent' ? 'client_left' : 'upstream_failed'
    return { kind: 'release', reason, usage: NO_USAGE }
  }

  // Negative availability (a credit limit that was lowered meanwhile) eats into the hold: the limit is never passed.
  const bearable = Math.max(0, sumNanoUsd(input.holdNanoUsd, input.availableBeyondHoldNanoUsd))
  const amountNanoUsd = Math.min(due.amountNanoUsd, bearable)
  return {
    kind: 'charge',
    usage: due.usage,
    charge: {
      amountNanoUsd,
      writeOffNanoUsd: due.amountNanoUsd - amountNanoUsd,
      reason: due.reason,
      multiplierPpm: input.multiplierPpm,
      modelMultiplierPpm: input.modelMultiplierPpm ?? ONE_MILLION,
      reportedUsage: input.rawReported,
      isFlagged: due.isFlagged,
      upstreamResponseId: input.upstreamResponseId,
      serviceTier: input.serviceTier,
      pricedTier: due.pricedTier,
      furtherUsage: furtherUsageOf(due.usage),
    },
  }
}

/** Undefined where nothing is owed because nothing was answered. */
function dueFor(input: SettlementInput): Due | undefined {
  const { ending, reported } = input
  if (ending === 'upstream_refused' || ending === 'unsent') return undefined
  if (ending === 'drain_cut') return dueForCutDrain(input)
  if (reported) return dueForReport(input, reported)
  if (ending === 'upstream_failed' && input.relayedTextBytes <= 0 && !hasCalls(input)) return undefined
  return dueForEstimate(input)
}

/** The whole hold: what the upstream went on to do is unknown, and hidden reasoning is not free for hanging up. */
function dueForCutDrain(input: SettlementInput): Due {
  const usage = input.reported ? withTools(input.reported, input) : estimateOf(input)
  const { pricedTier } = priceOf(usage, input)
  return { amountNanoUsd: input.holdNanoUsd, reason: 'estimated', isFlagged: false, usage, pricedTier }
}

function dueForReport(input: SettlementInput, reported: ReportedUsage): Due {
  const { holdNanoUsd, rates } = input
  const reason = REASON_OF_REPORT[input.ending]
  const withCalls = withTools(reported, input)
  const isToolImplausible = withCalls.imageTool !== undefined && input.toolCalls?.isImageImplausible === true
  const isDoubted = reported.isImplausible || isToolImplausible
  if (!isDoubted && !isAbsurd(withCalls, rates, input.choices)) {
    const { amountNanoUsd, pricedTier } = priceOf(withCalls, input)
    return { amountNanoUsd, pricedTier, reason, isFlagged: false, usage: withCalls }
  }
  const usage = reported.isImplausible ? withoutHoles(withCalls, estimateOf(input)) : withCalls
  return { ...atMost(holdNanoUsd, priceOf(usage, input)), reason, isFlagged: true, usage }
}

function dueForEstimate(input: SettlementInput): Due {
  const usage = estimateOf(input)
  return {
    ...atMost(input.holdNanoUsd, priceOf(usage, input)),
    reason: input.ending === 'upstream_failed' ? 'upstream_failed' : 'estimated',
    isFlagged: false,
    usage,
  }
}

type Price = Pick<Due, 'amountNanoUsd' | 'pricedTier'>

const atMost = (boundNanoUsd: NanoUsd, { amountNanoUsd, pricedTier }: Price): Price => ({
  amountNanoUsd: Math.min(amountNanoUsd, boundNanoUsd),
  pricedTier,
})

/** In the tier that the answer came in. Where that has no price, in the dearest that the hold reckoned with. */
function priceOf(usage: TokenUsage, input: SettlementInput): Price {
  const tiers = chargedTiers(input.rates, input.askedServiceTier ?? 'default', input.serviceTier)
  const { rates, multiplierPpm, modelMultiplierPpm } = input
  let dearest: Price = { amountNanoUsd: -1, pricedTier: 'default' }
  for (const pricedTier of tiers) {
    const amountNanoUsd = chargeFor(usage, rates, multiplierPpm, pricedTier, modelMultiplierPpm)
    if (amountNanoUsd > dearest.amountNanoUsd) dearest = { amountNanoUsd, pricedTier }
  }
  return dearest
}

const REASON_OF_REPORT = {
  finished: 'completed',
  client_left: 'client_left',
  drain_cut: 'estimated',
  upstream_failed: 'upstream_failed',
  upstream_refused: 'upstream_failed',
  unsent: 'client_left',
} as const satisfies Record<Ending, ChargeReason>

/** A report that cannot be true may have lost a total altogether (a negative one reads as zero): the estimate fills it. */
const withoutHoles = (usage: TokenUsage, estimate: TokenUsage): TokenUsage => ({
  ...usage,
  inputTokens: usage.inputTokens || estimate.inputTokens,
  outputTokens: usage.outputTokens || estimate.outputTokens,
})

/** The published formula; a body with images in it is no reason to estimate more input than the model can take. */
function estimateOf(input: SettlementInput): TokenUsage {
  if (input.estimated) return input.estimated
  const estimate = input.ending === 'upstream_failed' ? estimateUsage(input) : estimateFinishedUsage(input)
  const windowTokens = input.rates.contextWindowTokens ?? DEFAULT_CONTEXT_WINDOW_TOKENS
  const usage = { ...estimate, inputTokens: Math.min(estimate.inputTokens, windowTokens) }
  return withTools({ usage, isImplausible: false }, input)
}

const NO_TERMS: ToolTerms = { isPreviewSearch: false, imageTool: undefined }

const withTools = (
  { usage, areSearchesReported = false }: ReportedUsage,
  input: SettlementInput,
): TokenUsage =>
  input.toolCalls
    ? withToolCalls(usage, input.toolCalls, input.toolTerms ?? NO_TERMS, areSearchesReported)
    : usage

/** An upstream that has run a tool has something to bill, whether or not a word of its answer came. */
function hasCalls({ toolCalls = NO_TOOL_CALLS }: SettlementInput): boolean {
  const { webSearchCalls, fileSearchCalls, codeInterpreterSessions, imageCalls } = toolCalls
  return webSearchCalls + fileSearchCalls + codeInterpreterSessions + imageCalls > 0
}
