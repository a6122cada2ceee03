// The time zones to choose from, as this browser knows them. They are found by their English names, without underscores.
import type { ComboboxOption } from '../../../kit/combobox.tsx'

export const zoneText = (zone: string): string => zone.replaceAll('_', ' ')

export const zoneOption = (zone: string): ComboboxOption => ({ value: zone, label: zoneText(zone) })

/** With the one that is stored, which may be another name of a zone, and UTC, which browsers leave out. */
export function zoneOptions(stored: string): readonly ComboboxOption[] {
  const zones = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), stored])
  return [...zones].filter((zone) => zone !== '').map(zoneOption)
}
