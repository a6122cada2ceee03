// The figure that a person comes for: the balance, what of it can be spent now, and how long it will last.
import { ChartColumn, TicketCheck } from 'lucide-react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { Money } from '../../../kit/amounts.tsx'
import { ButtonLink } from '../../../kit/button.tsx'
import { Tag } from '../../../kit/shape.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { Sentence } from '../../../words/sentence.tsx'
import styles from './home.module.css'
import { runOutOf } from './run-out.ts'
import { useWords } from './words.ts'

type Overview = CallOutput<'me.overview'>

export function BalanceCard({ overview }: { readonly overview: Overview }) {
  const t = useWords()
  const { balanceNanoUsd, availableNanoUsd, openHoldsNanoUsd, creditLimitNanoUsd } = overview
  return (
    <section className={`panel ${styles.card}`} aria-label={t('balance')}>
      <div className="row sb g8">
        <h2 className="sec">{t('balance')}</h2>
        <RunOutTag forecast={overview.forecast} />
      </div>
      <div className={styles.figure}>
        <Money nanoUsd={balanceNanoUsd} kind="left" isFigure />
      </div>
      <p className="meta num">
        <Sentence
          text={t('available')}
          parts={{ available: <Money nanoUsd={availableNanoUsd} kind="left" /> }}
        />
        {creditLimitNanoUsd > 0 ? (
          <>
            {' · '}
            <Sentence
              text={t('credit')}
              parts={{ credit: <Money nanoUsd={creditLimitNanoUsd} kind="balance" /> }}
            />
          </>
        ) : undefined}
        {openHoldsNanoUsd > 0 ? (
          <>
            {' · '}
            <Sentence text={t('held')} parts={{ held: <Money nanoUsd={openHoldsNanoUsd} /> }} />
          </>
        ) : undefined}
      </p>
      <div className={styles.buttons}>
        <ButtonLink href={`${PORTAL_PATHS.plans}?redeem=1`} kind="primary" size="lg">
          <TicketCheck size={16} aria-hidden="true" />
          {t('redeem')}
        </ButtonLink>
        <ButtonLink href={PORTAL_PATHS.usage} size="lg">
          <ChartColumn size={16} aria-hidden="true" />
          {t('usage')}
        </ButtonLink>
      </div>
    </section>
  )
}

function RunOutTag({ forecast: { runsOutAt, dailyNanoUsd } }: { readonly forecast: Overview['forecast'] }) {
  const t = useWords()
  const { language } = useAppearance()
  if (runsOutAt === null || dailyNanoUsd === null) return null
  const { isSoon, when } = runOutOf(runsOutAt, Date.now(), language)
  if (when === '') return <Tag status="bad">{t('runsOutNow')}</Tag>
  const text = t('runsOut', { when })
  return isSoon ? <Tag status="warn">{text}</Tag> : <span className="meta">{text}</span>
}
