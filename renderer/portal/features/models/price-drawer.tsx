// Every rate of one model: by tier, by length, for what is not text, for tools, and how long requests may be.
import { Money, Time } from '../../../kit/amounts.tsx'
import { CopyButton } from '../../../kit/copy.tsx'
import { Drawer } from '../../../kit/drawer.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { countText } from '../../../kit/money.ts'
import { Facts } from '../../../kit/page.tsx'
import { useAppearance } from '../../../state/appearance.ts'
import { Sentence } from '../../../words/sentence.tsx'
import type { Price } from './models-screen.tsx'
import { type RateGroup, rateGroups } from './rate-groups.ts'
import { useWords } from './words.ts'

interface PriceDrawerProps {
  readonly price: Price
  readonly onClose: () => void
}

const PER = { call: 'perCall', second: 'perSecond', million: 'perMillion' } as const

export function PriceDrawer({ price, onClose }: PriceDrawerProps) {
  const t = useWords()
  const { language } = useAppearance()
  const { model, contextWindowTokens, maxOutputTokens, effectiveFrom } = price
  const tokens = (count: number | null | undefined) =>
    count ? t('tokens', { text: countText(count, language) }) : '—'
  return (
    <Drawer
      title={
        <span className="row g4">
          <Mono>{model}</Mono>
          <CopyButton text={model} what={t('copyOf', { model })} />
        </span>
      }
      meta={<Sentence text={t('since')} parts={{ time: <Time atMs={effectiveFrom} isAbsolute /> }} />}
      onClose={onClose}
    >
      {rateGroups(price).map((group) => (
        <Rates key={group.name} group={group} />
      ))}
      <div className="rc">
        <h3>{t('bounds')}</h3>
        <Facts
          facts={[
            { name: t('context'), value: tokens(contextWindowTokens) },
            { name: t('maxOutput'), value: tokens(maxOutputTokens) },
          ]}
        />
      </div>
    </Drawer>
  )
}

function Rates({ group: { title, aboveTokens, rates } }: { readonly group: RateGroup }) {
  const t = useWords()
  const { language } = useAppearance()
  return (
    <div className="rc">
      <h3>
        {aboveTokens === undefined
          ? t(title)
          : t('longTier', { tier: t(title), tokens: countText(aboveTokens, language) })}
      </h3>
      {rates.map(({ word, nanoUsd, per }) => (
        <div className="ln" key={word}>
          <span className="k">{t(word)}</span>
          <span className="dots" />
          <span className="nw">
            <Money nanoUsd={nanoUsd} kind="price" /> <span className="quiet">{t(PER[per])}</span>
          </span>
        </div>
      ))}
      {aboveTokens === undefined ? undefined : <p className="meta">{t('longText')}</p>}
    </div>
  )
}
