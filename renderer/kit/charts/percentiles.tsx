// Percentiles of a duration on one log scale: a dot for p50, bars for p95 and p99, and the same as words.
import { Duration } from '../amounts.tsx'
import { durationText } from '../times.ts'

interface PercentilesProps {
  readonly label: string
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  /** The ends of the scale, the same for all that are compared. */
  readonly fromMs?: number
  readonly toMs?: number
}

export function Percentiles({ label, p50Ms, p95Ms, p99Ms, fromMs = 50, toMs = 120_000 }: PercentilesProps) {
  const percent = (ms: number): number => {
    const share = Math.log(Math.max(ms, fromMs) / fromMs) / Math.log(toMs / fromMs)
    return 2 + Math.min(share, 1) * 96
  }
  const [at50, at95, at99] = [percent(p50Ms), percent(p95Ms), percent(p99Ms)]
  const said = `p50 ${durationText(p50Ms)}, p95 ${durationText(p95Ms)}, p99 ${durationText(p99Ms)}`
  return (
    <div>
      <div className="sec">{label}</div>
      <svg width="100%" height="20" role="img" aria-label={`${label}: ${said}`}>
        <rect x="0" y="9.5" width="100%" height="1" fill="var(--line)" />
        <rect x={`${at50}%`} y="8" width={`${at99 - at50}%`} height="4" fill="var(--chart-1)" opacity=".5" />
        {[at95, at99].map((at, index) => (
          <rect
            key={index === 0 ? 'p95' : 'p99'}
            x={`${at}%`}
            y="5"
            width="3"
            height="10"
            fill="var(--chart-1)"
          />
        ))}
        <circle cx={`${at50}%`} cy="10" r="5" fill="var(--chart-1)" />
      </svg>
      <div className="row sb meta" aria-hidden="true">
        <span>
          p50 <Duration ms={p50Ms} />
        </span>
        <span>
          p95 <Duration ms={p95Ms} />
        </span>
        <span>
          p99 <Duration ms={p99Ms} />
        </span>
      </div>
    </div>
  )
}
