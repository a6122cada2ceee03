// The published formula for usage that no upstream reported: four bytes to a token, in both directions.
import { NO_USAGE, type TokenUsage } from './token-usage.ts'

/** Close for English, Chinese and code, low for dense JSON; docs/adr/0012 says why it is this simple. */
const BYTES_PER_TOKEN = 4

export interface RelayedBytes {
  /** The size of the request's body. */
  readonly requestBytes: number
  /** The size of the text that the upstream sent: content, reasoning summaries, refusals and tool arguments, in UTF-8. */
  readonly relayedTextBytes: number
  /** What the request refers to without holding it, in tokens; 0 where left out. */
  readonly unseenInputTokens?: number
}

/** One token per four bytes, rounded up, for request and answer each. Where nothing was relayed, nothing was used. */
export const estimateUsage = (relayed: RelayedBytes): TokenUsage =>
  relayed.relayedTextBytes <= 0 ? NO_USAGE : estimateFinishedUsage(relayed)

/**
 * The same for an answer that the upstream brought to its end: it worked, so its input counts even where it said nothing.
 */
export const estimateFinishedUsage = ({
  requestBytes,
  relayedTextBytes,
  unseenInputTokens = 0,
}: RelayedBytes): TokenUsage => ({
  ...NO_USAGE,
  inputTokens: Math.ceil(requestBytes / BYTES_PER_TOKEN) + unseenInputTokens,
  outputTokens: Math.ceil(relayedTextBytes / BYTES_PER_TOKEN),
})
