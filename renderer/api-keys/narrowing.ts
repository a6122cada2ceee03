// What narrows a key, between the contract and the form.
import type { CallInput } from '../../contract/catalogue.ts'
import { areLimitsSound, type LimitValues, toEntries, toValues } from '../limits-form/limit-slots.ts'
import type { KeyRow } from './key-status.ts'

/** A cap that is typed and is no amount is `NaN`; `undefined` is none. */
export interface Narrowing {
  /** One name a line; empty for every model. */
  readonly models: string
  readonly day: number | undefined
  readonly month: number | undefined
  readonly total: number | undefined
  readonly limits: LimitValues
}

export const NOT_NARROWED: Narrowing = {
  models: '',
  day: undefined,
  month: undefined,
  total: undefined,
  limits: {},
}

export const narrowingOf = ({ allowedModels, caps, limits }: KeyRow): Narrowing => ({
  models: allowedModels?.join('\n') ?? '',
  day: caps.dayNanoUsd ?? undefined,
  month: caps.monthNanoUsd ?? undefined,
  total: caps.totalNanoUsd ?? undefined,
  limits: toValues(limits),
})

/** The names in what was typed, each once. */
export const modelNames = (text: string): readonly string[] => [
  ...new Set(text.split(/[\s,]+/).filter((name) => name !== '')),
]

/** Those that a key would be narrowed to without anything answering under them. */
export const unknownNames = (names: readonly string[], known: readonly string[]): readonly string[] =>
  names.filter((name) => !known.includes(name))

export const toNarrowing = ({
  models,
  day,
  month,
  total,
  limits,
}: Narrowing): Required<Pick<CallInput<'keys.create'>, 'allowedModels' | 'caps' | 'limits'>> => {
  const names = modelNames(models)
  return {
    allowedModels: names.length === 0 ? null : [...names],
    caps: { dayNanoUsd: day ?? null, monthNanoUsd: month ?? null, totalNanoUsd: total ?? null },
    limits: toEntries(limits),
  }
}

export const isCapSound = (cap: number | undefined): boolean => cap === undefined || cap >= 0

export const isNarrowingSound = ({ day, month, total, limits }: Narrowing): boolean =>
  [day, month, total].every(isCapSound) && areLimitsSound(limits)
