// The seven limits that one subject can have, and how a form of them becomes the list that is sent.
import type { LimitEntry, LimitMetric, LimitScope, LimitWindow } from '../../../../contract/limits.ts'

export const LIMITS = [
  ['requests', 'minute'],
  ['requests', 'hour'],
  ['requests', 'day'],
  ['tokens', 'minute'],
  ['tokens', 'hour'],
  ['tokens', 'day'],
  ['concurrent', null],
] as const satisfies readonly (readonly [LimitMetric, LimitWindow | null])[]

export type LimitName =
  | 'requests_minute'
  | 'requests_hour'
  | 'requests_day'
  | 'tokens_minute'
  | 'tokens_hour'
  | 'tokens_day'
  | 'concurrent'
export const limitName = (metric: LimitMetric, window: LimitWindow | null): LimitName =>
  // One of the seven: a window is left out exactly where the metric is `concurrent`.
  (window === null ? metric : `${metric}_${window}`) as LimitName

/** `inherited`: from a less specific rule; `lifted`: none, whatever a less specific rule says; `at_most`: this many. */
export type LimitHow = 'inherited' | 'lifted' | 'at_most'
export interface TypedLimit {
  readonly how: LimitHow
  readonly value: number | undefined
}
export type TypedLimits = Readonly<Partial<Record<LimitName, TypedLimit>>>

export function toTyped(rules: readonly LimitEntry[]): TypedLimits {
  return Object.fromEntries(
    rules.map(({ metric, window, value }) => [
      limitName(metric, window),
      value === null ? { how: 'lifted', value: undefined } : { how: 'at_most', value },
    ]),
  )
}

export function toRules(typed: TypedLimits): LimitEntry[] {
  return LIMITS.flatMap(([metric, window]) => {
    const { how, value } = typed[limitName(metric, window)] ?? { how: 'inherited', value: undefined }
    if (how === 'inherited') return []
    return [{ metric, window, value: how === 'lifted' ? null : (value ?? 1) }]
  })
}

/** A key only narrows, so none of its limits can lift another one. */
export const waysFor = (scope: LimitScope): readonly LimitHow[] =>
  scope === 'key' ? ['inherited', 'at_most'] : ['inherited', 'lifted', 'at_most']
