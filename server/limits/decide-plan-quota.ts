// How the quotas of a plan stand, and what they allow a request. Pure, and the one source of these numbers: what a screen
// shows as left is what the next hold is decided by.
import type { PlanMetric, PlanQuota, PlanWindow } from '../../contract/plans.ts'
import type { Bound } from '../ledger/bound.ts'
import { formatUsd } from '../ledger/money.ts'
import type { PlanWindows } from './decide-plan-window.ts'

interface Counted {
  readonly nanoUsd: number
  readonly tokens: number
  readonly requests: number
}

/** What was used by requests that have ended, and is held by those that run, in the windows that are open now. */
export type PlanCounts = Readonly<Record<PlanWindow, { readonly used: Counted; readonly held: Counted }>>

export interface QuotaState extends PlanQuota {
  readonly used: number
  readonly held: number
  /** Negative where the quota was lowered under what is used by now. */
  readonly left: number
  /** Unix milliseconds. */
  readonly resetsAt: number
}

const countOf = (counted: Counted, metric: PlanMetric): number => {
  switch (metric) {
    case 'money':
      return counted.nanoUsd
    case 'tokens':
      return counted.tokens
    case 'requests':
      return counted.requests
  }
}

export const quotaStates = (
  quotas: readonly PlanQuota[],
  counts: PlanCounts,
  windows: PlanWindows,
): QuotaState[] =>
  quotas.map(({ window, metric, value }) => {
    const used = countOf(counts[window].used, metric)
    const held = countOf(counts[window].held, metric)
    return { window, metric, value, used, held, left: value - used - held, resetsAt: windows[window].endMs }
  })

/** One bound for each quota of the plan of this name. */
export const planBounds = (plan: string, states: readonly QuotaState[]): Bound[] =>
  states.map(({ window, metric, value, held, left, resetsAt }) => ({
    metric,
    available: left,
    held,
    freesAt: resetsAt,
    about: {
      cause: CAUSES[metric],
      scope: 'plan',
      plan,
      window,
      metric,
      quota: metric === 'money' ? formatUsd(value, 'down') : value,
    },
  }))

const CAUSES = { money: 'plan_money', tokens: 'plan_tokens', requests: 'plan_requests' } as const

/** Whether not even the smallest request can be carried, now that open holds count as used. */
export const isUsedUp = (bounds: readonly Bound[]): boolean => bounds.some(({ available }) => available <= 0)
