// How long a request took: until its first token, and from there to its end.
import { Duration } from '../kit/amounts.tsx'
import styles from './receipt.module.css'
import type { ReceiptView } from './receipt.tsx'
import { useReceiptWords } from './words.ts'

type Details = NonNullable<ReceiptView['details']>

export function Timings({ details: { firstTokenMs, durationMs } }: { readonly details: Details }) {
  const t = useReceiptWords()
  const streamedMs = firstTokenMs === null ? 0 : Math.max(0, durationMs - firstTokenMs)
  return (
    <div className="rc">
      <h3>{t('timings')}</h3>
      <div className="track" aria-hidden="true">
        {firstTokenMs === null ? undefined : (
          <b style={{ flexGrow: firstTokenMs, background: 'var(--chart-2)' }} />
        )}
        <b style={{ flexGrow: firstTokenMs === null ? 1 : streamedMs }} />
      </div>
      <dl className={styles.timings}>
        {firstTokenMs === null ? undefined : (
          <>
            <Timing name={t('firstToken')} ms={firstTokenMs} colour="var(--chart-2)" />
            <Timing name={t('streaming')} ms={streamedMs} colour="var(--chart-1)" />
          </>
        )}
        <Timing name={t('whole')} ms={durationMs} />
      </dl>
    </div>
  )
}

interface TimingProps {
  readonly name: string
  readonly ms: number
  readonly colour?: string
}

const Timing = ({ name, ms, colour }: TimingProps) => (
  <div className="row g6">
    {colour === undefined ? undefined : <span className="sw" style={{ background: colour }} />}
    <dt className="quiet">{name}</dt>
    <dd>
      <Duration ms={ms} />
    </dd>
  </div>
)
