// A value of a setting in words: in the line that says what changes, and where its default is named.
import { countText, moneyString } from '../../../kit/money.ts'
import { multiplierText } from '../../../kit/multiplier.ts'
import { useAppearance } from '../../../state/appearance.ts'
import type { SettingField, SettingName } from './fields.ts'
import { memoryText } from './memory-text.ts'
import { zoneText } from './time-zones.ts'
import { useWords } from './words.ts'

const LONG_CHARS = 60

export function useValueText(): (field: SettingField, value: unknown) => string {
  const t = useWords()
  const { language } = useAppearance()
  return ({ kind, name, unit }, value) => {
    if (kind === 'choice') return t(`choice_${choiceOf(name, value)}`)
    if (Array.isArray(value)) return value.length === 0 ? t('none') : value.join(', ')
    if (typeof value === 'number') {
      if (kind === 'money') return moneyString(value, { kind: 'balance' })
      if (kind === 'factor') return `× ${multiplierText(value)}`
      const memory = unit === 'bytes' ? memoryText(value) : undefined
      if (memory !== undefined && !memory.startsWith('≈')) return memory
      const count = countText(value, language)
      return unit === undefined ? count : `${count} ${t(`unit_${unit}`)}`
    }
    const text = typeof value === 'string' ? value : ''
    if (kind === 'zone') return text === '' ? t('zoneOfMachine') : zoneText(text)
    if (text === '') return t('none')
    return text.length > LONG_CHARS ? `${text.slice(0, LONG_CHARS)}…` : text
  }
}

/** The word that stands for an option of a choice. */
export function choiceOf(name: SettingName, value: unknown) {
  if (name === 'https') return httpsOf(value)
  if (name === 'webSockets') return value === 'off' ? 'webSockets_off' : 'webSockets_on'
  return name === 'registration' ? registrationOf(value) : doorOf(value)
}

type Https = 'off' | 'beside_http' | 'only'
const HTTPS: readonly Https[] = ['off', 'beside_http', 'only']
const httpsOf = (value: unknown) => `https_${HTTPS.find((mode) => mode === value) ?? 'off'}` as const

type Door = 'default' | 'off' | 'loopback' | 'lan'
const DOORS: readonly Door[] = ['default', 'off', 'loopback', 'lan']
const doorOf = (value: unknown): Door => DOORS.find((door) => door === value) ?? 'default'

type Registration = 'closed' | 'invite' | 'approval' | 'open'
const REGISTRATIONS: readonly Registration[] = ['closed', 'invite', 'approval', 'open']
const registrationOf = (value: unknown): Registration =>
  REGISTRATIONS.find((mode) => mode === value) ?? 'approval'
