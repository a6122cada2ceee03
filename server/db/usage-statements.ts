// The statement that writes a usage row which no settlement brings along.
import type { Database } from 'better-sqlite3'
import type { UsageRow } from '../../contract/usage.ts'
import type { NanoUsd } from '../ledger/money.ts'

export const USAGE_COLUMNS: readonly string[] = [
  'request_id',
  'created_at',
  'user_id',
  'key_id',
  'endpoint',
  'model',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'web_search_calls',
  'cost_nano_usd',
  'status',
  'error_code',
  'reason',
  'duration_ms',
  'first_token_ms',
  'stream',
  'is_demo',
  'source',
  'plan_subscription_id',
  'upstream',
]

export const toFlag = (claim: boolean): 0 | 1 => (claim ? 1 : 0)

export function prepareUsage(raw: Database) {
  const usage = raw.prepare(
    `INSERT INTO usage (${USAGE_COLUMNS.join(', ')}) VALUES (${USAGE_COLUMNS.map(() => '?').join(', ')})`,
  )
  return {
    usage(row: UsageRow, costNanoUsd: NanoUsd): void {
      usage.run(
        row.requestId,
        row.createdAt,
        row.userId,
        row.keyId,
        row.endpoint,
        row.model,
        row.inputTokens,
        row.cachedInputTokens,
        row.cacheWriteTokens,
        row.outputTokens,
        row.reasoningTokens,
        row.webSearchCalls,
        costNanoUsd,
        row.status,
        row.errorCode,
        row.reason,
        row.durationMs,
        row.firstTokenMs,
        toFlag(row.stream),
        toFlag(row.isDemo),
        row.source,
        row.planSubscriptionId,
        row.upstream,
      )
    },
  }
}
