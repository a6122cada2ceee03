// The rates of one price row, in the groups that a reader looks for: by tier of service and length, then by what is not text.
import type { PriceRates, ServiceTier, TierColumn } from '../../../../contract/price.ts'
import type en from './words.en.json'

type Word = Exclude<keyof typeof en, `count_${string}`>

export interface Rate {
  readonly word: Word
  readonly nanoUsd: number
  /** A call and an image are charged whole, sound by its length; everything else by the million. */
  readonly per: 'million' | 'call' | 'second'
}

export interface RateGroup {
  readonly name: string
  readonly title: Word
  /** Given: these rates hold for requests with more input tokens than that. */
  readonly aboveTokens?: number
  readonly rates: readonly Rate[]
}

const KINDS = [
  ['Input', 'input'],
  ['CachedInput', 'cachedInput'],
  ['CacheWrite', 'cacheWrite'],
  ['Output', 'output'],
] as const
// The same list as SERVICE_TIERS; the contract's own carries the validation library, which no page should.
const TIERS: readonly ServiceTier[] = ['flex', 'priority', 'ultrafast', 'batch']

/** Groups without a rate are left out. */
export function rateGroups(price: PriceRates): readonly RateGroup[] {
  const above = price.longContextAboveTokens ?? undefined
  const tiers = TIERS.flatMap((tier) => [
    group(tier, `tier_${tier}`, tierRates(price, tier, '')),
    ...(above === undefined
      ? []
      : [{ ...group(`${tier} long`, `tier_${tier}`, tierRates(price, tier, 'Long')), aboveTokens: above }]),
  ])
  const long = [
    rate('input', price.longInputNanoUsdPerMTok),
    rate('cachedInput', price.longCachedInputNanoUsdPerMTok),
    rate('cacheWrite', price.longCacheWriteNanoUsdPerMTok),
    rate('output', price.longOutputNanoUsdPerMTok),
  ]
  const groups = [
    group('standard', 'tier_standard', [
      rate('input', price.inputNanoUsdPerMTok),
      rate('cachedInput', price.cachedInputNanoUsdPerMTok),
      rate('cacheWrite', price.cacheWriteNanoUsdPerMTok),
      rate('output', price.outputNanoUsdPerMTok),
    ]),
    ...(above === undefined
      ? []
      : [{ ...group('standard long', 'tier_standard', long), aboveTokens: above }]),
    ...tiers,
    group('audio', 'audio', [
      rate('audioInput', price.audioInputNanoUsdPerMTok),
      rate('audioCachedInput', price.audioCachedInputNanoUsdPerMTok),
      rate('audioOutput', price.audioOutputNanoUsdPerMTok),
      rate('audioLength', price.audioInputNanoUsdPerSecond, 'second'),
      rate('characters', price.speechNanoUsdPerMChar),
    ]),
    group('image', 'image', [
      rate('imageInput', price.imageInputNanoUsdPerMTok),
      rate('imageCachedInput', price.imageCachedInputNanoUsdPerMTok),
      rate('imageOutput', price.imageOutputNanoUsdPerMTok),
      rate('perImage', price.imageNanoUsdPerImage, 'call'),
      rate('smallImage', price.smallImageNanoUsdPerImage, 'call'),
      rate('mediumImage', price.mediumImageNanoUsdPerImage, 'call'),
      rate('largeImage', price.largeImageNanoUsdPerImage, 'call'),
      rate('hdImage', price.hdImageNanoUsdPerImage, 'call'),
      rate('largeHdImage', price.largeHdImageNanoUsdPerImage, 'call'),
    ]),
    group('tools', 'tools', [
      rate('webSearch', price.webSearchNanoUsdPerCall, 'call'),
      rate('webSearchPreview', price.webSearchPreviewNanoUsdPerCall, 'call'),
      rate('fileSearch', price.fileSearchNanoUsdPerCall, 'call'),
      rate('codeInterpreter', price.codeInterpreterNanoUsdPerSession, 'call'),
    ]),
  ]
  return groups.filter(({ rates }) => rates.length > 0)
}

const NO_TOKEN_UNITS = {
  audioLength: 'unit_second',
  characters: 'unit_characters',
  perImage: 'unit_image',
} as const satisfies Partial<Record<Word, Word>>

/** Of a model whose tokens cost nothing: what it is charged by instead, if there is anything. */
export function rateWithoutTokens(
  price: PriceRates,
): { readonly nanoUsd: number; readonly unit: Word } | undefined {
  if (price.inputNanoUsdPerMTok > 0 || price.outputNanoUsdPerMTok > 0) return undefined
  for (const { word, nanoUsd } of rateGroups(price).flatMap(({ rates }) => rates)) {
    if (word in NO_TOKEN_UNITS && nanoUsd > 0) {
      return { nanoUsd, unit: NO_TOKEN_UNITS[word as keyof typeof NO_TOKEN_UNITS] } // asked for above
    }
  }
  return undefined
}

const tierRates = (price: PriceRates, tier: ServiceTier, length: '' | 'Long') =>
  KINDS.map(([kind, word]) => {
    const column: TierColumn = `${tier}${length}${kind}NanoUsdPerMTok`
    return rate(word, price[column])
  })

const group = (name: string, title: Word, rates: readonly (Rate | undefined)[]): RateGroup => ({
  name,
  title,
  rates: rates.filter((each) => each !== undefined),
})

const rate = (
  word: Word,
  nanoUsd: number | null | undefined,
  per: Rate['per'] = 'million',
): Rate | undefined => (nanoUsd === null || nanoUsd === undefined ? undefined : { word, nanoUsd, per })
