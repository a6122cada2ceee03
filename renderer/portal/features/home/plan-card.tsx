// The plan of mine, or that there is none.
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import type { ActivePlanView } from '../../../../contract/plans.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import { PlanWindows } from '../../plan/plan-windows.tsx'
import styles from './home.module.css'
import { useWords } from './words.ts'

export function PlanCard({ plan }: { readonly plan: ActivePlanView | null }) {
  const t = useWords()
  if (plan === null) {
    return (
      <section className={`panel ${styles.card}`} aria-label={t('planOfMine')}>
        <div className="row sb g8">
          <h2>{t('noPlan')}</h2>
          <Link href={PORTAL_PATHS.plans} className="m">
            {t('seePlans')}
          </Link>
        </div>
        <p className="meta">{t('noPlanText')}</p>
      </section>
    )
  }
  return (
    <section className={`panel ${styles.card}`} aria-label={t('planOfMine')}>
      <div className={`row sb g8 top ${styles.head}`}>
        <h2>
          <Link href={PORTAL_PATHS.plans} className={styles.title}>
            {plan.name}
          </Link>
        </h2>
        <span className="meta nw">
          <Sentence text={t('ends')} parts={{ time: <Time atMs={plan.endsAt} /> }} />
        </span>
      </div>
      <PlanWindows plan={plan} />
    </section>
  )
}
