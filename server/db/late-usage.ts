// Sums of usage follow behind the present. A request that arrived before the point that they have reached, and ends only now,
// is added to them with its row, in the same transaction.
import type { Database } from 'better-sqlite3'
import type { UsageRow } from '../../contract/usage.ts'
import type { NanoUsd } from '../ledger/money.ts'
import { ADD_LATE_TO_ITS_DAY, COUNTS } from './daily-usage.ts'
import { type SettlementColumn, settlementPlace, type Value } from './packed-commands.ts'
import { toFlag } from './usage-statements.ts'

const ADD_TO_QUARTER = `
  INSERT INTO usage_rollups
    (level, start_ms, model, endpoint, status, reason, is_demo, source, requests, ${COUNTS.join(', ')})
  VALUES
    (0, @created_at - @created_at % 900000, @model, @endpoint, @status, @reason, @is_demo, @source, 1,
     ${COUNTS.map((name) => `@${name}`).join(', ')})
  ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests, ${COUNTS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`

interface Progress {
  readonly rolledUntil: number
  readonly daysUntil: number
}

export interface LateUsage {
  /** To be called in each transaction before the first row: how far the sums have come. */
  look(): void
  /** Adds a row, which is being written now, to those sums that have passed it. Its values are asked for only then. */
  add(createdAt: number, valuesOf: () => LateValues): void
}

/** By the names of the columns of usage. */
export type LateValues = Readonly<Record<string, Value>>

export function createLateUsage(raw: Database): LateUsage {
  const progress = raw.prepare<[], Progress>(
    'SELECT rolled_until AS rolledUntil, days_until AS daysUntil FROM usage_progress WHERE id = 0',
  )
  const addToQuarter = raw.prepare(ADD_TO_QUARTER)
  const addToDay = ADD_LATE_TO_ITS_DAY.map((sql) => raw.prepare(sql))
  let { rolledUntil, daysUntil }: Progress = { rolledUntil: 0, daysUntil: 0 }

  return {
    look() {
      const found = progress.get()
      if (!found) throw new Error('How far the sums of usage have come is not known.')
      rolledUntil = found.rolledUntil
      daysUntil = found.daysUntil
    },
    add(createdAt, valuesOf) {
      if (createdAt >= rolledUntil && createdAt >= daysUntil) return
      const values = valuesOf()
      if (createdAt < rolledUntil) addToQuarter.run(values)
      if (createdAt < daysUntil) for (const statement of addToDay) statement.run(values)
    },
  }
}

const SETTLED = [
  'created_at',
  'user_id',
  'key_id',
  'endpoint',
  'status',
  'reason',
  'is_demo',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'web_search_calls',
  'duration_ms',
  'first_token_ms',
] as const

export function settledValues(settlement: readonly Value[]): LateValues {
  const of = (name: SettlementColumn): Value => settlement[settlementPlace(name)] ?? null
  const source = of('plan_subscription_id') === null ? 'balance' : 'plan'
  return {
    ...Object.fromEntries(SETTLED.map((name) => [name, of(name)])),
    model: of('usage_model'),
    cost_nano_usd: of('amount_nano_usd'),
    source,
  }
}

export const usageValues = (row: UsageRow, costNanoUsd: NanoUsd): LateValues => ({
  created_at: row.createdAt,
  user_id: row.userId,
  key_id: row.keyId,
  model: row.model,
  endpoint: row.endpoint,
  status: row.status,
  reason: row.reason,
  is_demo: toFlag(row.isDemo),
  source: row.source,
  input_tokens: row.inputTokens,
  cached_input_tokens: row.cachedInputTokens,
  cache_write_tokens: row.cacheWriteTokens,
  output_tokens: row.outputTokens,
  reasoning_tokens: row.reasoningTokens,
  web_search_calls: row.webSearchCalls,
  cost_nano_usd: costNanoUsd,
  duration_ms: row.durationMs,
  first_token_ms: row.firstTokenMs,
})
