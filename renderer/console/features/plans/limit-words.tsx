// Limits in one line: *60 requests a minute, 4 at once*.
import type { ReactNode } from 'react'
import type { LimitEntry } from '../../../../contract/limits.ts'
import { countText } from '../../../kit/money.ts'
import { slotOf } from '../../../limits-form/limit-slots.ts'
import { useWords as useLimitWords } from '../../../limits-form/words.ts'
import { useAppearance } from '../../../state/appearance.ts'
import { useWords } from './words.ts'

interface LimitWordsProps {
  readonly rules: readonly LimitEntry[]
  /** Said where there are none. */
  readonly none: ReactNode
}

export function LimitWords({ rules, none }: LimitWordsProps) {
  const t = useWords()
  const slotName = useLimitWords()
  const { language } = useAppearance()
  if (rules.length === 0) return none
  return rules
    .map(({ value, ...slot }) => {
      const name = slotOf(slot)?.name ?? 'concurrent'
      return value === null
        ? t('limitLifted', { limit: slotName(name) })
        : t(`limitOf_${name}`, { value: countText(value, language) })
    })
    .join(t('listComma'))
}
