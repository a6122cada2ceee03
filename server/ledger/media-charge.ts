// What costs by the image, by the second of sound or by the character, and not by the token.
import type { PriceRates } from '../../contract/price.ts'
import type { ChargeLine } from './charge.ts'
import type { NanoUsd } from './money.ts'
import type { TokenUsage } from './token-usage.ts'

/** Images that cost alike, as the lines of a charge name them. */
export type ImageKind =
  | 'image'
  | 'small_image'
  | 'medium_image'
  | 'large_image'
  | 'hd_image'
  | 'large_hd_image'

/** The most that a request can use of what is not counted in tokens, or what it did use. */
export type MediaUsage = Pick<TokenUsage, 'audioInputMs' | 'speechCharacters' | ImageCount | 'svgNanoUsd'>

export type ImageCount =
  | 'images'
  | 'smallImages'
  | 'mediumImages'
  | 'largeImages'
  | 'hdImages'
  | 'largeHdImages'

const IMAGE_COUNTS: readonly (readonly [ImageKind, ImageCount])[] = [
  ['image', 'images'],
  ['small_image', 'smallImages'],
  ['medium_image', 'mediumImages'],
  ['large_image', 'largeImages'],
  ['hd_image', 'hdImages'],
  ['large_hd_image', 'largeHdImages'],
]

/** Whether images, or sound, or text to be spoken have a price in this row that does not count tokens. */
export const isPricedByImage = (rates: PriceRates): boolean => isGiven(rates.imageNanoUsdPerImage)
export const isPricedBySecond = (rates: PriceRates): boolean => isGiven(rates.audioInputNanoUsdPerSecond)
export const isPricedByCharacter = (rates: PriceRates): boolean => isGiven(rates.speechNanoUsdPerMChar)

const isGiven = (rate: NanoUsd | null | undefined): rate is NanoUsd => rate !== null && rate !== undefined

/** The lines of a charge for what is not counted in tokens. What has no rate of its own has no line: its tokens are charged. */
export function mediaLines(usage: MediaUsage, rates: PriceRates): ChargeLine[] {
  const lines: ChargeLine[] = []
  const add = (
    ratePer: ChargeLine['ratePer'],
    kind: ChargeLine['kind'],
    count = 0,
    rateNanoUsd: NanoUsd | null | undefined = undefined,
  ) => {
    if (count > 0 && isGiven(rateNanoUsd)) lines.push({ kind, count, rateNanoUsd, ratePer })
  }
  add(1_000, 'audio_length', usage.audioInputMs, rates.audioInputNanoUsdPerSecond)
  add(1_000_000, 'characters', usage.speechCharacters, rates.speechNanoUsdPerMChar)
  if (isPricedByImage(rates)) {
    for (const [kind, name] of IMAGE_COUNTS) add(1, kind, usage[name], imageRate(kind, rates))
  }
  add(1, 'svg', usage.svgNanoUsd, 1)
  return lines
}

/** An image without a rate of its own costs what the plain one does, and in "hd" the dearest of all: never less than it is worth. */
function imageRate(kind: ImageKind, rates: PriceRates): NanoUsd {
  const plain = rates.imageNanoUsdPerImage ?? 0
  switch (kind) {
    case 'image':
      return plain
    case 'small_image':
      return rates.smallImageNanoUsdPerImage ?? plain
    case 'medium_image':
      return rates.mediumImageNanoUsdPerImage ?? plain
    case 'large_image':
      return rates.largeImageNanoUsdPerImage ?? plain
    case 'hd_image':
      return rates.hdImageNanoUsdPerImage ?? Math.max(plain, rates.largeImageNanoUsdPerImage ?? 0)
    case 'large_hd_image':
      return (
        rates.largeHdImageNanoUsdPerImage ??
        Math.max(plain, rates.largeImageNanoUsdPerImage ?? 0, rates.hdImageNanoUsdPerImage ?? 0)
      )
  }
}

/** Far more than one request is ever given: longer sound than a week, more images than a thousand. */
const ABSURD_AUDIO_MS = 7 * 24 * 3_600_000
const ABSURD_CHARACTERS = 10_000_000
const ABSURD_IMAGES = 1_000

/** Whether counts are so large that they cannot be true. */
export const isMediaAbsurd = (usage: MediaUsage): boolean =>
  (usage.audioInputMs ?? 0) > ABSURD_AUDIO_MS ||
  (usage.speechCharacters ?? 0) > ABSURD_CHARACTERS ||
  IMAGE_COUNTS.some(([, name]) => (usage[name] ?? 0) > ABSURD_IMAGES)

const COUNTS = [
  'audioInputMs',
  'speechCharacters',
  ...IMAGE_COUNTS.map(([, name]) => name),
  'svgNanoUsd',
] as const

/** What of a usage is not counted in tokens; undefined for nothing. */
export function mediaIn(usage: MediaUsage): MediaUsage | undefined {
  let counts: { -readonly [Name in keyof MediaUsage]: MediaUsage[Name] } | undefined
  for (const name of COUNTS) {
    const count = usage[name] ?? 0
    if (count > 0) counts = { ...counts, [name]: count }
  }
  return counts
}
