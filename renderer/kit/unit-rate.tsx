// The rate of a model that is not charged by tokens of text: sound by the minute, speech by its characters, images one by one.
// In a list whose columns are rates by tokens, it stands for zeros, which would read as free.
import type { PriceRates } from '../../contract/price.ts'
import { Money } from './amounts.tsx'
import { useKitWords } from './kit-words.ts'

export interface UnitRate {
  readonly nanoUsd: number
  readonly per: 'minute' | 'characters' | 'image' | 'imageFrom'
}

const IMAGES = [
  'imageNanoUsdPerImage',
  'smallImageNanoUsdPerImage',
  'mediumImageNanoUsdPerImage',
  'largeImageNanoUsdPerImage',
  'hdImageNanoUsdPerImage',
  'largeHdImageNanoUsdPerImage',
] as const satisfies readonly (keyof PriceRates)[]

/** Undefined where tokens of text are charged, and where nothing is. */
export function unitRateOf(rates: PriceRates): UnitRate | undefined {
  if (rates.inputNanoUsdPerMTok !== 0 || rates.outputNanoUsdPerMTok !== 0) return undefined
  const { audioInputNanoUsdPerSecond: second, speechNanoUsdPerMChar: characters } = rates
  if (second) return { nanoUsd: second * 60, per: 'minute' }
  if (characters) return { nanoUsd: characters, per: 'characters' }
  const images = IMAGES.map((column) => rates[column]).filter((rate) => typeof rate === 'number')
  if (images.length === 0) return undefined
  return { nanoUsd: Math.min(...images), per: images.length === 1 ? 'image' : 'imageFrom' }
}

export function UnitRateText({ rate: { nanoUsd, per } }: { readonly rate: UnitRate }) {
  const t = useKitWords()
  return (
    <>
      {per === 'imageFrom' ? <span className="quiet">{t('from')} </span> : undefined}
      <Money nanoUsd={nanoUsd} kind="price" /> <span className="quiet">{t(`per_${per}`)}</span>
    </>
  )
}
