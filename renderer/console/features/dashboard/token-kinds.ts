// Tokens by kind. Cached and written tokens are parts of the input, reasoning is a part of the output: here every token is
// counted once.
import type { Dashboard } from '../../gateway-now/use-gateway-now.ts'

export const TOKEN_KINDS = ['input', 'cached', 'cacheWrite', 'output', 'reasoning'] as const
export type TokenKind = (typeof TOKEN_KINDS)[number]

export function tokensByKind(total: Dashboard['series']['total']): Readonly<Record<TokenKind, number>> {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = total
  return {
    input: Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens),
    cached: cachedInputTokens,
    cacheWrite: cacheWriteTokens,
    output: Math.max(0, outputTokens - reasoningTokens),
    reasoning: reasoningTokens,
  }
}
