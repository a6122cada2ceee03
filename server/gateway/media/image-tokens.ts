// How many tokens an image comes to at most, by model, size and quality (OpenAI, "Image generation: calculating costs"). What
// is not in the list is bounded by the model's output limit.

/** No image that is put in costs more, at the highest fidelity. */
export const IMAGE_INPUT_TOKENS_MAX = 25_000
/** What an image that is put in is estimated at, where nothing is reported. */
export const IMAGE_INPUT_TOKENS_ESTIMATED = 1_600
/** Every preview of a streamed image. */
const PARTIAL_IMAGE_TOKENS = 100
/** Models plan an image in words, which are output too. */
export const PLANNING_TOKENS_MAX = 1_024

const DATED = '(?:-\\d{4}-\\d{2}-\\d{2})?'
const FIXED_SIZES = new RegExp(`^(?:gpt-image-1(?:\\.5|-mini)?${DATED}|chatgpt-image-latest)$`)
const ANY_SIZE = new RegExp(`^gpt-image-2${DATED}$`)

/** By quality: those of each size, and of gpt-image-2 the factor that its tokens are a product of. */
interface Quality {
  readonly sizes: ReadonlyMap<string, number>
  readonly axis: number
}
const sizes = (square: number, tall: number, wide: number): ReadonlyMap<string, number> =>
  new Map([
    ['1024x1024', square],
    ['1024x1536', tall],
    ['1536x1024', wide],
  ])
const HIGH: Quality = { sizes: sizes(4_160, 6_240, 6_208), axis: 96 }
/** Whatever is not known of it may be the dearest. */
const QUALITIES: ReadonlyMap<string | undefined, Quality> = new Map([
  ['low', { sizes: sizes(272, 408, 400), axis: 16 }],
  ['medium', { sizes: sizes(1_056, 1_584, 1_568), axis: 48 }],
])

/** Of gpt-image-2: the largest image, and what its tokens are a product of. */
const PIXELS_MAX = 8_294_400
const SQUARE_MAX = 2_880
const SIDE_MAX = 3_840
const AREA_OFFSET = 2_000_000
const AREA_SCALE = 4_000_000

export interface AskedImage {
  readonly size: string | undefined
  readonly quality: string | undefined
  readonly frames: number
  readonly partialImages: number
}

/** Undefined where only the model's own limit bounds it. */
export function imageTokensMax(model: string, asked: AskedImage): number | undefined {
  const tokens = tokensOf(model, asked)
  if (tokens === undefined) return undefined
  return tokens * asked.frames + asked.partialImages * PARTIAL_IMAGE_TOKENS
}

/** What one call of a tool takes at most, by the dearest of the ways in which it is offered. */
export function imageCallTokensMax(model: string, offered: readonly AskedImage[]): number | undefined {
  const tokens = offered.map((asked) => imageTokensMax(model, asked) ?? Number.POSITIVE_INFINITY)
  const most = Math.max(...tokens) + PLANNING_TOKENS_MAX
  return Number.isFinite(most) ? most : undefined
}

function tokensOf(model: string, { size, quality }: AskedImage): number | undefined {
  const { sizes, axis } = QUALITIES.get(quality) ?? HIGH
  if (FIXED_SIZES.test(model)) return sizes.get(size ?? '') ?? Math.max(...sizes.values())
  return ANY_SIZE.test(model) ? tokensOfAnySize(size, axis) : undefined
}

function tokensOfAnySize(size: string | undefined, axis: number): number {
  // Sides that no image has say nothing.
  const [, width = SQUARE_MAX, height = SQUARE_MAX] = /^([1-9]\d{1,3})x([1-9]\d{1,3})$/.exec(size ?? '') ?? []
  const long = Math.min(SIDE_MAX, Math.max(Number(width), Number(height)))
  const short = Math.min(Number(width), Number(height), Math.floor(PIXELS_MAX / long))
  const shortAxis = Math.floor((2 * axis * short + long) / (2 * long))
  return Math.ceil((axis * shortAxis * (AREA_OFFSET + long * short)) / AREA_SCALE)
}
