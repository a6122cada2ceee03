// How a request ended: one value for each, from which its log line is written and the counts are kept.
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { ChargeReason, UsageRow } from '../../contract/usage.ts'
import type { Clock } from '../ports.ts'
import type { DrainBound } from './drains.ts'
import type { Arrival } from './request.ts'

/** A usage row as far as one is known: before its key is, a request has neither a user nor a row. */
export interface Outcome extends Omit<UsageRow, 'createdAt' | 'userId' | 'keyId' | 'endpoint' | 'reason'> {
  readonly userId: string | null
  readonly keyId: string | null
  /** Null where the path is none of ours. */
  readonly endpoint: string | null
  readonly reason: ChargeReason | null
  /** The bound that ended the reading on behind a client that had left. */
  readonly drainCutBy?: DrainBound | undefined
}

export const NOTHING_USED = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  webSearchCalls: 0,
  costNanoUsd: 0,
  source: 'balance',
  planSubscriptionId: null,
  upstream: null,
} as const

export function outcomeOfRow(row: UsageRow, drainCutBy?: DrainBound): Outcome {
  return drainCutBy === undefined ? row : { ...row, drainCutBy }
}

export interface Answered {
  readonly status: number
  readonly code: ErrorCode | null
}

/** How a request ended for which there is no usage row. */
export function outcomeWithoutRow(
  deps: { readonly clock: Pick<Clock, 'monotonicMs'> },
  received: Pick<Arrival, 'requestId' | 'startedMonoMs'> & {
    readonly key?: { readonly userId: string; readonly keyId: string }
    readonly endpoint?: { readonly name: string }
  },
  { status, code }: Answered,
): Outcome {
  return {
    ...NOTHING_USED,
    requestId: received.requestId,
    userId: received.key?.userId ?? null,
    keyId: received.key?.keyId ?? null,
    endpoint: received.endpoint?.name ?? null,
    model: '',
    status,
    errorCode: code,
    reason: code === null ? null : 'refused',
    durationMs: Math.round(deps.clock.monotonicMs() - received.startedMonoMs),
    firstTokenMs: null,
    stream: false,
    isDemo: false,
  }
}

export const refusedAs = (code: ErrorCode): Answered => ({ status: ERRORS[code].status, code })
