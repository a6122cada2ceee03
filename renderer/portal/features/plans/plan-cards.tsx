// The plans to buy, each with everything that it carries.
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import type { LimitEntry } from '../../../../contract/limits.ts'
import type { PlanView } from '../../../../contract/plans.ts'
import { Money } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { countText } from '../../../kit/money.ts'
import { Tag } from '../../../kit/shape.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { Sentence } from '../../../words/sentence.tsx'
import { PlanAmount } from '../../plan/plan-amount.tsx'
import styles from './plans.module.css'
import { useWords } from './words.ts'

interface PlanCardsProps {
  readonly plans: readonly PlanView[]
  readonly activeId: string | undefined
  readonly onBuy: (plan: PlanView) => void
}

export function PlanCards({ plans, activeId, onBuy }: PlanCardsProps) {
  return (
    <ul className={styles.cards}>
      {plans.map((plan) => (
        <PlanCard key={plan.id} plan={plan} isActive={plan.id === activeId} onBuy={() => onBuy(plan)} />
      ))}
    </ul>
  )
}

interface PlanCardProps {
  readonly plan: PlanView
  readonly isActive: boolean
  readonly onBuy: () => void
}

function PlanCard({ plan, isActive, onBuy }: PlanCardProps) {
  const t = useWords()
  const { name, priceNanoUsd, days, quotas, allowedModels, limits, mayUseBalance } = plan
  return (
    <li className={styles.card}>
      <div className="row sb g8">
        <h3 className={styles.name}>{name}</h3>
        {isActive ? <Tag status="ok">{t('active')}</Tag> : undefined}
      </div>
      <p>
        <span className={styles.price}>
          {priceNanoUsd === 0 ? t('free') : <Money nanoUsd={priceNanoUsd} kind="balance" isFigure />}
        </span>{' '}
        <span className="meta nw">{t('days', { count: days })}</span>
      </p>
      <ul className={styles.carries}>
        {quotas.length === 0 ? <Carried>{t('noQuota')}</Carried> : undefined}
        {quotas.map(({ window, metric, value }) => (
          <Carried key={`${window} ${metric}`}>
            <Sentence
              text={t(`quota_${window}`)}
              parts={{ quota: <PlanAmount metric={metric} value={value} /> }}
            />
          </Carried>
        ))}
        <Carried>{allowedModels === null ? t('allModels') : allowedModels.join(', ')}</Carried>
        {limits.map((limit) => (
          <Carried key={`${limit.metric} ${limit.window}`}>
            <LimitText limit={limit} />
          </Carried>
        ))}
        {quotas.length > 0 ? (
          <Carried>{mayUseBalance ? t('thenBalance') : t('thenRefused')}</Carried>
        ) : undefined}
      </ul>
      <Button isBlock aria-label={t(isActive ? 'extendNamed' : 'buyNamed', { plan: name })} onClick={onBuy}>
        {t(isActive ? 'extend' : 'buy')}
      </Button>
    </li>
  )
}

const Carried = ({ children }: { readonly children: ReactNode }) => (
  <li>
    <Check size={14} aria-hidden="true" />
    <span>{children}</span>
  </li>
)

function LimitText({ limit: { metric, window, value } }: { readonly limit: LimitEntry }) {
  const t = useWords()
  const { language } = useAppearance()
  const values = {
    ...(window === null ? {} : { window: t(`window_${window}`) }),
    ...(value === null ? {} : { value: countText(value, language) }),
  }
  return t(value === null ? `unlimited_${metric}` : `limit_${metric}`, values)
}
