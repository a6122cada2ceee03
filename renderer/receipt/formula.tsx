// How a charge was computed: each kind of token by its rate, the multipliers, and the one rounding.
import { Money, Time } from '../kit/amounts.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import { countText } from '../kit/money.ts'
import { useAppearance } from '../state/appearance.ts'
import { Sentence } from '../words/sentence.tsx'
import type { ReceiptView } from './receipt.tsx'
import { useReceiptWords } from './words.ts'

type Charge = NonNullable<ReceiptView['charge']>
type Line = Charge['formula']['lines'][number]

const ONE_PPM = 1_000_000

export function Formula({
  charge,
  price,
}: {
  readonly charge: Charge
  readonly price: ReceiptView['price']
}) {
  const t = useReceiptWords()
  const gap = useKitWords()('sentenceGap')
  const { lines, multiplierPpm, modelMultiplierPpm, basis, isLongContext, serviceTier } = charge.formula
  return (
    <div className="rc">
      <h3>{t('formula')}</h3>
      {lines.map((line) => (
        <FormulaLine key={line.kind} line={line} />
      ))}
      <Multiplier name={t('multiplier')} ppm={multiplierPpm} />
      {modelMultiplierPpm === ONE_PPM ? undefined : (
        <Multiplier name={t('modelMultiplier')} ppm={modelMultiplierPpm} />
      )}
      <div className="ln">
        <span className="b">{t('charge')}</span>
        <span className="meta">{t(basis === 'hold' ? 'wholeHold' : 'roundedUp')}</span>
        <span className="dots" />
        <b className="b">
          <Money nanoUsd={charge.dueNanoUsd} kind="exact" />
        </b>
      </div>
      <p className="meta">
        {basis === 'usage' ? undefined : t(`basis_${basis}`) + gap}
        {charge.usage.reasoningTokens > 0
          ? t('reasoning', { count: charge.usage.reasoningTokens }) + gap
          : undefined}
        {isLongContext ? t('longContext') + gap : undefined}
        {charge.upstream === null ? undefined : t('answeredBy', { name: charge.upstream }) + gap}
        {serviceTier === 'default' ? undefined : t('tier', { tier: serviceTier }) + gap}
        {charge.writeOffNanoUsd > 0 ? (
          <>
            <Sentence
              text={t('writtenOff')}
              parts={{ amount: <Money nanoUsd={charge.writeOffNanoUsd} kind="exact" /> }}
            />
            {gap}
          </>
        ) : undefined}
        {price === null ? undefined : (
          <Sentence
            text={t('pricesSince')}
            parts={{ time: <Time atMs={price.effectiveFrom} isAbsolute /> }}
          />
        )}
      </p>
    </div>
  )
}

function FormulaLine({ line: { kind, count, rateNanoUsd, ratePer, exactNanoUsd } }: { readonly line: Line }) {
  const t = useReceiptWords()
  const { language } = useAppearance()
  // Sound is counted in milliseconds, and priced and shown by the second.
  const shown = ratePer === 1_000 ? countText(count / 1_000, language) : countText(count, language)
  const text = t(ratePer === 1_000_000 ? 'perMillion' : 'perCall', { count: shown })
  return (
    <div className="ln">
      <span className="k">{t(`line_${kind}`)}</span>
      <span className="meta num">
        {kind === 'svg' ? undefined : (
          <Sentence text={text} parts={{ rate: <Money nanoUsd={rateNanoUsd} kind="price" /> }} />
        )}
      </span>
      <span className="dots" />
      {/* Whole nano-dollars are enough to read; the one rounding stands below. */}
      <Money nanoUsd={Math.round(Number(exactNanoUsd))} kind="exact" />
    </div>
  )
}

function Multiplier({ name, ppm }: { readonly name: string; readonly ppm: number }) {
  return (
    <div className="ln">
      <span className="k">{name}</span>
      <span className="dots" />
      <span className="num">× {multiplierText(ppm)}</span>
    </div>
  )
}

/** `1.00`, `1.25`, `0.875`: at least two decimals, and no more than it has. */
export function multiplierText(ppm: number): string {
  const text = (ppm / ONE_PPM).toFixed(6).replace(/0+$/, '')
  const [whole = '0', decimals = ''] = text.split('.')
  return `${whole}.${decimals.padEnd(2, '0')}`
}
