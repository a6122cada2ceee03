// Every live setting with its place on the screen, its kind and its default. What a setting means is in contract/settings.ts.
import type { Settings } from '../../../../contract/settings.ts'

export const SECTIONS = ['general', 'registration', 'billing', 'network', 'security', 'advanced'] as const
export type SectionName = (typeof SECTIONS)[number]

/** Aliases stand with the models; every other setting is here. */
export type SettingName = Exclude<keyof Settings, 'modelAliases'>

/** How a setting is typed and shown. A number has a unit; `choice` has one of a few words. */
export type Kind = 'text' | 'long' | 'list' | 'zone' | 'money' | 'factor' | 'number' | 'choice'
export type Unit = 'seconds' | 'bytes' | 'days' | 'hours' | 'streams' | 'parts' | 'copies' | 'files'

export interface SettingField {
  readonly name: SettingName
  readonly section: SectionName
  readonly kind: Kind
  readonly byDefault: unknown
  readonly unit?: Unit
  readonly range?: readonly [min: number, max: number]
  readonly options?: readonly string[]
  readonly charsMax?: number
}

const DOLLAR = 1_000_000_000
const AMOUNT_MAX = 1_000_000 * DOLLAR

export const FIELDS: readonly SettingField[] = [
  { name: 'productName', section: 'general', kind: 'text', byDefault: 'Codex Gateway', charsMax: 60 },
  { name: 'announcement', section: 'general', kind: 'long', byDefault: '', charsMax: 2000 },
  { name: 'publicBaseUrl', section: 'general', kind: 'text', byDefault: '', charsMax: 300 },
  { name: 'timeZone', section: 'general', kind: 'zone', byDefault: '' },
  {
    name: 'registration',
    section: 'registration',
    kind: 'choice',
    byDefault: 'approval',
    options: ['closed', 'invite', 'approval', 'open'],
  },
  {
    name: 'defaultBalanceNanoUsd',
    section: 'registration',
    kind: 'money',
    byDefault: 0,
    range: [0, Number.MAX_SAFE_INTEGER],
  },
  {
    name: 'multiplierPpm',
    section: 'billing',
    kind: 'factor',
    byDefault: 1_000_000,
    range: [0, 1_000_000_000],
  },
  { name: 'minimumTopUpNanoUsd', section: 'billing', kind: 'money', byDefault: 0, range: [0, AMOUNT_MAX] },
  { name: 'lowBalanceNanoUsd', section: 'billing', kind: 'money', byDefault: DOLLAR, range: [0, AMOUNT_MAX] },
  {
    name: 'https',
    section: 'network',
    kind: 'choice',
    byDefault: 'off',
    options: ['off', 'beside_http', 'only'],
  },
  { name: 'localName', section: 'network', kind: 'text', byDefault: '', charsMax: 60 },
  { name: 'webSockets', section: 'network', kind: 'choice', byDefault: 'on', options: ['on', 'off'] },
  { name: 'allowedHosts', section: 'network', kind: 'list', byDefault: [] },
  { name: 'corsOrigins', section: 'network', kind: 'list', byDefault: [] },
  {
    name: 'remoteAdministration',
    section: 'security',
    kind: 'choice',
    byDefault: null,
    options: ['default', 'off', 'loopback', 'lan'],
  },
  { name: 'sessionDays', section: 'security', kind: 'number', byDefault: 7, unit: 'days', range: [1, 365] },
  {
    name: 'holdShareParts',
    section: 'advanced',
    kind: 'number',
    byDefault: 4,
    unit: 'parts',
    range: [1, 100],
  },
  {
    name: 'heartbeatSeconds',
    section: 'advanced',
    kind: 'number',
    byDefault: 15,
    unit: 'seconds',
    range: [0, 300],
  },
  {
    name: 'drainSecondsMax',
    section: 'advanced',
    kind: 'number',
    byDefault: 600,
    unit: 'seconds',
    range: [1, 7200],
  },
  {
    name: 'drainBytesMax',
    section: 'advanced',
    kind: 'number',
    byDefault: 134_217_728,
    unit: 'bytes',
    range: [65_536, 10_737_418_240],
  },
  {
    name: 'drainsPerUserMax',
    section: 'advanced',
    kind: 'number',
    byDefault: 16,
    unit: 'streams',
    range: [1, 1_000],
  },
  {
    name: 'drainsMax',
    section: 'advanced',
    kind: 'number',
    byDefault: 256,
    unit: 'streams',
    range: [1, 10_000],
  },
  {
    name: 'filesPerUserMax',
    section: 'advanced',
    kind: 'number',
    byDefault: 1_000,
    unit: 'files',
    range: [0, 100_000],
  },
  {
    name: 'fileBytesPerUserMax',
    section: 'advanced',
    kind: 'number',
    byDefault: 10_737_418_240,
    unit: 'bytes',
    range: [0, 1_099_511_627_776],
  },
  {
    name: 'formBytesPerUserMax',
    section: 'advanced',
    kind: 'number',
    byDefault: 1_153_433_600,
    unit: 'bytes',
    range: [1_048_576, 68_719_476_736],
  },
  {
    name: 'formBytesMax',
    section: 'advanced',
    kind: 'number',
    byDefault: 4_294_967_296,
    unit: 'bytes',
    range: [1_048_576, 1_099_511_627_776],
  },
  {
    name: 'backupEveryHours',
    section: 'advanced',
    kind: 'number',
    byDefault: 24,
    unit: 'hours',
    range: [0, 720],
  },
  { name: 'backupsKept', section: 'advanced', kind: 'number', byDefault: 7, unit: 'copies', range: [1, 100] },
  {
    name: 'usageRowsKeptDays',
    section: 'advanced',
    kind: 'number',
    byDefault: 90,
    unit: 'days',
    range: [8, 3_650],
  },
  {
    name: 'hourlyUsageKeptDays',
    section: 'advanced',
    kind: 'number',
    byDefault: 180,
    unit: 'days',
    range: [8, 3_650],
  },
  {
    name: 'dailyUsageKeptDays',
    section: 'advanced',
    kind: 'number',
    byDefault: 730,
    unit: 'days',
    range: [8, 36_500],
  },
]

/** As it stands in the form: a list is one entry a line, a choice that is left to the host is `default`. */
export type Typed = string | number | undefined

export function toTyped({ kind }: SettingField, stored: unknown): Typed {
  if (kind === 'list') return Array.isArray(stored) ? stored.join('\n') : ''
  if (kind === 'choice') return typeof stored === 'string' ? stored : 'default'
  return typeof stored === 'number' || typeof stored === 'string' ? stored : undefined
}

export function toStored({ kind }: SettingField, typed: Typed): unknown {
  if (kind === 'list') {
    return String(typed ?? '')
      .split(/[\n,]/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
  }
  if (kind === 'choice') return typed === 'default' ? null : typed
  return typed
}

/** Whether what is typed can be sent: a number has to be one, and within its range. */
export function isTypable({ kind, range }: SettingField, typed: Typed): boolean {
  if (kind !== 'money' && kind !== 'factor' && kind !== 'number') return true
  if (typeof typed !== 'number') return false
  return range === undefined || (typed >= range[0] && typed <= range[1])
}

/** The fields whose stored value would be another one. */
export function changedFields(
  fields: readonly SettingField[],
  stored: Readonly<Record<string, unknown>>,
  typed: Readonly<Record<string, Typed>>,
): readonly SettingField[] {
  return fields.filter(
    (field) =>
      JSON.stringify(toStored(field, typed[field.name])) !== JSON.stringify(stored[field.name] ?? null),
  )
}
