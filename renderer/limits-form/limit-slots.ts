// The seven limits that a subject may have of its own, each in one of three states: inherited, a number, or lifted.
import type { CallInput } from '../../contract/catalogue.ts'

export type LimitEntry = CallInput<'limits.update'>['rules'][number]

export const LIMIT_SLOTS = [
  { name: 'requests_minute', metric: 'requests', window: 'minute' },
  { name: 'requests_hour', metric: 'requests', window: 'hour' },
  { name: 'requests_day', metric: 'requests', window: 'day' },
  { name: 'tokens_minute', metric: 'tokens', window: 'minute' },
  { name: 'tokens_hour', metric: 'tokens', window: 'hour' },
  { name: 'tokens_day', metric: 'tokens', window: 'day' },
  { name: 'concurrent', metric: 'concurrent', window: null },
] as const satisfies readonly (Pick<LimitEntry, 'metric' | 'window'> & { readonly name: string })[]

export type LimitSlot = (typeof LIMIT_SLOTS)[number]
export type SlotName = LimitSlot['name']

/** `undefined` is inherited, `null` lifts what a less specific rule sets, and `NaN` is typed and no number. */
export type LimitValues = Readonly<Partial<Record<SlotName, number | null | undefined>>>

export const slotOf = ({ metric, window }: Pick<LimitEntry, 'metric' | 'window'>): LimitSlot | undefined =>
  LIMIT_SLOTS.find((slot) => slot.metric === metric && slot.window === window)

export function toValues(entries: readonly LimitEntry[]): LimitValues {
  const named = entries.flatMap((entry) => {
    const slot = slotOf(entry)
    return slot === undefined ? [] : [[slot.name, entry.value] as const]
  })
  return Object.fromEntries(named)
}

export const toEntries = (values: LimitValues): LimitEntry[] =>
  LIMIT_SLOTS.flatMap(({ name, metric, window }) => {
    const value = values[name]
    return value === undefined ? [] : [{ metric, window, value }]
  })

const VALUE_MAX = 1_000_000_000_000

/** Whether each of them may be sent. */
export const areLimitsSound = (values: LimitValues): boolean =>
  Object.values(values).every(
    (value) =>
      value === undefined || value === null || (Number.isInteger(value) && value >= 1 && value <= VALUE_MAX),
  )
