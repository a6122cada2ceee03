// The plan that is active: what is left of it, until when, and where it came from.

import { Fragment } from 'react'
import type { ActivePlanView, PlanView } from '../../../../contract/plans.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { Mono } from '../../../kit/literals.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import { PlanWindows } from '../../plan/plan-windows.tsx'
import styles from './plans.module.css'
import { useWords } from './words.ts'

interface MyPlanProps {
  readonly plan: ActivePlanView | null
  /** The same plan where it is for sale. */
  readonly extension: PlanView | undefined
  readonly onExtend: (plan: PlanView) => void
}

export function MyPlan({ plan, extension, onExtend }: MyPlanProps) {
  const t = useWords()
  const kit = useKitWords()
  if (plan === null) {
    return (
      <Section title={t('myPlan')}>
        <PanelBody>
          <p className="m">{t('noPlan')}</p>
          <p className="meta">{t('noPlanText')}</p>
        </PanelBody>
      </Section>
    )
  }
  const time = (atMs: number) => <Time atMs={atMs} />
  return (
    <Section
      title={t('myPlan')}
      actions={
        extension === undefined ? undefined : (
          <Button size="sm" onClick={() => onExtend(extension)}>
            {t('extend')}
          </Button>
        )
      }
    >
      <PanelBody>
        <div className={styles.mine}>
          <div>
            <p className={styles.name}>{plan.name}</p>
            <p className="meta">
              <Sentence text={t('ends')} parts={{ time: time(plan.endsAt) }} />
              {' · '}
              <Sentence text={t(`origin_${plan.origin}`)} parts={{ time: time(plan.startedAt) }} />
            </p>
          </div>
          <PlanWindows plan={plan} />
          <p className="meta">
            <Sentence text={t('paidSoFar')} parts={{ amount: <Money nanoUsd={plan.usedNanoUsd} /> }} />
            {kit('sentenceGap')}
            {plan.allowedModels === null ? undefined : (
              <Sentence
                text={t('onlyModels')}
                parts={{ models: <ModelNames models={plan.allowedModels} /> }}
              />
            )}
          </p>
        </div>
      </PanelBody>
    </Section>
  )
}

/** Lines break between names, not at the hyphens within them. */
const ModelNames = ({ models }: { readonly models: readonly string[] }) =>
  models.map((model, index) => (
    <Fragment key={model}>
      {index === 0 ? '' : ', '}
      <span className="nw">
        <Mono>{model}</Mono>
      </span>
    </Fragment>
  ))
