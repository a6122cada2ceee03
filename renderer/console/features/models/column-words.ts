// What a column of a price row is called, wherever it stands alone.
import type { Translate } from '../../../words/words.ts'
import { MEDIA_COLUMNS, placeOf, TOKEN_COLUMNS, TOOL_COLUMNS } from './rates.ts'
import type en from './words.en.json'

const OTHERS = [...MEDIA_COLUMNS, ...TOOL_COLUMNS, ...TOKEN_COLUMNS, 'isReasoning'] as const

export function columnWords(t: Translate<typeof en>, column: string): string {
  const place = placeOf(column)
  if (place?.group === 'standard') return t(`kind_${place.kind}`)
  if (place !== undefined) return `${t(`group_${place.group}`)}: ${t(`kind_${place.kind}`)}`
  const other = OTHERS.find((name) => name === column)
  return other === undefined ? column : t(`rate_${other}`)
}
