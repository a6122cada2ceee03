// What a plan carries in each of its windows: used, held and left, as the gateway enforces it, and when it starts over.
import type { ActivePlanView } from '../../../contract/plans.ts'
import { Time } from '../../kit/amounts.tsx'
import { Sentence } from '../../words/sentence.tsx'
import styles from './plan.module.css'
import { PlanAmount } from './plan-amount.tsx'
import { usePlanWords } from './words.ts'

type Quota = ActivePlanView['windows'][number]

const FULL_PERCENT = 100
/** From here on the bar says that it is nearly used up. */
const NEAR_PERCENT = 80

export function PlanWindows({ plan }: { readonly plan: ActivePlanView }) {
  const t = usePlanWords()
  return (
    <div className={styles.windows}>
      {plan.windows.map((quota) => (
        <PlanWindow key={`${quota.window} ${quota.metric}`} quota={quota} />
      ))}
      {plan.windows.length === 0 ? (
        <p className="meta">{t('noQuota')}</p>
      ) : (
        <p className="meta">{t(plan.mayUseBalance ? 'thenBalance' : 'thenRefused')}</p>
      )}
    </div>
  )
}

function PlanWindow({
  quota: { window, metric, quota, used, held, left, resetsAt },
}: {
  readonly quota: Quota
}) {
  const t = usePlanWords()
  const usedPercent = percentOf(used, quota)
  const heldPercent = Math.min(percentOf(held, quota), FULL_PERCENT - usedPercent)
  const amount = (value: number) => <PlanAmount metric={metric} value={value} />
  const label = t(`window_${window}`)
  return (
    <div>
      <div className="row sb g8 num">
        <span className="sec">{label}</span>
        <span className="quiet">
          <Sentence
            text={t('of')}
            parts={{
              used: (
                <b className={styles.used}>
                  <PlanAmount metric={metric} value={used} isBare />
                </b>
              ),
              quota: amount(quota),
            }}
          />
        </span>
      </div>
      {/* The words above and below say the same. */}
      <div className={`track ${styles.bar} ${barLook(left, usedPercent)}`} aria-hidden="true">
        <b style={{ width: `${usedPercent}%` }} />
        {held > 0 ? <b className={styles.held} style={{ width: `${heldPercent}%` }} /> : undefined}
      </div>
      <div className="meta num">
        <Sentence
          text={t('left')}
          parts={{ left: <PlanAmount metric={metric} value={left} isLeft />, time: <Time atMs={resetsAt} /> }}
        />
        {held > 0 ? (
          <>
            {' · '}
            <Sentence text={t('held')} parts={{ held: amount(held) }} />
          </>
        ) : undefined}
      </div>
    </div>
  )
}

function barLook(left: number, usedPercent: number): string {
  if (left === 0) return styles.out ?? ''
  return usedPercent >= NEAR_PERCENT ? (styles.near ?? '') : ''
}

const percentOf = (part: number, whole: number): number =>
  Math.max(0, Math.min(FULL_PERCENT, (part / whole) * FULL_PERCENT))
