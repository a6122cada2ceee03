// The two commands that every request brings, as bare rows of values: names of properties would be the most of what a record of
// the redo log holds, and values in the order of a statement need no further handling where they are written.
import { spendingValues } from './spending-statements.ts'
import { toFlag } from './usage-statements.ts'
import type {
  HoldAndSettleCommand,
  HoldCommand,
  OtherCommand,
  SettleCommand,
  WriteCommand,
} from './write-command.ts'

export type Value = string | number | null

export const HOLD_COLUMNS = [
  'created_at',
  'user_id',
  'request_id',
  'key_id',
  'model',
  'price_id',
  'held_nano_usd',
  'plan_subscription_id',
] as const

/** What a charge and a usage row have in common has one place, under the name of the column. */
export const SETTLEMENT_COLUMNS = [
  'request_id',
  'user_id',
  'plan_subscription_id',
  'hold_nano_usd',
  'amount_nano_usd',
  'write_off_nano_usd',
  'settled_at',
  'created_at',
  'key_id',
  'endpoint',
  'model',
  /** The name that the client used, which may be an alias. */
  'usage_model',
  'price_id',
  'multiplier_ppm',
  'model_multiplier_ppm',
  'reason',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'web_search_calls',
  'reported_usage',
  'is_flagged',
  'is_demo',
  'upstream_response_id',
  'service_tier',
  'priced_tier',
  'further_usage',
  'upstream',
  'status',
  'error_code',
  'duration_ms',
  'first_token_ms',
  'stream',
] as const

type HoldColumn = (typeof HOLD_COLUMNS)[number]
export type SettlementColumn = (typeof SETTLEMENT_COLUMNS)[number]

/** The values of a hold in their order. */
export interface PackedHold {
  readonly hold: readonly Value[]
}
/** Those of a settlement, and behind them those of each spending counter that it adds to. */
export interface PackedSettle {
  readonly settle: readonly Value[]
  /** Whether it brings its hold along, of which it has every value. */
  readonly hasHold: boolean
}
export type PackedCommand = PackedHold | PackedSettle | OtherCommand

export function pack(command: WriteCommand): PackedCommand {
  if (command.kind === 'hold') return { hold: holdValues(command) }
  if (command.kind === 'settle' || command.kind === 'hold_and_settle')
    return { settle: settlementValues(command), hasHold: command.kind === 'hold_and_settle' }
  return command
}

export function commandName(command: PackedCommand): WriteCommand['kind'] {
  if ('kind' in command) return command.kind
  if ('hold' in command) return 'hold'
  return command.hasHold ? 'hold_and_settle' : 'settle'
}

/** Of the request that it belongs to, where it belongs to one. */
export function requestIdOf(command: PackedCommand): string | undefined {
  if (!('kind' in command)) {
    return String(
      'hold' in command
        ? command.hold[holdPlace('request_id')]
        : command.settle[settlementPlace('request_id')],
    )
  }
  if (command.kind === 'release') return command.hold.requestId
  if (command.kind === 'balance_change') return command.requestId
  return command.kind === 'usage' ? command.usage.requestId : undefined
}

const HOLD_PLACES = new Map<string, number>(HOLD_COLUMNS.map((name, place) => [name, place]))
const SETTLEMENT_PLACES = new Map<string, number>(SETTLEMENT_COLUMNS.map((name, place) => [name, place]))

export const holdPlace = (name: HoldColumn): number => HOLD_PLACES.get(name) ?? -1
export const settlementPlace = (name: SettlementColumn): number => SETTLEMENT_PLACES.get(name) ?? -1

const holdValues = ({ hold }: HoldCommand): readonly Value[] => [
  hold.createdAt,
  hold.userId,
  hold.requestId,
  hold.keyId,
  hold.model,
  hold.priceId,
  hold.amountNanoUsd,
  hold.planSubscriptionId,
]

function settlementValues(command: SettleCommand | HoldAndSettleCommand): readonly Value[] {
  const { hold, charge, usage, spending, createdAt } = command
  const values: Value[] = [
    hold.requestId,
    hold.userId,
    hold.planSubscriptionId,
    hold.amountNanoUsd,
    charge.amountNanoUsd,
    charge.writeOffNanoUsd,
    createdAt,
    usage.createdAt,
    hold.keyId,
    usage.endpoint,
    hold.model,
    usage.model,
    hold.priceId,
    charge.multiplierPpm,
    charge.modelMultiplierPpm ?? 1_000_000,
    charge.reason,
    usage.inputTokens,
    usage.cachedInputTokens,
    usage.cacheWriteTokens,
    usage.outputTokens,
    usage.reasoningTokens,
    usage.webSearchCalls,
    charge.reportedUsage,
    toFlag(charge.isFlagged),
    toFlag(usage.isDemo),
    charge.upstreamResponseId,
    charge.serviceTier,
    charge.pricedTier,
    charge.furtherUsage && JSON.stringify(charge.furtherUsage),
    usage.upstream,
    usage.status,
    usage.errorCode,
    usage.durationMs,
    usage.firstTokenMs,
    toFlag(usage.stream),
  ]
  // Pushed, they would make it grow by half as many again.
  return values.concat(...spending.map(spendingValues))
}
