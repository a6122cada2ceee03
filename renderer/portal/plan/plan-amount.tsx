// A quota, or what is used of it, in its own unit: money, tokens or requests.
import type { PlanMetric } from '../../../contract/plans.ts'
import { Money } from '../../kit/amounts.tsx'
import { countText, shortCountText } from '../../kit/money.ts'
import { useAppearance } from '../../state/appearance.ts'
import { usePlanWords } from './words.ts'

interface PlanAmountProps {
  readonly metric: PlanMetric
  readonly value: number
  /** Without its unit, where the quota beside it has it. */
  readonly isBare?: boolean
  /** What of a quota is left, which is never told as more. */
  readonly isLeft?: boolean
}

export function PlanAmount({ metric, value, isBare = false, isLeft = false }: PlanAmountProps) {
  const t = usePlanWords()
  const { language } = useAppearance()
  if (metric === 'money') return <Money nanoUsd={value} kind={isLeft ? 'left' : 'balance'} />
  const text = metric === 'tokens' ? shortCountText(value) : countText(value, language)
  return (
    <span className="num nw" title={countText(value, language)}>
      {isBare ? text : t(`amount_${metric}`, { count: value, text })}
    </span>
  )
}
