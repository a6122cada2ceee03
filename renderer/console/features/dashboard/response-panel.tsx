// How long answers took: until the first token, and to the end.
import { Percentiles } from '../../../kit/charts/percentiles.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import type { Dashboard } from '../../gateway-now/use-gateway-now.ts'
import styles from './dashboard.module.css'
import { useWords } from './words.ts'

export function ResponsePanel({ timing }: { readonly timing: Dashboard['timings']['total'] }) {
  const t = useWords()
  const { firstTokenMs, durationMs } = timing
  return (
    <Section title={t('responseTime')}>
      <PanelBody>
        {firstTokenMs === null && durationMs === null ? (
          <p className={`quiet ${styles['none']}`}>{t('noTimes')}</p>
        ) : (
          <div className="col g12">
            {firstTokenMs === null ? undefined : <Line label={t('firstToken')} of={firstTokenMs} />}
            {durationMs === null ? undefined : <Line label={t('wholeAnswer')} of={durationMs} />}
            <p className="meta">{t('percentiles')}</p>
          </div>
        )}
      </PanelBody>
    </Section>
  )
}

interface LineProps {
  readonly label: string
  readonly of: NonNullable<Dashboard['timings']['total']['durationMs']>
}

const Line = ({ label, of: { p50, p95, p99 } }: LineProps) => (
  <Percentiles label={label} p50Ms={p50} p95Ms={p95} p99Ms={p99} />
)
