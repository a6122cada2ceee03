// The words and shapes of plans and of code batches that several parts of the screen share.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { PlanMetric, PlanWindow } from '../../../../contract/plans.ts'
import type { Status } from '../../../kit/shape.tsx'

export type PlanRow = CallOutput<'plans.list'>['rows'][number]
export type BatchRow = CallOutput<'codes.list'>['rows'][number]
export type CodeRow = CallOutput<'codes.listCodes'>['rows'][number]

export const WINDOWS = ['day', 'week', 'month'] as const satisfies readonly PlanWindow[]
export const METRICS = ['money', 'tokens', 'requests'] as const satisfies readonly PlanMetric[]

export type PlanState = 'offered' | 'granted' | 'archived'
export const planState = ({ archivedAt, isForSale }: PlanRow): PlanState => {
  if (archivedAt !== null) return 'archived'
  return isForSale ? 'offered' : 'granted'
}
export const PLAN_SHAPE: Readonly<Record<PlanState, Status>> = {
  offered: 'ok',
  granted: 'info',
  archived: 'off',
}

export type BatchState = 'active' | 'used' | 'expired' | 'disabled'
export function batchState(batch: BatchRow, nowMs: number): BatchState {
  if (batch.disabledAt !== null) return 'disabled'
  if (batch.redeemed + batch.disabled >= batch.count) return 'used'
  return batch.expiresAt !== null && batch.expiresAt <= nowMs ? 'expired' : 'active'
}
export const BATCH_SHAPE: Readonly<Record<BatchState, Status>> = {
  active: 'ok',
  used: 'off',
  expired: 'off',
  disabled: 'off',
}
export const CODE_SHAPE: Readonly<Record<CodeRow['status'], Status>> = {
  unused: 'ok',
  redeemed: 'info',
  disabled: 'off',
  expired: 'off',
}

/** One code a line under a head, as spreadsheets and mail merges read it. Codes are letters, digits and dashes: nothing to quote. */
export const codesCsv = (codes: readonly string[]): string => ['code', ...codes, ''].join('\r\n')
