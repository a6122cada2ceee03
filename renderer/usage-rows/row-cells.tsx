// What a row of usage says in its cells: how it ended, what it used, what it cost.
import type { UsageRow } from '../../contract/usage.ts'
import { Count, Money } from '../kit/amounts.tsx'
import { countText } from '../kit/money.ts'
import { StatusShape } from '../kit/shape.tsx'
import { useAppearance } from '../state/appearance.ts'
import { Sentence } from '../words/sentence.tsx'
import { ENDING_SHAPE, endingOf } from './ending.ts'
import { useUsageWords } from './words.ts'

interface EndingProps {
  readonly row: Pick<UsageRow, 'reason' | 'status' | 'errorCode'>
  /** Not where a receipt says it. */
  readonly hasStatus?: boolean
}

/** How it ended, and the status where it was not the usual one. */
export function Ending({ row, hasStatus = true }: EndingProps) {
  const t = useUsageWords()
  const ending = endingOf(row)
  return (
    <StatusShape status={ENDING_SHAPE[ending]}>
      {t(`reason_${ending}`)}
      {row.status === 200 || !hasStatus ? undefined : <span className="quiet num">{row.status}</span>}
    </StatusShape>
  )
}

/** What it used: tokens, and what is not counted in tokens before them, or alone where there are none. */
export function Tokens({ row: { inputTokens, outputTokens, media } }: { readonly row: UsageRow }) {
  const t = useUsageWords()
  const counts = useMediaText(media)
  if (counts !== '' && inputTokens + outputTokens === 0) return <span className="num">{counts}</span>
  return (
    <>
      {counts === '' ? undefined : <span className="num">{counts} · </span>}
      <Sentence
        text={t('tokensInOut')}
        parts={{
          input: <Count value={inputTokens} isShort />,
          output: <Count value={outputTokens} isShort />,
        }}
      />
    </>
  )
}

/** Such as `2 images` or `12.3 s of sound`; empty where all that was used is tokens. */
function useMediaText(media: UsageRow['media']): string {
  const t = useUsageWords()
  const { language } = useAppearance()
  if (!media) return ''
  const images = imagesIn(media)
  const { audioInputMs = 0, speechCharacters = 0 } = media
  return [
    ...(images > 0 ? [t('media_images', { count: images })] : []),
    ...(audioInputMs > 0 ? [t('media_seconds', { count: countText(audioInputMs / 1_000, language) })] : []),
    ...(speechCharacters > 0
      ? [t('media_characters', { count: countText(speechCharacters, language) })]
      : []),
  ].join(', ')
}

const imagesIn = ({
  images = 0,
  smallImages = 0,
  mediumImages = 0,
  largeImages = 0,
  hdImages = 0,
  largeHdImages = 0,
}: NonNullable<UsageRow['media']>): number =>
  images + smallImages + mediumImages + largeImages + hdImages + largeHdImages

export function Cost({ row: { costNanoUsd, source, reason } }: { readonly row: UsageRow }) {
  const t = useUsageWords()
  if (costNanoUsd === 0 && reason !== 'completed') return <span className="quiet">{t('notCharged')}</span>
  return (
    <>
      {source === 'plan' ? <span className="quiet">{t('byPlan')} </span> : undefined}
      <Money nanoUsd={costNanoUsd} kind="request" />
    </>
  )
}
