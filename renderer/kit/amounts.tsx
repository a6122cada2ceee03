// Figures in a line of text or a cell: money whose digits decide, counts, and times that say more when they are pointed at.
import { useEffect, useReducer } from 'react'
import { useAppearance } from '../state/appearance.ts'
import { useKitWords } from './kit-words.ts'
import { countText, type MoneyFormat, moneyString, moneyText, shortCountText } from './money.ts'
import { absoluteTime, durationText, relativeTime } from './times.ts'

interface MoneyProps extends MoneyFormat {
  readonly nanoUsd: number
}

/** Sign, leading zeros and the cents of large figures are quiet; the exact amount shows on hover. */
export function Money({ nanoUsd, ...format }: MoneyProps) {
  const { sign, quiet, strong, tail } = moneyText(nanoUsd, format)
  return (
    <span className="money" title={moneyString(nanoUsd, { kind: 'exact' })}>
      {sign}
      <i>{quiet}</i>
      {strong}
      {tail === '' ? undefined : <i>{tail}</i>}
    </span>
  )
}

interface CountProps {
  readonly value: number
  /** `6.84 M`; the exact count shows on hover. */
  readonly isShort?: boolean
}

/** Tokens, requests, people: grouped, in figures of one width. */
export function Count({ value, isShort = false }: CountProps) {
  const { language } = useAppearance()
  const whole = countText(value, language)
  return (
    <span className="num nw" title={isShort ? whole : undefined}>
      {isShort ? shortCountText(value) : whole}
    </span>
  )
}

const TICK_MS = 30_000

interface TimeProps {
  readonly atMs: number
  /** To the second, with the zone, as on a receipt. */
  readonly isAbsolute?: boolean
}

/** How long ago; absolute with its zone on hover. */
export function Time({ atMs, isAbsolute = false }: TimeProps) {
  const { language } = useAppearance()
  const t = useKitWords()
  const nowMs = useNow()
  const absolute = absoluteTime(atMs, language)
  return (
    <time className="num" dateTime={new Date(atMs).toISOString()} title={absolute}>
      {isAbsolute ? absolute : relativeTime(atMs, nowMs, language, t('justNow'))}
    </time>
  )
}

export const Duration = ({ ms }: { readonly ms: number }) => (
  <span className="num nw">{durationText(ms)}</span>
)

/**
 * The time, moving on every half minute while the page is looked at, and as soon as it is looked at again. Whenever something
 * else draws it anew it is the time of then: a row that has just come in is not ahead of a clock that stood still.
 */
function useNow(): number {
  const [, draw] = useReducer((ticks: number) => ticks + 1, 0)
  useEffect(() => {
    const tick = () => document.visibilityState === 'visible' && draw()
    const timer = setInterval(tick, TICK_MS)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [])
  return Date.now()
}
